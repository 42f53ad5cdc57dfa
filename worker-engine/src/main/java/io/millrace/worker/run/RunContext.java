package io.millrace.worker.run;

import io.millrace.trace.TraceContext;
import io.millrace.worker.task.SoftTimeLimitExceeded;
import io.millrace.worker.task.TaskContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A task's view of its run, wherever that is; where its progress goes is for those below to say. */
abstract sealed class RunContext implements TaskContext permits JobContext, ChildContext {

    private static final Logger LOG = Logger.getLogger("io.millrace.task");

    private final RunningJob job;
    private final Duration betweenReports;
    private final Clock clock;
    private Instant nextReport = Instant.MIN;

    /** @param betweenReports progress that comes quicker than this is not passed on, unless it is the last */
    RunContext(RunningJob job, Duration betweenReports, Clock clock) {
        this.job = job;
        this.betweenReports = betweenReports;
        this.clock = clock;
    }

    /** Passes progress on; called by one thread at a time. */
    abstract void report(long current, long total, String status, @Nullable String step, Instant now);

    RunningJob job() {
        return job;
    }

    @Override
    public UUID jobId() {
        return job.claim().jobId();
    }

    @Override
    public int attempt() {
        return job.claim().attempt();
    }

    @Override
    public int retries() {
        return job.claim().failures();
    }

    @Override
    public @Nullable String traceId() {
        return TraceContext.shown(job.claim().traceId());
    }

    @Override
    public @Nullable String traceparent() {
        TraceContext trace = job.trace();
        return trace == null ? null : trace.traceparent();
    }

    @Override
    public @Nullable String projectId() {
        return job.claim().projectId();
    }

    @Override
    public void progress(long current, long total, String status) {
        pass(current, total, status, null);
    }

    @Override
    public void progress(long current, long total, String status, String currentStep) {
        pass(current, total, status, currentStep);
    }

    private synchronized void pass(long current, long total, String status, @Nullable String step) {
        if (current < 0 || total < 1) {
            throw new IllegalArgumentException("progress is " + current + " of " + total);
        }
        Instant now = clock.instant();
        if (now.isBefore(nextReport) && current < total) {
            return;
        }
        nextReport = now.plus(betweenReports);
        report(current, total, status, step, now);
    }

    @Override
    public boolean cancelled() {
        return job.stopped() != null;
    }

    @Override
    public void checkpoint() {
        RunningJob.Stop reason = job.stopped();
        if (reason == RunningJob.Stop.SOFT_LIMIT) {
            throw new SoftTimeLimitExceeded("soft time limit of " + job.claim().softTimeLimit() + " exceeded");
        } else if (reason != null) {
            throw new CancellationException("the run shall end: " + reason);
        }
    }

    @Override
    public Logger log() {
        return LOG;
    }
}
