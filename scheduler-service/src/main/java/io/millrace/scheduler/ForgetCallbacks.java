package io.millrace.scheduler;

import io.millrace.store.CallbackStore;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Keeps the history of callbacks from growing for ever. */
@Singleton
class ForgetCallbacks implements Duty {

    private static final int BATCH = 1_000;
    private static final Duration REST = Duration.ofMinutes(10);

    private final CallbackStore store;
    private final Duration age;

    ForgetCallbacks(CallbackStore store, SchedulerConfig config) {
        this.store = store;
        this.age = config.callbacksKept();
    }

    @Override
    public Done runOnce() {
        int forgotten = store.forget(age, BATCH);
        return new Done(forgotten, forgotten == BATCH ? Duration.ZERO : REST);
    }
}
