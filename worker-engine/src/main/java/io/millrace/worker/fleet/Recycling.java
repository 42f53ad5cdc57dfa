package io.millrace.worker.fleet;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * When a worker has served long enough. What is absent, or 0 threads, is no reason.
 *
 * @param stuckFor how long the threads must have been stuck
 */
record Recycling(OptionalInt afterJobs, OptionalLong aboveMemory, int stuckThreads, Duration stuckFor) {

    /**
     * How many jobs this process serves: as many as asked for and, so that workers that have started together do not all
     * end together, up to a share of them more.
     */
    static OptionalInt spread(OptionalInt afterJobs, double share, RandomGenerator random) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("after-jobs-jitter must be from 0 to 1, but is " + share);
        }
        if (afterJobs.isEmpty()) {
            return afterJobs;
        }
        int most = (int) (afterJobs.getAsInt() * share);
        return OptionalInt.of(afterJobs.getAsInt() + random.nextInt(most + 1));
    }

    /** The reason to end now, for the log; empty if there is none. */
    Optional<String> due(long jobs, long memoryBytes, Duration stuck) {
        if (afterJobs.isPresent() && jobs >= afterJobs.getAsInt()) {
            return Optional.of("it has settled " + jobs + " jobs, and shall be replaced after " + afterJobs.getAsInt());
        }
        if (aboveMemory.isPresent() && memoryBytes > aboveMemory.getAsLong()) {
            return Optional.of("it has " + (memoryBytes >> 20) + " MiB in memory, and shall be replaced above "
                    + (aboveMemory.getAsLong() >> 20));
        }
        if (stuckThreads > 0 && stuck.compareTo(stuckFor) >= 0) {
            return Optional.of("at least " + stuckThreads + " threads have not ended for " + stuck.toSeconds() + " s");
        }
        return Optional.empty();
    }
}
