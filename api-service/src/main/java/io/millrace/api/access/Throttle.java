package io.millrace.api.access;

import io.millrace.access.TokenBucket;
import io.millrace.limit.RateLimit;
import io.millrace.limit.RateLimit.Rate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How often each caller, or each address, may knock. Kept in memory for the latest ten thousand of them. */
final class Throttle {

    private static final int MOST = 10_000;

    private final @Nullable Rate rate;
    private final Map<String, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
            return size() > MOST;
        }
    };

    /** @param key of the configuration, for what is said of a rate that is none */
    Throttle(String key, Optional<String> rate) {
        this.rate = rate.map(text -> {
                    try {
                        return RateLimit.parse(text).rates().getFirst();
                    } catch (IllegalArgumentException e) {
                        throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
                    }
                })
                .orElse(null);
    }

    /**
     * Takes a request of somebody.
     *
     * @param now on a monotonic clock, in nanoseconds
     * @return how long they have to wait until there is room; zero if it is taken
     */
    synchronized Duration take(String who, long now) {
        if (rate == null) {
            return Duration.ZERO;
        }
        TokenBucket bucket =
                buckets.getOrDefault(who, TokenBucket.full(rate.count(), now)).grown(rate.count(), rate.window(), now);
        if (!bucket.hasOne()) {
            return bucket.untilOne(rate.count(), rate.window());
        }
        buckets.put(who, bucket.taken());
        return Duration.ZERO;
    }
}
