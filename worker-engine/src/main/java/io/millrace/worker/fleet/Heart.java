package io.millrace.worker.fleet;

import io.millrace.fleet.Heartbeat;
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
import io.millrace.worker.run.RunMetrics;
import io.millrace.worker.run.RunningJobs;
import jakarta.inject.Singleton;
import java.util.HashSet;
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
    private static final int ACTIVE_SHOWN = 100;

    private final WorkerStore workers;
    private final QueueStore queueStore;
    private final JobStore jobs;
    private final Identity identity;
    private final RunningJobs running;
    private final JobRunner runner;
    private final RunMetrics metrics;
    private final LaneMarks marks;
    private final WorkerConfig config;
    private final Capacity capacity;
    private final String version;
    private final ClaimDoubt doubt;
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
            RunMetrics metrics,
            LaneMarks marks,
            ClaimDoubt doubt,
            WorkerConfig config,
            Capacity capacity,
            @ConfigProperty(name = "quarkus.application.version", defaultValue = "dev") String version) {
        this.workers = workers;
        this.queueStore = queueStore;
        this.jobs = jobs;
        this.identity = identity;
        this.running = running;
        this.runner = runner;
        this.metrics = metrics;
        this.marks = marks;
        this.doubt = doubt;
        this.config = config;
        this.capacity = capacity;
        this.version = version;
    }

    /** Enrols the worker and begins to beat. */
    public void start() {
        enrol(identity.id());
        beating = true;
        Thread.ofVirtual().name("heart").start(this::run);
    }

    /** From now on the worker says that it is leaving. */
    public void draining() {
        state = WorkerState.DRAINING;
        tryBeat();
    }

    /** The last beat: the worker holds nothing any more. */
    public void stop() {
        beating = false;
        state = WorkerState.STOPPED;
        tryBeat();
    }

    private void run() {
        while (beating) {
            tryBeat();
            try {
                TimeUnit.NANOSECONDS.sleep(config.heartbeat().toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void tryBeat() {
        try {
            runOnce();
        } catch (StoreUnavailable e) {
            LOG.warnf("no sign of life could be given: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the heartbeat failed", e);
        }
    }

    /** One beat. */
    synchronized void runOnce() {
        if (!workers.beat(now())) {
            beginAnew();
        }
        var received = marks.take();
        if (!received.isEmpty()) {
            queueStore.received(received);
        }
        if (doubt.isOpen()) {
            giveBackWhatNobodyRuns();
        }
    }

    private Heartbeat now() {
        var runtime = Runtime.getRuntime();
        return new Heartbeat(
                identity.id(),
                state,
                capacity.concurrency(),
                running.describe(ACTIVE_SHOWN),
                metrics.processed(),
                metrics.failed(),
                metrics.retried(),
                runtime.totalMemory() - runtime.freeMemory());
    }

    private void enrol(String id) {
        workers.enrol(id, identity.host(), version, capacity.queues(), capacity.concurrency());
        LOG.infof("enrolled worker=%s concurrency=%d queues=%s", id, capacity.concurrency(), capacity.queues());
    }

    private void beginAnew() {
        running.abandonAll();
        String next = identity.newId();
        enrol(next);
        LOG.warnf("this worker was declared lost and begins anew worker=%s before=%s", next, identity.id());
        identity.become(next);
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
