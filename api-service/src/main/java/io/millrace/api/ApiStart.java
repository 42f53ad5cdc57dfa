package io.millrace.api;

import io.millrace.dispatch.Foundation;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The API opens its door when what it stands on is there, since it could answer nobody before. While PostgreSQL is awaited,
 * all that does not ask it is made.
 */
@Singleton
class ApiStart {

    private final Foundation foundation;
    private @Nullable CompletableFuture<Void> laid;

    ApiStart(Foundation foundation) {
        this.foundation = foundation;
    }

    void onStart(@Observes @Priority(Foundation.FIRST) StartupEvent event) {
        laid = CompletableFuture.runAsync(
                foundation::lay,
                work -> Thread.ofPlatform().daemon().name("foundation").start(work));
    }

    /** @throws java.util.concurrent.CompletionException if there is nothing to stand on; the start ends then */
    void untilLaid(@Observes @Priority(Foundation.LAID) StartupEvent event) {
        if (laid != null) {
            laid.join();
        }
    }
}
