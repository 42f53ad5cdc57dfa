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
    LOST
}
