package io.millrace.alert;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where one kind of alert of one queue stands.
 *
 * @param level the severity in force, null for none
 * @param peak the highest since it was raised, which is what has been told; null for none
 * @param turning for each severity that is about to change sides, since when the measure has been where it would:
 *     above for one that is not reached, well below for one that is
 */
public record AlertState(@Nullable Severity level, @Nullable Severity peak, Map<Severity, Instant> turning) {

    /** Nothing is wrong, and nothing was. */
    public static final AlertState CALM = new AlertState(null, null, Map.of());

    public AlertState {
        boolean fits = level == null ? peak == null : peak != null && peak.compareTo(level) >= 0;
        if (!fits) {
            throw new IllegalArgumentException("level " + level + " does not go with peak " + peak);
        }
        turning = Map.copyOf(turning);
    }

    /** Whether this severity is reached. */
    boolean holds(Severity severity) {
        return level != null && level.compareTo(severity) >= 0;
    }
}
