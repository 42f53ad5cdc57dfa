package io.millrace.worker.run;

import io.millrace.job.Claim;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.task.SoftTimeLimitExceeded;
import io.millrace.worker.task.TaskContext;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A task's view of its run. */
final class JobContext implements TaskContext {

    private static final Logger LOG = Logger.getLogger("io.millrace.task");
    private static final Duration BETWEEN_WRITES = Duration.ofMillis(250);
    private static final int STATUS_LIMIT = 500;

    /** Where progress goes. */
    @FunctionalInterface
    interface Reports {
        /** Passes a report on. @return whether the claim still held */
        boolean report(Claim claim, String progress, Instant at);
    }

    private final RunningJob job;
    private final Reports reports;
    private final Clock clock;
    private Instant nextWrite = Instant.MIN;

    JobContext(RunningJob job, Reports reports, Clock clock) {
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
        if (now.isBefore(nextWrite) && current < total) {
            return;
        }
        nextWrite = now.plus(BETWEEN_WRITES);
        String text = new JsonObject()
                .put("current", current)
                .put("total", total)
                .put("percent", Math.round(1000.0 * current / total) / 10.0)
                .put("status", status.length() <= STATUS_LIMIT ? status : status.substring(0, STATUS_LIMIT))
                .encode();
        try {
            if (!reports.report(job.claim(), text, now)) {
                // The job is no longer ours: another attempt has begun, or it has ended. The run is told so.
                job.stop(RunningJob.Stop.ABANDON);
            }
        } catch (StoreUnavailable e) {
            LOG.debugf("progress was not written: %s", e.getMessage());
        }
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
