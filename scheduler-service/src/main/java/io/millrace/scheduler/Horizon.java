package io.millrace.scheduler;

import jakarta.inject.Singleton;
import java.util.UUID;

/**
 * Before which id every job has finished, as the sweep saw it last: what looks for running jobs need not look further
 * back. An old job that runs again lies before it until the sweep's next whole round, a minute or so later.
 */
@Singleton
class Horizon {

    private static final UUID BEGINNING = new UUID(0, 0);

    private volatile UUID oldestOpen = BEGINNING;

    /** The id after which the open jobs are. */
    UUID oldestOpen() {
        return oldestOpen;
    }

    void moved(UUID id) {
        oldestOpen = id;
    }
}
