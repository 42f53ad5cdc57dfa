package io.millrace.worker.run;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.Transition;
import io.millrace.trace.TraceContext;
import io.millrace.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;

/**
 * The spans of runs: how long a job waited, the run itself, and how long its end took to be recorded. Without a collector
 * there are none, and a run is only where its row says.
 */
@Singleton
class RunTraces {

    private static final AttributeKey<String> JOB = AttributeKey.stringKey("millrace.job.id");
    private static final AttributeKey<String> TASK = AttributeKey.stringKey("millrace.task");
    private static final AttributeKey<String> QUEUE = AttributeKey.stringKey("millrace.queue");
    private static final AttributeKey<String> WORKER = AttributeKey.stringKey("millrace.worker");
    private static final AttributeKey<String> TRACE_ID = AttributeKey.stringKey("millrace.trace_id");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("millrace.outcome");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("millrace.attempt");

    private final Tracing tracing;
    private final Clock clock;

    RunTraces(Tracing tracing, Clock clock) {
        this.tracing = tracing;
        this.clock = clock;
    }

    /** Finds out where a run is in its trace. */
    void locate(RunningJob job) {
        Claim claim = job.claim();
        TraceContext here = tracing.ofRun(claim.traceId(), claim.jobId(), claim.claimSeq());
        if (here != null) {
            job.tracedAs(here, null);
        }
    }

    /** A run begins: its job's wait is over. */
    void begin(RunningJob job, String worker) {
        locate(job);
        TraceContext here = job.trace();
        if (!tracing.on() || here == null || !here.sampled()) {
            return;
        }
        Claim claim = job.claim();
        Attributes about = about(claim, worker);
        String kept = claim.traceId();
        Instant since = job.startedAt().minus(claim.waited());
        tracing.beginOf(kept, claim.jobId(), "wait " + claim.task(), SpanKind.INTERNAL, null, since)
                .setAllAttributes(about)
                .end(job.startedAt());
        job.tracedAs(
                here,
                tracing.beginOf(kept, claim.jobId(), "run " + claim.task(), SpanKind.CONSUMER, here, job.startedAt())
                        .setAllAttributes(about));
    }

    /** Made current, what the thread calls is told where the run is. */
    static Context of(RunningJob job) {
        Span span = job.span();
        TraceContext trace = job.trace();
        if (span != null) {
            return Context.current().with(span);
        }
        return trace == null ? Context.current() : Context.current().with(Tracing.remote(trace));
    }

    /**
     * A run has ended.
     *
     * @return to be called once its end is recorded
     */
    Runnable ended(RunningJob job, Transition becomes, Instant at) {
        Span run = job.span();
        TraceContext here = job.trace();
        if (run == null || here == null) {
            return () -> {};
        }
        run.setAttribute(OUTCOME, RunMetrics.outcome(becomes));
        switch (becomes) {
            case Transition.Retry retry -> fail(run, retry.error(), at);
            case Transition.Fail failure -> fail(run, failure.error(), at);
            case Transition.Rescue rescue -> fail(run, rescue.error(), at);
            case Transition.Succeed _, Transition.Snooze _, Transition.Release _ -> {}
        }
        run.end(at);
        Span settle = tracing.begin("settle " + job.claim().task(), SpanKind.INTERNAL, here, null, at);
        return () -> settle.end(clock.instant());
    }

    private static void fail(Span run, JobError error, Instant at) {
        run.setStatus(StatusCode.ERROR, error.excMessage());
        var details = Attributes.builder()
                .put("exception.type", error.excType())
                .put("exception.message", error.excMessage());
        if (error.traceback() != null) {
            details.put("exception.stacktrace", error.traceback());
        }
        run.addEvent("exception", details.build(), at);
    }

    private static Attributes about(Claim claim, String worker) {
        var about = Attributes.builder()
                .put(JOB, claim.jobId().toString())
                .put(TASK, claim.task())
                .put(QUEUE, claim.queue())
                .put(ATTEMPT, (long) claim.attempt())
                .put(WORKER, worker);
        String named = TraceContext.shown(claim.traceId());
        if (named != null) {
            about.put(TRACE_ID, named);
        }
        return about.build();
    }
}
