package io.millrace.scheduler;

import io.millrace.store.ScheduleStore;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Keeps the history of ticks from growing for ever. */
@Singleton
class ForgetTicks implements Duty {

    private static final int BATCH = 5_000;
    private static final Duration REST = Duration.ofMinutes(10);

    private final ScheduleStore store;
    private final Duration age;

    ForgetTicks(ScheduleStore store, SchedulerConfig config) {
        this.store = store;
        this.age = config.ticksKept();
    }

    @Override
    public Done runOnce() {
        int forgotten = store.forget(age, BATCH);
        return new Done(forgotten, forgotten == BATCH ? Duration.ZERO : REST);
    }
}
