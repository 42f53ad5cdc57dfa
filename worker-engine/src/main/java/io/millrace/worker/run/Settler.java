package io.millrace.worker.run;

import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.Followed;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.Identity;
import io.millrace.worker.limit.ParkedCalls;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Records the ends of runs, many in one statement. Batches form by themselves: while one is on its way to PostgreSQL,
 * the next gathers; an end that comes alone goes at once. While PostgreSQL is away, ends wait here, and beyond the
 * bound the runs wait with them, so that no slot is taken for what could not be recorded.
 */
@Singleton
public class Settler {

    private static final Logger LOG = Logger.getLogger(Settler.class);
    private static final int BATCH = 512;
    private static final int BACKLOG = 4 * BATCH;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

    private record Waiting(Settled settled, Runnable recorded) {}

    private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(BACKLOG);
    private final JobStore store;
    private final Followed followed;
    private final HintEmitter hints;
    private final ParkedCalls parked;
    private final EventEmitter events;
    private final RunMetrics metrics;
    private final Identity identity;
    private final Clock clock;

    Settler(
            JobStore store,
            Followed followed,
            HintEmitter hints,
            EventEmitter events,
            ParkedCalls parked,
            RunMetrics metrics,
            Identity identity,
            Clock clock) {
        this.parked = parked;
        this.store = store;
        this.followed = followed;
        this.hints = hints;
        this.events = events;
        this.identity = identity;
        this.clock = clock;
        this.metrics = metrics;
        Thread.ofVirtual().name("settler").start(this::run);
    }

    /**
     * Has an end recorded; waits only while too many others wait.
     *
     * @param recorded called once PostgreSQL has it
     */
    void settle(Settled settled, Runnable recorded) {
        // A run that was interrupted must still be settled: the interruption was for the task.
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                waiting.put(new Waiting(settled, recorded));
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            try {
                runOnce();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("an end of a run could not be recorded", e);
            }
        }
    }

    /** Records what waits, at least one and at most a batch. */
    private void runOnce() throws InterruptedException {
        var batch = new ArrayList<Waiting>();
        batch.add(waiting.take());
        waiting.drainTo(batch, BATCH - 1);
        record(batch);
    }

    private void record(List<Waiting> batch) throws InterruptedException {
        while (true) {
            try {
                List<Settled> settled = batch.stream().map(Waiting::settled).toList();
                conclude(batch, store.recordStates(settled));
                return;
            } catch (StoreUnavailable e) {
                // Recorded or not, asking again is safe: what was recorded does not hold its claim any more.
                LOG.warnf("ends of %d runs wait for PostgreSQL: %s", batch.size(), e.getMessage());
                TimeUnit.NANOSECONDS.sleep(BETWEEN_ATTEMPTS.toNanos());
            } catch (RuntimeException e) {
                if (batch.size() == 1) {
                    refuse(batch.getFirst(), e);
                } else {
                    // One of them holds what PostgreSQL refuses; alone, it harms only itself.
                    for (Waiting one : batch) {
                        record(List.of(one));
                    }
                }
                return;
            }
        }
    }

    private void refuse(Waiting one, RuntimeException refusal) throws InterruptedException {
        Claim claim = one.settled().claim();
        if (one.settled().transition() instanceof Transition.Fail(JobError error, boolean lost)
                && error.code().equals("not_storable")) {
            LOG.errorf(refusal, "the end of a run cannot be recorded job=%s", claim.jobId());
            one.recorded().run();
            return;
        }
        var error = JobError.of("not_storable", "NotStorable", refusal);
        record(List.of(new Waiting(new Settled(claim, new Transition.Fail(error, false)), one.recorded())));
    }

    private void conclude(List<Waiting> batch, Map<UUID, JobState> held) {
        // Told before what follows from it.
        tell(batch, held);
        hints.emit(batch.stream()
                .map(one -> one.settled().claim())
                .filter(claim -> held.get(claim.jobId()) == JobState.PENDING)
                .map(Hint::of)
                .toList());
        makeFollowed(batch, held);
        parked.ended(batch.stream().map(one -> one.settled().claim()).toList());
        // Last of all: a worker that leaves waits only for its runs to be recorded.
        for (Waiting one : batch) {
            boolean holds = held.containsKey(one.settled().claim().jobId());
            metrics.recorded(one.settled(), holds);
            one.recorded().run();
            log(one.settled(), holds);
        }
    }

    /** What was refused is not told: nothing has happened. */
    private void tell(List<Waiting> batch, Map<UUID, JobState> held) {
        Instant now = clock.instant();
        String worker = identity.id();
        var told = new ArrayList<JobEvent>(batch.size());
        for (Waiting one : batch) {
            JobState became = held.get(one.settled().claim().jobId());
            if (became != null) {
                told.add(JobEvent.settled(one.settled(), became, worker, now));
            }
        }
        events.emit(told, event -> event);
    }

    /** What these ends have brought about in their batches was done with them, by the database; here it is made known. */
    private void makeFollowed(List<Waiting> batch, Map<UUID, JobState> held) {
        followed.ended(batch.stream()
                .map(one -> one.settled().claim())
                .filter(claim -> claim.batchId() != null)
                .map(Claim::jobId)
                .filter(id -> held.getOrDefault(id, JobState.STARTED).finished())
                .toList());
    }

    private static void log(Settled settled, boolean held) {
        Claim claim = settled.claim();
        if (!held) {
            LOG.warnf(
                    "late end of a run refused, the job is no longer held by it job=%s task=%s attempt=%d claim_seq=%d",
                    claim.jobId(), claim.task(), claim.attempt(), claim.claimSeq());
            return;
        }
        switch (settled.transition()) {
            case Transition.Retry retry ->
                LOG.infof(
                        "job failed, will run again job=%s task=%s attempt=%d in=%.1fs error=%s: %s",
                        claim.jobId(),
                        claim.task(),
                        claim.attempt(),
                        retry.delaySeconds(),
                        retry.error().excType(),
                        retry.error().excMessage());
            case Transition.Fail fail ->
                LOG.warnf(
                        "job failed for good job=%s task=%s attempt=%d error=%s: %s",
                        claim.jobId(),
                        claim.task(),
                        claim.attempt(),
                        fail.error().excType(),
                        fail.error().excMessage());
            case Transition.Succeed succeed ->
                LOG.debugf("job succeeded job=%s task=%s attempt=%d", claim.jobId(), claim.task(), claim.attempt());
            case Transition.Snooze snooze ->
                LOG.debugf("job snoozed job=%s task=%s until=%s", claim.jobId(), claim.task(), snooze.dueAt());
            case Transition.Release release ->
                LOG.infof("job given back job=%s task=%s reason=%s", claim.jobId(), claim.task(), release.reason());
            case Transition.Rescue rescue -> LOG.infof("job rescued job=%s task=%s", claim.jobId(), claim.task());
        }
    }
}
