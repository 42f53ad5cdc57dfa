package io.millrace.scheduler;

import io.millrace.dispatch.Foundation;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** The scheduler has what it stands on before it declares schedules and begins its duties. */
@Singleton
class SchedulerStart {

    private final Foundation foundation;

    SchedulerStart(Foundation foundation) {
        this.foundation = foundation;
    }

    void onStart(@Observes @Priority(Foundation.FIRST) StartupEvent event) {
        foundation.lay();
    }
}
