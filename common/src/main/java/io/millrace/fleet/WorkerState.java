package io.millrace.fleet;

/** Where a worker process stands. */
public enum WorkerState {
    /** Receives and runs jobs. */
    ACTIVE,
    /** Receives no more, finishes what it has. */
    DRAINING,
    /** Has gone in order; it holds no jobs. */
    STOPPED,
    /** Has given no sign of life for longer than its lease; its jobs run elsewhere. */
    LOST;

    /** Whether its process is there, as far as is known. */
    public boolean alive() {
        return switch (this) {
            case ACTIVE, DRAINING -> true;
            case STOPPED, LOST -> false;
        };
    }
}
