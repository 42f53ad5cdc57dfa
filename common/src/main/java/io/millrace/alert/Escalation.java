package io.millrace.alert;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a measurement means for an alert. Every severity is a switch with two thresholds and two delays: it is
 * reached when the measure has been above for a while, and left when it has been well below for a while. So an alert is
 * told when it is raised and whenever its severity rises, and once when it is over; that it has become less severe, but
 * is not over, is shown and not told.
 */
public final class Escalation {

    private Escalation() {}

    /** What has happened that is worth telling. */
    public sealed interface Change {
        /** It is this bad now, and was less so. */
        record Raised(Severity severity) implements Change {}

        /**
         * It is over.
         *
         * @param peak how bad it had been
         */
        record Cleared(Severity peak) implements Change {}
    }

    /**
     * What a measurement has led to.
     *
     * @param change nothing where there is nothing to tell
     */
    public record Step(AlertState after, Optional<Change> change) {}

    /** What becomes of an alert whose measure has just been seen at this value. */
    public static Step decide(AlertState before, double value, Ladder ladder, Instant now) {
        var turning = new EnumMap<Severity, Instant>(Severity.class);
        Severity level = null;
        for (Severity severity : Severity.values()) {
            boolean held = before.holds(severity);
            Optional<Boolean> turns = ladder.turns(severity, held, value);
            boolean holds = held && turns.isPresent();
            if (turns.orElse(false)) {
                Instant since = before.turning().getOrDefault(severity, now);
                if (since.plus(ladder.dwell(held)).isAfter(now)) {
                    turning.put(severity, since);
                } else {
                    holds = !held;
                }
            }
            if (holds) {
                level = severity;
            }
        }
        Severity reached = level;
        // A severity that has changed sides by another's doing is at the beginning of its way back.
        turning.keySet().removeIf(severity -> before.holds(severity) != holds(reached, severity));
        var after = new AlertState(level, peak(before, level), turning);
        return new Step(after, change(before, after));
    }

    private static boolean holds(@Nullable Severity level, Severity severity) {
        return level != null && level.compareTo(severity) >= 0;
    }

    private static @Nullable Severity peak(AlertState before, @Nullable Severity level) {
        if (level == null) {
            return null;
        }
        return holds(before.peak(), level) ? before.peak() : level;
    }

    private static Optional<Change> change(AlertState before, AlertState after) {
        if (after.level() == null) {
            return before.peak() == null ? Optional.empty() : Optional.of(new Change.Cleared(before.peak()));
        }
        return before.holds(after.level()) ? Optional.empty() : Optional.of(new Change.Raised(after.level()));
    }
}
