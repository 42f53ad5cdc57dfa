package io.millrace.worker.run;

import io.millrace.worker.child.ParentLink;
import io.millrace.worker.task.SoftTimeLimitExceeded;
import io.millrace.worker.task.TaskContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** An isolated task's view of its run. What it tells goes to the worker, which has the claim. */
final class ChildContext implements TaskContext {

    private static final Logger LOG = Logger.getLogger("io.millrace.task");

    /** The worker writes less often than this; what comes quicker need not travel. */
    private static final Duration BETWEEN_REPORTS = Duration.ofMillis(100);

    private final RunningJob job;
    private final ParentLink.Reports reports;
    private final Clock clock;
    private Instant nextReport = Instant.MIN;
    private boolean closed;

    ChildContext(RunningJob job, ParentLink.Reports reports, Clock clock) {
        this.job = job;
        this.reports = reports;
        this.clock = clock;
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
        return job.claim().traceId();
    }

    @Override
    public @Nullable String projectId() {
        return job.claim().projectId();
    }

    @Override
    public synchronized void progress(long current, long total, String status) {
        if (current < 0 || total < 1) {
            throw new IllegalArgumentException("progress is " + current + " of " + total);
        }
        Instant now = clock.instant();
        if (closed || (now.isBefore(nextReport) && current < total)) {
            return;
        }
        nextReport = now.plus(BETWEEN_REPORTS);
        reports.progress(current, total, status);
    }

    /** What a thread that outlives the run tells is not the next run's. */
    synchronized void close() {
        closed = true;
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
