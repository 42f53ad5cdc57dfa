package io.millrace.worker.run;

import io.millrace.job.Claim;
import io.millrace.store.JobStore;
import io.millrace.store.StoreUnavailable;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks a few times a second whether what runs here is still held, and ends the runs of what is not: a job that was
 * revoked stops within a second, whatever happens to Kafka. Short runs are never looked at.
 */
@Singleton
class HeldWatch {

    private static final Logger LOG = Logger.getLogger(HeldWatch.class);
    private static final Duration INTERVAL = Duration.ofMillis(400);
    private static final int AT_ONCE = 1_000;

    private final JobStore store;
    private final RunningJobs running;
    private final Clock clock;
    private volatile boolean open = true;

    HeldWatch(JobStore store, RunningJobs running, Clock clock) {
        this.store = store;
        this.running = running;
        this.clock = clock;
    }

    void start() {
        Thread.ofVirtual().name("held-watch").start(this::run);
    }

    private void run() {
        while (open) {
            try {
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
                runOnce();
            } catch (InterruptedException e) {
                return;
            } catch (StoreUnavailable e) {
                LOG.debugf("what is held is not known: %s", e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("looking at what is held failed", e);
            }
        }
    }

    void runOnce() {
        Instant longAgo = clock.instant().minus(INTERVAL);
        List<RunningJob> old = running.all().stream()
                .filter(job -> !job.settled() && job.startedAt().isBefore(longAgo))
                .toList();
        for (int from = 0; from < old.size(); from += AT_ONCE) {
            List<RunningJob> part = old.subList(from, Math.min(old.size(), from + AT_ONCE));
            List<Claim> claims = part.stream().map(RunningJob::claim).toList();
            Set<UUID> gone = store.noLongerHeld(claims);
            // A run that is just being settled is not held either, and no longer needs to be told.
            part.stream()
                    .filter(job -> gone.contains(job.claim().jobId()) && job.mayBeSettled())
                    .forEach(this::end);
        }
    }

    private void end(RunningJob job) {
        LOG.infof(
                "run ended, its job is no longer held job=%s task=%s",
                job.claim().jobId(), job.claim().task());
        running.settledWithout();
        job.stop(RunningJob.Stop.REVOKED);
        running.leave(job);
    }

    @PreDestroy
    void close() {
        open = false;
    }
}
