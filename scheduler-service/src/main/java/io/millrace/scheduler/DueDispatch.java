package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.store.Dispatched;
import io.millrace.store.DueStore;
import io.millrace.store.Notices;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Makes jobs PENDING that have become due, scheduled ones and retries alike, and writes their hints. */
@Singleton
class DueDispatch implements Duty {

    private static final int BATCH = 1_000;

    private final DueStore store;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Clock clock;
    private final Duration interval;
    private final Counter dispatched;

    DueDispatch(
            DueStore store,
            HintEmitter hints,
            EventEmitter events,
            Clock clock,
            SchedulerConfig config,
            MeterRegistry metrics) {
        this.store = store;
        this.hints = hints;
        this.events = events;
        this.clock = clock;
        this.interval = config.dueInterval();
        this.dispatched = Counter.builder("millrace.jobs.dispatched")
                .description("Jobs that have become due")
                .register(metrics);
    }

    @Override
    public Set<String> wokenBy() {
        return Set.of(Notices.DUE);
    }

    @Override
    public Done runOnce() {
        List<Dispatched> due = store.dispatchDue(BATCH);
        // Told before a worker can know of it and tells of its start.
        Instant now = clock.instant();
        events.emit(due, each -> JobEvent.due(each.subject(), now));
        hints.emit(due.stream().map(Dispatched::hint).toList());
        dispatched.increment(due.size());
        if (due.size() == BATCH) {
            return new Done(BATCH, Duration.ZERO);
        }
        Duration next = store.untilNextDue().orElse(interval);
        return new Done(due.size(), next.compareTo(interval) < 0 ? next : interval);
    }
}
