package io.millrace.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From where on a measure is how bad.
 *
 * @param thresholds the least value of each severity; one that is missing is never reached
 * @param clearShare below which share of its threshold a severity is left again: what swings around a threshold then
 *     stays on one side
 * @param raiseAfter how long the measure must have been seen above before a severity is reached
 * @param clearAfter how long it must have been seen below before one is left
 */
public record Ladder(Map<Severity, Double> thresholds, double clearShare, Duration raiseAfter, Duration clearAfter) {

    /** Nothing is ever wrong. */
    public static final Ladder NONE = new Ladder(Map.of(), 1, Duration.ZERO, Duration.ZERO);

    public Ladder {
        if (!(clearShare > 0 && clearShare <= 1)) {
            throw new IllegalArgumentException(
                    "the share below which an alert is cleared must be above 0 and at most 1");
        }
        if (raiseAfter.isNegative() || clearAfter.isNegative()) {
            throw new IllegalArgumentException("the times before an alert is raised or cleared must not be negative");
        }
        thresholds = Map.copyOf(thresholds);
        List<Map.Entry<Severity, Double>> rising = thresholds.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .toList();
        for (int i = 0; i < rising.size(); i++) {
            if (!(rising.get(i).getValue() > 0)) {
                throw new IllegalArgumentException(rising.get(i).getKey() + " must be above 0");
            }
            if (i > 0 && rising.get(i).getValue() < rising.get(i - 1).getValue()) {
                throw new IllegalArgumentException(rising.get(i).getKey() + " ("
                        + rising.get(i).getValue() + ") must not be below "
                        + rising.get(i - 1).getKey() + " (" + rising.get(i - 1).getValue() + ")");
            }
        }
    }

    /** Whether a measure is on the other side of a severity's threshold than its state says; nothing for a missing one. */
    Optional<Boolean> turns(Severity severity, boolean holds, double value) {
        return Optional.ofNullable(thresholds.get(severity))
                .map(threshold -> holds ? value < clearShare * threshold : value >= threshold);
    }

    Duration dwell(boolean holds) {
        return holds ? clearAfter : raiseAfter;
    }

    /** When the state would change next if its measure stayed as it is; nothing if it would not. */
    public Optional<Instant> nextTurn(AlertState state) {
        return state.turning().entrySet().stream()
                .map(each -> each.getValue().plus(dwell(state.holds(each.getKey()))))
                .min(Instant::compareTo);
    }
}
