package io.millrace.worker.fleet;

import io.millrace.worker.WorkerConfig;
import io.millrace.worker.run.RunMetrics;
import io.millrace.worker.run.RunningJobs;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Ends this process once it has served long enough. */
@Singleton
class Recycler {

    private final Recycling recycling;
    private final RunMetrics metrics;
    private final RunningJobs running;
    private final Memory memory;
    private final Departure departure;
    private final Clock clock;
    private @Nullable Instant stuckSince;

    Recycler(
            WorkerConfig config,
            RunMetrics metrics,
            RunningJobs running,
            Memory memory,
            Departure departure,
            Clock clock) {
        WorkerConfig.Recycle recycle = config.recycle();
        this.recycling = new Recycling(
                Recycling.spread(recycle.afterJobs(), recycle.afterJobsJitter(), ThreadLocalRandom.current()),
                recycle.aboveMemory()
                        .map(MemorySize::asLongValue)
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty),
                recycle.stuckThreads(),
                recycle.stuckFor());
        this.metrics = metrics;
        this.running = running;
        this.memory = memory;
        this.departure = departure;
        this.clock = clock;
    }

    void runOnce() {
        long bytes = recycling.aboveMemory().isPresent() ? memory.used() : 0;
        recycling.due(metrics.processed(), bytes, stuck(clock.instant())).ifPresent(departure::begin);
    }

    /** How long as many threads as count have been stuck without a break. */
    private Duration stuck(Instant now) {
        if (running.stuck() < Math.max(1, recycling.stuckThreads())) {
            stuckSince = null;
            return Duration.ZERO;
        }
        Instant since = stuckSince == null ? now : stuckSince;
        stuckSince = since;
        return Duration.between(since, now);
    }
}
