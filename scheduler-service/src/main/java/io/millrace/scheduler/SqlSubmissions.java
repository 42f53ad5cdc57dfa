package io.millrace.scheduler;

import io.millrace.dispatch.HintEmitter;
import io.millrace.queue.Hint;
import io.millrace.store.Notices;
import io.millrace.store.SubmissionStore;
import jakarta.inject.Singleton;
import java.time.Duration;
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
    private final Duration longestRest;

    SqlSubmissions(SubmissionStore store, HintEmitter hints, SchedulerConfig config) {
        this.store = store;
        this.hints = hints;
        this.longestRest = config.submissionInterval();
    }

    @Override
    public Set<String> wokenBy() {
        return Set.of(Notices.SUBMITTED);
    }

    @Override
    public Done runOnce() {
        List<Hint> taken = store.takeUnhinted(BATCH);
        hints.emit(taken);
        return new Done(taken.size(), taken.size() == BATCH ? Duration.ZERO : longestRest);
    }
}
