package io.millrace.worker.fleet;

import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Ends the process the way Quarkus does, which calls {@link WorkerLife} on its way. */
@Singleton
@DefaultBean
final class ProcessDeparture implements Departure {

    private static final Logger LOG = Logger.getLogger(ProcessDeparture.class);

    private final AtomicBoolean begun = new AtomicBoolean();

    @Override
    public void begin(String why) {
        if (begun.compareAndSet(false, true)) {
            LOG.infof("this worker drains and ends: %s", why);
            Quarkus.asyncExit(0);
        }
    }
}
