package io.millrace.worker.run;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** What this worker runs right now. */
@Singleton
public class RunningJobs {

    private final ConcurrentHashMap<UUID, RunningJob> running = new ConcurrentHashMap<>();

    private final AtomicInteger stuck = new AtomicInteger();

    void enter(RunningJob job) {
        running.put(job.claim().jobId(), job);
    }

    /** Takes a run out, unless a newer one of the same job is in its place. */
    void leave(RunningJob job) {
        running.remove(job.claim().jobId(), job);
    }

    Collection<RunningJob> all() {
        return running.values();
    }

    /** The ids of the jobs that are being run. */
    public Set<UUID> ids() {
        return running.values().stream().map(job -> job.claim().jobId()).collect(Collectors.toUnmodifiableSet());
    }

    public int count() {
        return running.size();
    }

    /** The runs as JSON text for the heartbeat; at most so many. */
    public String describe(int limit) {
        return running.values().stream()
                .limit(limit)
                .map(job -> "{\"job_id\":\"%s\",\"task\":\"%s\",\"started_at\":\"%s\"}"
                        .formatted(job.claim().jobId(), job.claim().task(), job.startedAt()))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Runs whose job has been settled without them and whose threads do not end. */
    public int stuck() {
        return stuck.get();
    }

    /** A run's job was settled without it. */
    void settledWithout() {
        stuck.incrementAndGet();
    }

    /** A run whose job was settled without it has ended after all. */
    void endedAfterAll() {
        stuck.decrementAndGet();
    }

    /** Tells every run to end because its job runs elsewhere by now. */
    public void abandonAll() {
        running.values().forEach(job -> job.stop(RunningJob.Stop.ABANDON));
    }

    /** Waits until nothing runs. @return whether that came true in time */
    public boolean awaitNone(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!running.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        return running.isEmpty();
    }
}
