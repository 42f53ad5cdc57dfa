package io.millrace.scheduler;

import io.millrace.store.CountStore;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Folds logged changes of job counts into their sums, so that reading them stays cheap. */
@Singleton
class CountFold implements Duty {

    private static final int BATCH = 5_000;
    /** Where nothing changes there is no hurry: readers add what has not been folded. */
    private static final int IDLE = 5;

    private final CountStore store;
    private final Duration interval;

    CountFold(CountStore store, SchedulerConfig config) {
        this.store = store;
        this.interval = config.countInterval();
    }

    @Override
    public Done runOnce() {
        long folded = store.fold(BATCH);
        if (folded == BATCH) {
            return new Done(folded, Duration.ZERO);
        }
        return new Done(folded, folded == 0 ? interval.multipliedBy(IDLE) : interval);
    }
}
