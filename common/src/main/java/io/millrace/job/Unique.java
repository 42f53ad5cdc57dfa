package io.millrace.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job's wish to be the only one of its kind.
 *
 * @param fingerprint what it must be the only one of: the same for the same project and key, or for the same project,
 *     task and arguments
 * @param until the end of the period in which it must be, whatever becomes of it; null for no such period
 * @param whileUnfinished whether it must be as long as it has not finished
 * @param onConflict what becomes of a submission that finds the place taken
 */
public record Unique(String fingerprint, @Nullable Instant until, boolean whileUnfinished, OnConflict onConflict) {

    public Unique {
        if (until == null && !whileUnfinished) {
            throw new IllegalArgumentException("a job is unique for a period, while it is unfinished, or both");
        }
    }

    /** What becomes of a submission whose place is taken. */
    public enum OnConflict {
        /** It is answered with the job that has the place. */
        RETURN,
        /** It is refused. */
        REJECT,
        /** It takes the place: a job that waits is revoked, one that runs may finish but is not run again. */
        REPLACE
    }

    /**
     * Who has the place.
     *
     * @param state of the job, null if it is no longer kept
     */
    public record Holder(@Nullable JobState state, @Nullable Instant until, boolean whileUnfinished) {

        /** Whether the place is still taken. */
        boolean holds(Instant now) {
            return (until != null && until.isAfter(now)) || (whileUnfinished && unfinished());
        }

        boolean unfinished() {
            return state != null && !state.finished();
        }
    }

    /** What becomes of a submission that has found a holder. */
    public enum Decision {
        /** The holder holds no more: the place is taken over. */
        TAKE_OVER,
        RETURN,
        REJECT,
        /** The holder is revoked, and the place taken over. */
        REPLACE
    }

    /** Decides what becomes of this submission where a row says that another has the place, or had it once. */
    public Decision against(Holder holder, Instant now) {
        if (!holder.holds(now)) {
            return Decision.TAKE_OVER;
        }
        return switch (onConflict) {
            case RETURN -> Decision.RETURN;
            case REJECT -> Decision.REJECT;
            case REPLACE -> holder.unfinished() ? Decision.REPLACE : Decision.TAKE_OVER;
        };
    }
}
