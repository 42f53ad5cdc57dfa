package io.millrace.recovery;

import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.queue.Hint;
import io.millrace.store.BatchStore;
import io.millrace.store.DueStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * The recovery check: looks at every job there is and at every open batch, mends what it finds, and says what that was.
 * On a healthy cluster it finds nothing, because the scheduler does all of this by itself within seconds.
 */
@Singleton
public class Recovery {

    private static final UUID BEGINNING = new UUID(0, 0);
    private static final int ROWS_A_STEP = 20_000;
    private static final int HINTS_A_STEP = 1_000;
    private static final int BATCHES_A_STEP = 500;
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(5);

    private final DueStore due;
    private final BatchStore batches;
    private final HeldJobs held;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Clock clock;

    Recovery(DueStore due, BatchStore batches, HeldJobs held, HintEmitter hints, EventEmitter events, Clock clock) {
        this.due = due;
        this.batches = batches;
        this.held = held;
        this.hints = hints;
        this.events = events;
        this.clock = clock;
    }

    /**
     * What was found.
     *
     * @param jobsChecked how many jobs were looked at
     * @param hintsWritten hints that were lost or had never been written, and were written again
     * @param expired waiting jobs that nobody needs any more, and were revoked
     * @param rescued jobs of workers that are gone
     * @param overdue runs beyond their hard time limit, ended
     * @param batchesChecked how many batches had not finished
     * @param batchesMended how many of them had counters or BLOCKED jobs that disagreed with the jobs themselves
     */
    public record Report(
            long jobsChecked,
            long hintsWritten,
            long expired,
            long rescued,
            long overdue,
            long batchesChecked,
            long batchesMended) {

        /** Whether anything had to be mended. */
        public boolean foundAnything() {
            return hintsWritten + expired + rescued + overdue + batchesMended > 0;
        }
    }

    /**
     * Checks everything, in bounded steps.
     *
     * @param betweenSteps called between any two; what it throws ends the check, and nothing is lost by that
     */
    public Report check(Runnable betweenSteps) {
        long jobs = 0;
        long written = 0;
        long expired = 0;
        UUID position = BEGINNING;
        boolean more = true;
        while (more) {
            DueStore.Step step = due.walk(position, ROWS_A_STEP, GRACE, HINTS_A_STEP);
            jobs += step.looked();
            if (!step.lost().isEmpty()) {
                List<Hint> taken = hints.emitAndConfirm(step.lost(), KAFKA_PATIENCE);
                due.hinted(taken);
                written += taken.size();
            }
            expired += step.expired().size();
            var now = clock.instant();
            events.emit(step.expired(), job -> JobEvent.revoked(job, JobEvent.Cause.EXPIRED, now));
            more = step.last().isPresent();
            position = step.last().orElse(position);
            betweenSteps.run();
        }
        long rescued = 0;
        for (String worker : due.workersWithOrphans(BEGINNING)) {
            rescued += held.rescue(worker);
            betweenSteps.run();
        }
        long overdue = held.endOverdue(BEGINNING, GRACE);
        long checked = 0;
        long mended = 0;
        List<UUID> page = batches.open(BEGINNING, BATCHES_A_STEP);
        while (!page.isEmpty()) {
            for (UUID id : page) {
                checked++;
                mended += batches.check(id).filter(BatchStore.Checked::repaired).isPresent() ? 1 : 0;
            }
            betweenSteps.run();
            page = batches.open(page.getLast(), BATCHES_A_STEP);
        }
        return new Report(jobs, written, expired, rescued, overdue, checked, mended);
    }
}
