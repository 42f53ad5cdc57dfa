package io.millrace.scheduler;

import io.millrace.store.DueStore;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long the oldest waiting job of each queue has waited, as the sweep saw it when it last went through all open jobs.
 * It walks there anyway, so nobody has to ask the table of jobs for this.
 */
@Singleton
class OldestWaiting {

    private Map<String, Duration> thisRound = new HashMap<>();
    private volatile Map<String, Duration> lastRound = Map.of();

    /** By queue; a queue where nothing waited is not in it. */
    Map<String, Duration> ages() {
        return lastRound;
    }

    /**
     * Only the sweep calls it, on its one thread.
     *
     * @return what the round has seen, if it is over and has seen other than the one before
     */
    Optional<Map<String, Duration>> walked(DueStore.Step step) {
        step.waiting().forEach((queue, age) -> thisRound.merge(queue, age, OldestWaiting::longer));
        if (step.last().isPresent()) {
            return Optional.empty();
        }
        Map<String, Duration> before = lastRound;
        lastRound = Map.copyOf(thisRound);
        thisRound = new HashMap<>();
        return before.equals(lastRound) ? Optional.empty() : Optional.of(lastRound);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
