package io.millrace.scheduler;

import io.millrace.dispatch.Beginning;
import io.millrace.dispatch.Foundation;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** The scheduler begins beside the start of its process: declares schedules, and then takes up its duties. */
@Singleton
class SchedulerStart {

    private final Foundation foundation;

    SchedulerStart(Foundation foundation) {
        this.foundation = foundation;
    }

    void onStart(@Observes @Priority(Foundation.FIRST) StartupEvent event) {
        Beginning.start("scheduler", foundation::lay);
    }
}
