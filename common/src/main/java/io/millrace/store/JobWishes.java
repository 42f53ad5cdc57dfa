package io.millrace.store;

import io.millrace.trace.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * What a job is to have that follows from something else: where its end is told, whose it is, and what makes a second
 * submission the same as the first.
 */
public record JobWishes(
        @Nullable String callbackUrl,
        @Nullable String traceId,
        @Nullable String projectId,
        @Nullable String idempotencyKey) {

    /**
     * In the trace of whoever asks, unless they named one.
     *
     * @param traceparent as the request had it; null, or what is none, changes nothing
     */
    public JobWishes within(@Nullable String traceparent) {
        return traceId != null
                ? this
                : TraceContext.parse(traceparent)
                        .map(caller -> new JobWishes(callbackUrl, caller.traceparent(), projectId, idempotencyKey))
                        .orElse(this);
    }
}
