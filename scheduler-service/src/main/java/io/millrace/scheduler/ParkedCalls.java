package io.millrace.scheduler;

import io.millrace.dispatch.HintEmitter;
import io.millrace.limit.Limits;
import io.millrace.store.LimitStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** Calls parked jobs whose limits have room again. */
@Singleton
class ParkedCalls implements Duty {

    private static final int MOST_A_LINE = 500;

    /** How long what is known of the limits is good enough. */
    private static final Duration LIMITS_KNOWN = Duration.ofSeconds(1);

    private final LimitStore store;
    private final HintEmitter hints;
    private final Duration interval;
    private final Duration idleInterval;
    private final Clock clock;
    private String line = "";
    private Limits limits = Limits.NONE;
    private Instant limitsAt = Instant.MIN;

    ParkedCalls(LimitStore store, HintEmitter hints, SchedulerConfig config, Clock clock) {
        this.store = store;
        this.hints = hints;
        this.interval = config.callInterval();
        this.idleInterval = config.idleCallInterval();
        this.clock = clock;
    }

    @Override
    public Set<String> wokenBy() {
        return Set.of(LimitStore.PARKED_NOTICE);
    }

    @Override
    public Done runOnce() {
        if (store.parked(1) == 0) {
            return new Done(0, idleInterval);
        }
        Instant now = clock.instant();
        if (limitsAt.plus(LIMITS_KNOWN).isBefore(now)) {
            limits = store.inForce();
            limitsAt = now;
        }
        LimitStore.Called called = store.callParked(limits, line, MOST_A_LINE);
        hints.emit(called.hints());
        line = called.last();
        return new Done(called.hints().size(), interval);
    }
}
