package io.millrace.api.job;

import io.millrace.trace.TraceContext;
import io.millrace.trace.Tracing;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Begins the traces of submissions, or goes on with those that callers tell of. */
@Singleton
class SubmissionTraces {

    private final Tracing tracing;
    private final Clock clock;

    SubmissionTraces(Tracing tracing, Clock clock) {
        this.tracing = tracing;
        this.clock = clock;
    }

    /** A request with one job. */
    SubmissionTrace begin(@Nullable String traceparent) {
        return begin(traceparent, false);
    }

    /** A request with any number of jobs. */
    SubmissionTrace beginMany(@Nullable String traceparent) {
        return begin(traceparent, true);
    }

    private SubmissionTrace begin(@Nullable String traceparent, boolean many) {
        TraceContext caller = TraceContext.parse(traceparent).orElse(null);
        if (tracing.on()) {
            return new SubmissionTrace.Recorded(tracing, clock, caller, many);
        }
        return new SubmissionTrace.PassedOn(caller == null ? null : caller.traceparent());
    }
}
