package io.millrace.limit;

import org.jspecify.annotations.Nullable;

/**
 * What one place declares of a limit: a task's code, or configuration. What is set over HTTP goes before it.
 *
 * @param rate such as {@code 15/s}, {@value #NO_RATE} for no limit; null where nothing is said
 * @param maxConcurrency how many may run at a time, 0 for no limit; null where nothing is said
 */
public record DeclaredLimit(@Nullable String rate, @Nullable Integer maxConcurrency) {

    /** How configuration, the wire and rows say that there shall be no rate limit. */
    public static final String NO_RATE = "none";

    /** Says nothing. */
    public static final DeclaredLimit NONE = new DeclaredLimit(null, null);

    public DeclaredLimit {
        if (rate != null && !rate.equals(NO_RATE)) {
            rate = RateLimit.parse(rate).toString();
        }
        if (maxConcurrency != null && maxConcurrency < 0) {
            throw new IllegalArgumentException("must not be negative, but is " + maxConcurrency);
        }
    }

    /** What configuration says at this place. @throws IllegalArgumentException naming the key that is no limit */
    public static DeclaredLimit configured(String place, @Nullable String rate, @Nullable Integer maxConcurrency) {
        String key = ".rate-limit ";
        try {
            var declared = new DeclaredLimit(rate, null);
            key = ".max-concurrency ";
            return new DeclaredLimit(declared.rate, maxConcurrency);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + key + e.getMessage(), e);
        }
    }

    /** What this place says, and where it says nothing, what the weaker one does. */
    public DeclaredLimit orElse(DeclaredLimit weaker) {
        return new DeclaredLimit(
                rate == null ? weaker.rate : rate, maxConcurrency == null ? weaker.maxConcurrency : maxConcurrency);
    }

    /** As it is registered: what is said to be unlimited is not limited. */
    public @Nullable String rateOrNull() {
        return NO_RATE.equals(rate) ? null : rate;
    }

    /** As it is registered: what is said to be unlimited is not limited. */
    public @Nullable Integer maxConcurrencyOrNull() {
        return maxConcurrency == null || maxConcurrency == 0 ? null : maxConcurrency;
    }
}
