package io.millrace.access;

import java.time.Duration;

/**
 * How many requests somebody may still make: {@code burst} at once, and then as they grow back, evenly.
 *
 * @param tokens at {@code nanos}
 * @param nanos on a monotonic clock
 */
public record TokenBucket(double tokens, long nanos) {

    /** One that is full. */
    public static TokenBucket full(int burst, long now) {
        return new TokenBucket(burst, now);
    }

    /** As it is now, before anything is taken. */
    public TokenBucket grown(int burst, Duration every, long now) {
        double grown = (now - nanos) * (double) burst / every.toNanos();
        return new TokenBucket(Math.min(burst, tokens + Math.max(0, grown)), now);
    }

    /** Whether there is a token to take. */
    public boolean hasOne() {
        return tokens >= 1;
    }

    /** With one token less. */
    public TokenBucket taken() {
        return new TokenBucket(tokens - 1, nanos);
    }

    /** How long until there is one. */
    public Duration untilOne(int burst, Duration every) {
        return Duration.ofNanos((long) Math.ceil((1 - tokens) * every.toNanos() / burst));
    }
}
