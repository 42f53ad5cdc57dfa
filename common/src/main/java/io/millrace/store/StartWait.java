package io.millrace.store;

import org.jboss.logging.Logger;

/**
 * While it is open, a process that is told to end does so at once. Quarkus stops only what has started, and so has a signal
 * wait for the whole start; but who waits for PostgreSQL has begun nothing that would have to be stopped.
 */
final class StartWait implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(StartWait.class);
    private static final int STATUS_OF_TERM = 128 + 15;

    private final Thread end = new Thread(StartWait::end, "end of the wait for PostgreSQL");

    StartWait() {
        try {
            Runtime.getRuntime().addShutdownHook(end);
        } catch (IllegalStateException e) {
            // It was told before it came to wait.
            end();
        }
    }

    /** Halts, where an orderly end would wait for the start or fail at what the start has not made. */
    private static void end() {
        LOG.info("told to end while waiting for PostgreSQL");
        Runtime.getRuntime().halt(STATUS_OF_TERM);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException e) {
            LOG.debug("the process ends already, by this hook", e);
        }
    }
}
