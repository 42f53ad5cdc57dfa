package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.job.Claim;
import io.millrace.job.JobState;
import io.millrace.job.Outcome;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Settlement;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.DueStore;
import io.millrace.store.JobStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.store.TaskStore;
import io.millrace.store.WorkerStore;
import io.millrace.task.TaskDefinition;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Declares workers lost that have given no sign of life for longer than their lease, and settles what they held, by
 * the same {@link Settlement} that the workers use. A scheduler that could not watch for a while itself, because it was
 * paused or PostgreSQL was away, first watches for a whole lease: the workers could not be heard either.
 */
@Singleton
class Rescuer implements Duty {

    private static final Logger LOG = Logger.getLogger(Rescuer.class);
    private static final int BATCH = 500;

    private final WorkerStore workers;
    private final JobStore jobs;
    private final DueStore due;
    private final TaskStore tasks;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final SchedulerConfig config;
    private final Clock clock;
    private final Watch watch;
    private final Counter rescued;
    private int rounds;

    Rescuer(
            WorkerStore workers,
            JobStore jobs,
            DueStore due,
            TaskStore tasks,
            HintEmitter hints,
            EventEmitter events,
            SchedulerConfig config,
            Clock clock,
            MeterRegistry metrics) {
        this.workers = workers;
        this.jobs = jobs;
        this.due = due;
        this.tasks = tasks;
        this.hints = hints;
        this.events = events;
        this.config = config;
        this.clock = clock;
        this.watch = new Watch(config.rescueInterval().multipliedBy(3));
        this.rescued = Counter.builder("millrace.jobs.rescued")
                .description("Jobs taken from lost workers")
                .register(metrics);
    }

    @Override
    public Done runOnce() {
        try {
            if (watch.unbroken(System.nanoTime()).compareTo(config.lease()) >= 0) {
                for (String worker : workers.declareLost(config.lease())) {
                    LOG.warnf("worker lost, its jobs run elsewhere worker=%s", worker);
                }
            }
            long count = 0;
            for (String worker : workers.toRescue()) {
                count += rescue(worker);
                workers.rescued(worker);
            }
            // Seldom: a claim may have been on its way when its worker was declared lost, and arrived after the rescue.
            if (rounds++ % 10 == 0) {
                for (String worker : due.workersWithOrphans()) {
                    count += rescue(worker);
                }
            }
            rescued.increment((double) count);
            return new Done(count, config.rescueInterval());
        } catch (StoreUnavailable e) {
            watch.interrupted();
            throw e;
        }
    }

    private long rescue(String worker) {
        long count = 0;
        Map<String, RetryPolicy> policies = policies();
        while (true) {
            List<Claim> claims = jobs.runningOf(worker, BATCH);
            if (claims.isEmpty()) {
                return count;
            }
            List<Settled> settled = claims.stream()
                    .map(claim -> new Settled(
                            claim,
                            Settlement.settle(
                                    claim,
                                    new Outcome.WorkerLost(worker),
                                    policies.getOrDefault(claim.task(), RetryPolicy.DEFAULT),
                                    clock.instant(),
                                    ThreadLocalRandom.current())))
                    .toList();
            Map<UUID, JobState> done = jobs.recordStates(settled);
            List<Settled> held = settled.stream()
                    .filter(each -> done.containsKey(each.claim().jobId()))
                    .toList();
            hints.emit(held.stream()
                    .filter(each -> each.transition() instanceof Transition.Rescue)
                    .map(each -> Hint.of(each.claim()))
                    .toList());
            Instant now = clock.instant();
            events.emit(
                    held,
                    each -> JobEvent.settled(
                            each, done.getOrDefault(each.claim().jobId(), JobState.PENDING), worker, now));
            count += done.size();
            LOG.infof("rescued jobs worker=%s count=%d", worker, done.size());
        }
    }

    /** By task, as registered: what follows a loss is a task's own to say, and nothing that is configured. */
    private Map<String, RetryPolicy> policies() {
        return tasks.all().stream().collect(Collectors.toMap(TaskDefinition::name, TaskDefinition::retry));
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
