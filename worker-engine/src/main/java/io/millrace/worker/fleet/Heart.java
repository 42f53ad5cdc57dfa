package io.millrace.worker.fleet;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.fleet.WorkerState;
import io.millrace.store.JobStore;
import io.millrace.store.QueueStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.store.WorkerStore;
import io.millrace.worker.Capacity;
import io.millrace.worker.Identity;
import io.millrace.worker.WorkerConfig;
import io.millrace.worker.lane.LaneMarks;
import io.millrace.worker.run.ClaimDoubt;
import io.millrace.worker.run.JobRunner;
import io.millrace.worker.run.RunningJobs;
import io.millrace.worker.run.TaskLibrary;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The worker's sign of life, one row for the whole process. Learns from it, too, whether the worker has been declared
 * lost; then everything it runs is abandoned and it begins anew under another id.
 */
@Singleton
public class Heart {

    private static final Logger LOG = Logger.getLogger(Heart.class);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    private final WorkerStore workers;
    private final QueueStore queueStore;
    private final JobStore jobs;
    private final Identity identity;
    private final RunningJobs running;
    private final JobRunner runner;
    private final TaskLibrary library;
    private final LaneMarks marks;
    private final WorkerConfig config;
    private final Capacity capacity;
    private final Condition condition;
    private final String version;
    private final ClaimDoubt doubt;
    private final Counter begunAnew;
    private volatile WorkerState state = WorkerState.ACTIVE;
    private volatile boolean beating;
    private Set<UUID> missingBefore = Set.of();

    Heart(
            WorkerStore workers,
            QueueStore queueStore,
            JobStore jobs,
            Identity identity,
            RunningJobs running,
            JobRunner runner,
            TaskLibrary library,
            LaneMarks marks,
            ClaimDoubt doubt,
            WorkerConfig config,
            Capacity capacity,
            Condition condition,
            MeterRegistry metrics,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "dev") String version) {
        this.workers = workers;
        this.queueStore = queueStore;
        this.jobs = jobs;
        this.identity = identity;
        this.running = running;
        this.runner = runner;
        this.library = library;
        this.marks = marks;
        this.doubt = doubt;
        this.config = config;
        this.capacity = capacity;
        this.condition = condition;
        this.version = version;
        this.begunAnew = Counter.builder("millrace.worker.begun.anew")
                .description("Times this process found itself declared lost, and went on under another id")
                .register(metrics);
    }

    /** Enrols the worker and begins to beat. */
    public void start() {
        enrol(identity.id(), capacity.queues(), capacity.concurrency());
        identity.confirm(System.nanoTime());
        beating = true;
        Thread.ofVirtual().name("heart").start(this::run);
    }

    /** From now on the worker says that it is leaving. */
    public void draining() {
        state = WorkerState.DRAINING;
        beat();
    }

    /** The last beat: the worker holds nothing any more. */
    public void stop() {
        beating = false;
        state = WorkerState.STOPPED;
        beat();
    }

    private void run() {
        while (beating) {
            Duration rest = beat() ? config.heartbeat() : AFTER_FAILURE;
            try {
                TimeUnit.NANOSECONDS.sleep(rest.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** One beat, now. @return whether PostgreSQL has it */
    boolean beat() {
        try {
            runOnce();
            return true;
        } catch (StoreUnavailable e) {
            LOG.warnf("no sign of life could be given: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the heartbeat failed", e);
        }
        return false;
    }

    /** One beat. */
    synchronized void runOnce() {
        long sentAt = System.nanoTime();
        if (workers.beat(condition.now(identity.id(), state))) {
            identity.confirm(sentAt);
        } else {
            lost();
        }
        var received = marks.take();
        if (!received.isEmpty()) {
            queueStore.received(received);
        }
        if (doubt.isOpen()) {
            giveBackWhatNobodyRuns();
        }
    }

    private void enrol(String id, Collection<String> queues, int concurrency) {
        workers.enrol(id, identity.host(), version, List.copyOf(queues), concurrency);
        workers.knows(id, library.names());
        LOG.infof("enrolled worker=%s concurrency=%d queues=%s", id, concurrency, queues);
    }

    /** This worker was declared lost: what it runs is run elsewhere. Unless it is leaving, it begins anew. */
    private void lost() {
        identity.lose();
        running.abandonAll();
        if (state != WorkerState.ACTIVE) {
            return;
        }
        String next = identity.newId();
        var now = condition.now(next, state);
        enrol(next, now.queues(), now.pool().concurrency());
        LOG.warnf("this worker was declared lost and begins anew worker=%s before=%s", next, identity.id());
        identity.become(next);
        begunAnew.increment();
    }

    /**
     * A claim whose answer was lost on the way is ours in PostgreSQL and unknown here. What two beats in a row find
     * claimed under our id and not running is given back.
     */
    private void giveBackWhatNobodyRuns() {
        var claims = jobs.runningOf(identity.id(), 10_000);
        Set<UUID> here = running.ids();
        var missing = new HashSet<UUID>();
        for (var claim : claims) {
            if (!here.contains(claim.jobId())) {
                missing.add(claim.jobId());
                if (missingBefore.contains(claim.jobId())) {
                    runner.giveBack(claim, "its claim's answer was lost");
                }
            }
        }
        missingBefore = missing;
        if (missing.isEmpty()) {
            doubt.settle();
        }
    }
}
