package io.millrace.worker.run;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * Makes the library of tasks while the database is awaited. Both take a good part of a worker's start, the one for the
 * tasks' schemas and the other for the network, and neither needs the other.
 */
@Singleton
class TaskLibraryAhead {

    /** Before the schema is looked at, which is when the database is first asked. */
    private static final int BEFORE_THE_SCHEMA = 60;

    private static final Logger LOG = Logger.getLogger(TaskLibraryAhead.class);

    private final Provider<TaskLibrary> library;

    TaskLibraryAhead(Provider<TaskLibrary> library) {
        this.library = library;
    }

    void onStart(@Observes @Priority(BEFORE_THE_SCHEMA) StartupEvent event) {
        Thread.ofVirtual().name("task-library").start(this::make);
    }

    private void make() {
        try {
            library.get();
        } catch (RuntimeException e) {
            // There is no library then, so that it is tried again when the worker begins, where the failure ends it.
            LOG.debugf("the library of tasks cannot be made: %s", e.getMessage());
        }
    }
}
