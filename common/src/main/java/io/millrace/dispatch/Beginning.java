package io.millrace.dispatch;

import io.quarkus.runtime.Quarkus;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * What a service does beside the start of its process, so that its probes and metrics answer in the meantime: that PostgreSQL
 * answers may take a while. One that cannot begin says why and ends its process with the status 1.
 */
public final class Beginning {

    private static final Logger LOG = Logger.getLogger(Beginning.class);

    private final String service;
    private final Steps steps;
    private final Thread thread;
    private volatile boolean completed;

    private Beginning(String service, Steps steps) {
        this.service = service;
        this.steps = steps;
        this.thread = Thread.ofPlatform().daemon().name("begin").unstarted(this::run);
    }

    /** What there is to do. */
    @FunctionalInterface
    public interface Steps {

        /** Takes them. @throws InterruptedException if the service is not to begin after all */
        void take() throws InterruptedException;
    }

    /**
     * Starts a thread that takes the steps.
     *
     * @param service what begins, as the log is to call it
     */
    public static Beginning start(String service, Steps steps) {
        var beginning = new Beginning(service, steps);
        beginning.thread.start();
        return beginning;
    }

    private void run() {
        try {
            steps.take();
            completed = true;
        } catch (InterruptedException e) {
            LOG.debug("told not to begin", e);
        } catch (RuntimeException | Error e) {
            // Whatever it is, a process that lives and never serves would help nobody.
            LOG.errorf(e, "this %s cannot begin", service);
            Quarkus.asyncExit(1);
        }
    }

    /** Whether all of it has been done, if need be after waiting for so long. */
    public boolean completes(Duration patience) throws InterruptedException {
        return thread.join(patience) && completed;
    }
}
