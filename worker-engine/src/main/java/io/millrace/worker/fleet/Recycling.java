package io.millrace.worker.fleet;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * When a worker has served long enough. What is absent, or 0 threads, is no reason.
 *
 * @param stuckFor how long the threads must have been stuck
 */
record Recycling(OptionalInt afterJobs, OptionalLong aboveMemory, int stuckThreads, Duration stuckFor) {

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
