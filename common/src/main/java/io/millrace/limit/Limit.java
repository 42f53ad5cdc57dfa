package io.millrace.limit;

import org.jspecify.annotations.Nullable;

/**
 * A limit in force.
 *
 * @param rate how often jobs may start, null where that is not limited
 * @param maxConcurrency how many may run at a time, positive; null where that is not limited
 */
public record Limit(
        LimitName name, @Nullable RateLimit rate, @Nullable Integer maxConcurrency) {

    public Limit {
        if (maxConcurrency != null && maxConcurrency < 1) {
            throw new IllegalArgumentException("max_concurrency must be positive, not " + maxConcurrency);
        }
    }

    /** Whether it limits anything. */
    public boolean limits() {
        return rate != null || maxConcurrency != null;
    }
}
