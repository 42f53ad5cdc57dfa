package io.millrace.scheduler;

import io.millrace.scheduler.alert.AlertConfig;
import io.millrace.store.AlertOutbox;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Keeps the history of alerts from growing for ever. */
@Singleton
class ForgetAlerts implements Duty {

    private static final int BATCH = 1_000;
    private static final Duration REST = Duration.ofMinutes(10);

    private final AlertOutbox outbox;
    private final Duration age;

    ForgetAlerts(AlertOutbox outbox, AlertConfig config) {
        this.outbox = outbox;
        this.age = config.kept();
    }

    @Override
    public Done runOnce() {
        int forgotten = outbox.forget(age, BATCH);
        return new Done(forgotten, forgotten == BATCH ? Duration.ZERO : REST);
    }
}
