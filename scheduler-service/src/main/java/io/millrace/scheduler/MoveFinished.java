package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.store.FinishedStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Moves finished jobs out of the hot table, so that it stays as small as what waits and runs. Walks it in order of age, a
 * bounded step a round; what another scheduler moves is passed by. It works for a tenth of the time, so that what workers
 * record goes before, and for half of it where jobs have been lying about for long; walks that find nothing take a
 * fiftieth.
 */
@Singleton
class MoveFinished implements Duty {

    private static final UUID BEGINNING = new UUID(0, 0);
    private static final int ROWS_A_STEP = 10_000;
    private static final int JOBS_A_STEP = 2_000;

    /** Where a step was full, so will the next one be: rows beyond those that it moves would be looked at again and again. */
    private static final int ROWS_AFTER_A_FULL_STEP = 2_500;

    private static final Duration BETWEEN_STEPS = Duration.ofMillis(20);
    private static final int REST_AFTER_SEARCH = 50;
    private static final Duration LONGEST_REST = Duration.ofMinutes(5);

    /** While nothing is late, moving takes one part of the time and rests for so many. */
    private static final int REST_IN_TIME = 9;

    private final FinishedStore store;
    private final FinishedStore.Kept kept;
    private final Duration after;
    private final Duration within;
    private final Duration interval;
    private final Clock clock;
    private final Counter moved;
    private final QuietStretches quiet = new QuietStretches();
    private UUID position = BEGINNING;
    private int rows = ROWS_A_STEP;
    private Duration searched = Duration.ZERO;

    MoveFinished(FinishedStore store, RetentionConfig config, Clock clock, MeterRegistry metrics) {
        this.store = store;
        this.kept = new FinishedStore.Kept(config.success(), config.failure(), config.revoked());
        this.after = config.moveAfter();
        this.within = config.moveWithin();
        this.interval = config.moveInterval();
        this.clock = clock;
        this.moved = Counter.builder("millrace.finished.moved")
                .description("Jobs moved out of the hot table")
                .register(metrics);
    }

    @Override
    public Done runOnce() {
        Instant now = clock.instant();
        UUID from = quiet.beyond(position, now);
        long began = System.nanoTime();
        FinishedStore.Step step = store.move(from, rows, after, kept, JOBS_A_STEP);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        moved.increment(step.moved());
        position = step.last().orElse(BEGINNING);
        quiet.add(from, position, now, step.quiet());
        rows = step.moved() < JOBS_A_STEP ? ROWS_A_STEP : ROWS_AFTER_A_FULL_STEP;
        if (step.moved() == 0) {
            searched = searched.plus(took);
        }
        if (step.last().isPresent()) {
            return new Done(step.moved(), step.moved() == 0 ? BETWEEN_STEPS : restAfterMove(took, step.lain(), within));
        }
        Duration rest = rest(interval, searched);
        searched = Duration.ZERO;
        return new Done(step.moved(), rest);
    }

    /**
     * How long to rest after a step that took so long and moved something.
     *
     * @param lain how long the longest of what it moved had lain in the hot table
     * @param within how long that may be without any hurry
     */
    static Duration restAfterMove(Duration took, Duration lain, Duration within) {
        return lain.compareTo(within) < 0 ? took.multipliedBy(REST_IN_TIME) : took;
    }

    /** How long to rest after a walk that spent so much time on steps that found nothing. */
    static Duration rest(Duration interval, Duration searched) {
        Duration rest = searched.multipliedBy(REST_AFTER_SEARCH);
        if (rest.compareTo(interval) < 0) {
            return interval;
        }
        return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    }
}
