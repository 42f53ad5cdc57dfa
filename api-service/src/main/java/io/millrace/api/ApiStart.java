package io.millrace.api;

import io.millrace.dispatch.Beginning;
import io.millrace.dispatch.Foundation;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** The API begins beside the start of its process; until then its door is shut to all but probes. */
@Singleton
class ApiStart {

    private final Foundation foundation;

    ApiStart(Foundation foundation) {
        this.foundation = foundation;
    }

    void onStart(@Observes @Priority(Foundation.FIRST) StartupEvent event) {
        Beginning.start("API", foundation::lay);
    }
}
