package io.millrace.worker.run;

import io.millrace.job.Claim;
import io.millrace.store.StoreUnavailable;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The view of a run in the worker itself: its progress is written to the job. */
final class JobContext extends RunContext {

    private static final Duration BETWEEN_WRITES = Duration.ofMillis(250);
    private static final int STATUS_LIMIT = 500;

    /** Where progress goes. */
    @FunctionalInterface
    interface Reports {
        /** Passes a report on. @return whether the claim still held */
        boolean report(Claim claim, String progress, Instant at);
    }

    private final Reports reports;

    JobContext(RunningJob job, Reports reports, Clock clock) {
        super(job, BETWEEN_WRITES, clock);
        this.reports = reports;
    }

    @Override
    void report(long current, long total, String status, @Nullable String step, Instant now) {
        var progress = new JsonObject()
                .put("current", current)
                .put("total", total)
                .put("percent", Math.round(1000.0 * current / total) / 10.0)
                .put("status", bounded(status));
        if (step != null) {
            progress.put("current_step", bounded(step));
        }
        String text = progress.encode();
        try {
            if (!reports.report(job().claim(), text, now)) {
                // The job is no longer ours: another attempt has begun, or it has ended. The run is told so.
                job().stop(RunningJob.Stop.ABANDON);
            }
        } catch (StoreUnavailable e) {
            log().debugf("progress was not written: %s", e.getMessage());
        }
    }

    private static String bounded(String text) {
        return text.length() <= STATUS_LIMIT ? text : text.substring(0, STATUS_LIMIT);
    }
}
