package io.millrace.worker.run;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Watches the time limits of runs. */
@Singleton
class TimeLimits {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("time-limits").daemon().factory());

    TimeLimits() {
        // Nearly every run ends before its limits; what is cancelled must not stay in the queue until then.
        timer.setRemoveOnCancelPolicy(true);
    }

    /** The watch over one run; closed when the run has ended. */
    record Watch(
            @Nullable ScheduledFuture<?> soft, @Nullable ScheduledFuture<?> hard) implements AutoCloseable {
        @Override
        public void close() {
            if (soft != null) {
                soft.cancel(false);
            }
            if (hard != null) {
                hard.cancel(false);
            }
        }
    }

    static final Watch NONE = new Watch(null, null);

    /**
     * Watches a run.
     *
     * @param atHardLimit settles the job without the run
     */
    Watch watch(RunningJob job, Runnable atHardLimit) {
        Duration soft = job.claim().softTimeLimit();
        Duration hard = job.claim().timeLimit();
        if (soft == null && hard == null) {
            return NONE;
        }
        return new Watch(after(soft, () -> job.stop(RunningJob.Stop.SOFT_LIMIT)), after(hard, () -> {
            // Settled before it is stopped: a run that ends at once must not be taken for one that was given back.
            atHardLimit.run();
            job.stop(RunningJob.Stop.HARD_LIMIT);
        }));
    }

    private @Nullable ScheduledFuture<?> after(@Nullable Duration limit, Runnable action) {
        return limit == null ? null : timer.schedule(action, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void close() {
        timer.shutdownNow();
    }
}
