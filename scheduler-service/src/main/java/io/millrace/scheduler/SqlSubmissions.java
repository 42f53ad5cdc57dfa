package io.millrace.scheduler;

import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.store.Dispatched;
import io.millrace.store.Notices;
import io.millrace.store.SubmissionStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Writes the first hint of jobs that were submitted in SQL: at once where their notice arrives, after a bounded rest
 * where it does not.
 */
@Singleton
class SqlSubmissions implements Duty {

    private static final int BATCH = 1_000;

    private final SubmissionStore store;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Clock clock;
    private final Duration longestRest;

    SqlSubmissions(SubmissionStore store, HintEmitter hints, EventEmitter events, Clock clock, SchedulerConfig config) {
        this.store = store;
        this.hints = hints;
        this.events = events;
        this.clock = clock;
        this.longestRest = config.submissionInterval();
    }

    @Override
    public Set<String> wokenBy() {
        return Set.of(Notices.SUBMITTED);
    }

    @Override
    public Done runOnce() {
        List<Dispatched> taken = store.takeUnhinted(BATCH);
        Instant now = clock.instant();
        events.emit(taken, job -> JobEvent.submitted(job.subject(), now));
        hints.emit(taken.stream().map(Dispatched::hint).toList());
        return new Done(taken.size(), taken.size() == BATCH ? Duration.ZERO : longestRest);
    }
}
