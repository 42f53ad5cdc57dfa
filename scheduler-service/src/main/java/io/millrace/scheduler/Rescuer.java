package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.job.Settlement;
import io.millrace.recovery.HeldJobs;
import io.millrace.store.DueStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.store.WorkerStore;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Declares workers lost that have given no sign of life for longer than their lease, and settles what they held, by
 * the same {@link Settlement} that the workers use. A scheduler that could not watch for a while itself, because it was
 * paused or PostgreSQL was away, first watches for a whole lease: the workers could not be heard either.
 */
@Singleton
class Rescuer implements Duty {

    private static final Logger LOG = Logger.getLogger(Rescuer.class);

    /** A worker ends runs at their limit by itself; this is for one that does not. */
    private static final Duration OVERDUE_BY = Duration.ofSeconds(30);

    private final WorkerStore workers;
    private final HeldJobs held;
    private final DueStore due;
    private final Horizon horizon;
    private final SchedulerConfig config;
    private final Watch watch;
    private final Counter rescued;
    private final Counter lost;
    private int rounds;

    Rescuer(
            WorkerStore workers,
            HeldJobs held,
            DueStore due,
            Horizon horizon,
            SchedulerConfig config,
            MeterRegistry metrics) {
        this.workers = workers;
        this.held = held;
        this.due = due;
        this.horizon = horizon;
        this.config = config;
        this.watch = new Watch(config.rescueInterval().multipliedBy(3));
        this.rescued = Counter.builder("millrace.jobs.rescued")
                .description("Jobs taken from lost workers")
                .register(metrics);
        this.lost = Counter.builder("millrace.workers.lost")
                .description("Workers that gave no sign of life for longer than their lease")
                .register(metrics);
    }

    @Override
    public Done runOnce() {
        try {
            if (watch.unbroken(System.nanoTime()).compareTo(config.lease()) >= 0) {
                for (String worker : workers.declareLost(config.lease())) {
                    lost.increment();
                    LOG.warnf("worker lost, its jobs run elsewhere worker=%s", worker);
                }
            }
            long count = 0;
            for (String worker : workers.toRescue()) {
                count += held.rescue(worker);
                workers.rescued(worker);
            }
            // Seldom: a claim may have been on its way when its worker was declared lost, and arrived after the rescue.
            if (rounds++ % 10 == 0) {
                for (String worker : due.workersWithOrphans(horizon.oldestOpen())) {
                    count += held.rescue(worker);
                }
                held.endOverdue(horizon.oldestOpen(), OVERDUE_BY);
            }
            rescued.increment((double) count);
            return new Done(count, config.rescueInterval());
        } catch (StoreUnavailable e) {
            watch.interrupted();
            throw e;
        }
    }

    /** How long this scheduler has been watching without a break. */
    static final class Watch {
        private final long longestGapNanos;
        private long since;
        private long last;
        private boolean begun;

        Watch(Duration longestGap) {
            this.longestGapNanos = longestGap.toNanos();
        }

        /** Notes that it watches at this moment, in nanoseconds of a monotonic clock. */
        Duration unbroken(long now) {
            if (!begun || now - last > longestGapNanos) {
                begun = true;
                since = now;
            }
            last = now;
            return Duration.ofNanos(now - since);
        }

        /** It cannot watch; it begins anew. */
        void interrupted() {
            begun = false;
        }
    }
}
