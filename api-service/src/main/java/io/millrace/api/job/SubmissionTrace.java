package io.millrace.api.job;

import io.millrace.job.NewJob;
import io.millrace.trace.TraceContext;
import io.millrace.trace.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Where the jobs of one request are in a trace: what their rows say, so that their runs know. */
sealed interface SubmissionTrace {

    /** The job as its row is to be written. */
    NewJob of(NewJob job);

    /** The jobs are committed. */
    default void accepted() {}

    /** The jobs are committed, or are not, when this is done. */
    default <T> CompletionStage<T> until(CompletionStage<T> done) {
        return done;
    }

    /** No spans are made here; what the caller tells goes with the job all the same. */
    record PassedOn(@Nullable String traceparent) implements SubmissionTrace {
        @Override
        public NewJob of(NewJob job) {
            return traceparent == null || job.traceId() != null ? job : job.withTraceId(traceparent);
        }
    }

    /** One span for the request, above the runs of all its jobs. */
    final class Recorded implements SubmissionTrace {
        private final Tracing tracing;
        private final Clock clock;
        private final @Nullable TraceContext caller;
        private final boolean many;
        private final Instant began;
        private @Nullable Span span;
        private long jobs;

        Recorded(Tracing tracing, Clock clock, @Nullable TraceContext caller, boolean many) {
            this.tracing = tracing;
            this.clock = clock;
            this.caller = caller;
            this.many = many;
            this.began = clock.instant();
        }

        @Override
        public NewJob of(NewJob job) {
            String named = job.traceId();
            // A word of the caller's stays what it is: of several jobs each may name another.
            if (named != null && (many || !TraceContext.isTraceId(named))) {
                return job;
            }
            jobs++;
            if (span == null) {
                span = begin(job, named);
            }
            return job.withTraceId(Tracing.contextOf(span).traceparent());
        }

        private Span begin(NewJob job, @Nullable String traceId) {
            boolean callers = caller != null && (traceId == null || traceId.equals(caller.traceId()));
            Span begun = tracing.begin(
                    many ? "submit jobs" : "submit " + job.task(),
                    SpanKind.PRODUCER,
                    callers ? caller : null,
                    traceId,
                    began);
            if (!many) {
                begun.setAttribute("millrace.job.id", job.id().toString())
                        .setAttribute("millrace.task", job.task())
                        .setAttribute("millrace.queue", job.queue());
            }
            return begun;
        }

        @Override
        public void accepted() {
            if (span != null) {
                span.setAttribute("millrace.jobs", jobs).end(clock.instant());
            }
        }

        @Override
        public <T> CompletionStage<T> until(CompletionStage<T> done) {
            return done.whenComplete((_, refused) -> {
                if (span != null && refused != null) {
                    span.setStatus(StatusCode.ERROR, String.valueOf(refused.getMessage()));
                }
                accepted();
            });
        }
    }
}
