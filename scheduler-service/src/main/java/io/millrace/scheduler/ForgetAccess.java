package io.millrace.scheduler;

import io.millrace.store.AccessStore;
import io.millrace.store.AuditStore;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Keeps the audit log from growing for ever, and sessions that have expired from staying. */
@Singleton
class ForgetAccess implements Duty {

    private static final int BATCH = 1_000;
    private static final Duration REST = Duration.ofMinutes(10);

    private final AccessStore access;
    private final AuditStore audit;
    private final Duration age;

    ForgetAccess(AccessStore access, AuditStore audit, RetentionConfig config) {
        this.access = access;
        this.audit = audit;
        this.age = config.audit();
    }

    @Override
    public Done runOnce() {
        int sessions = access.forgetSessions(BATCH);
        int entries = audit.forget(age, BATCH);
        return new Done(sessions + entries, sessions == BATCH || entries == BATCH ? Duration.ZERO : REST);
    }
}
