package io.millrace.api.access;

import io.millrace.store.AccessStore;
import io.millrace.store.StoreUnavailable;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** When each key was last used: noted in memory, written down twice a minute. */
@Singleton
class LastUsed {

    private static final Logger LOG = Logger.getLogger(LastUsed.class);
    private static final Duration EVERY = Duration.ofSeconds(30);

    private final AccessStore store;
    private final ConcurrentHashMap<String, Instant> times = new ConcurrentHashMap<>();
    private volatile @Nullable Thread writer;

    LastUsed(AccessStore store) {
        this.store = store;
    }

    void note(String key, Instant now) {
        times.put(key, now);
    }

    void onStart(@Observes StartupEvent event) {
        writer = Thread.ofVirtual().name("keys-last-used").start(this::loop);
    }

    private void loop() {
        try {
            while (true) {
                TimeUnit.NANOSECONDS.sleep(EVERY.toNanos());
                runOnce();
            }
        } catch (InterruptedException e) {
            // The service stops; what was used in the last half minute is not worth waiting for.
            Thread.currentThread().interrupt();
        }
    }

    /** Writes down what was noted. What cannot be written now is written the next time. */
    void runOnce() {
        Map<String, Instant> noted = new HashMap<>(times);
        if (noted.isEmpty()) {
            return;
        }
        try {
            store.used(noted);
            noted.forEach(times::remove);
        } catch (StoreUnavailable e) {
            LOG.debugf("when keys were last used is written later: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("when keys were last used could not be written", e);
        }
    }

    void onStop(@Observes ShutdownEvent event) {
        if (writer != null) {
            writer.interrupt();
        }
    }
}
