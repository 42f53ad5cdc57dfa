package io.millrace.scheduler;

import io.millrace.store.KeyStore;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Clears away idempotency keys that are old, and the places of unique jobs that nobody holds any more. Nothing waits for
 * it: a place that is free is taken whether or not its row is still there.
 */
@Singleton
class KeyCleanup implements Duty {

    private static final int BATCH = 1_000;

    private final KeyStore store;
    private final Duration keep;
    private final Duration interval;

    KeyCleanup(KeyStore store, SchedulerConfig config) {
        this.store = store;
        this.keep = config.keepIdempotencyKeys();
        this.interval = config.keyInterval();
    }

    @Override
    public Done runOnce() {
        int forgotten = store.forget(keep, BATCH);
        KeyStore.Freed places = store.free(BATCH);
        boolean more = forgotten == BATCH || places.freed() + places.kept() == BATCH;
        return new Done(forgotten + places.freed(), more ? Duration.ZERO : interval);
    }
}
