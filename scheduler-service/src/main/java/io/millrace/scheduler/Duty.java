package io.millrace.scheduler;

import java.time.Duration;
import java.util.Set;

/** Something the scheduler does again and again. */
interface Duty {

    /** Does what there is to do now, within bounds. */
    Done runOnce();

    /** The notices ({@link io.millrace.store.Notices}) that end its rest: what it looks for may have come. */
    default Set<String> wokenBy() {
        return Set.of();
    }

    /**
     * What a round did.
     *
     * @param count how much, in the duty's own unit; a round that did something is worth a line in the log
     * @param next how long the duty may rest; zero when there is more to do
     */
    record Done(long count, Duration next) {}
}
