package io.millrace.scheduler;

import io.millrace.store.ForgetStore;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Forgets what is kept for a time beside jobs and ticks: workers that are gone, batches, counts by the minute. */
@Singleton
class ForgetOld implements Duty {

    private static final int ROWS_A_STEP = 2_000;
    private static final int BATCHES_A_STEP = 50;
    private static final Duration BETWEEN_STEPS = Duration.ofMillis(100);

    private final ForgetStore store;
    private final RetentionConfig config;

    ForgetOld(ForgetStore store, RetentionConfig config) {
        this.store = store;
        this.config = config;
    }

    @Override
    public Done runOnce() {
        int workers = store.workers(config.workers(), ROWS_A_STEP);
        int minutes = store.minutes(config.minutes(), ROWS_A_STEP);
        int batches = 0;
        while (batches < BATCHES_A_STEP && store.batch(config.batches(), ROWS_A_STEP)) {
            batches++;
        }
        boolean more = batches == BATCHES_A_STEP || workers == ROWS_A_STEP || minutes == ROWS_A_STEP;
        return new Done(workers + minutes + batches, more ? BETWEEN_STEPS : config.forgetInterval());
    }
}
