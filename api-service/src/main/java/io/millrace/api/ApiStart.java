package io.millrace.api;

import io.millrace.dispatch.Foundation;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** The API opens its door when what it stands on is there, since it could answer nobody before. */
@Singleton
class ApiStart {

    private final Foundation foundation;

    ApiStart(Foundation foundation) {
        this.foundation = foundation;
    }

    void onStart(@Observes @Priority(Foundation.FIRST) StartupEvent event) {
        foundation.lay();
    }
}
