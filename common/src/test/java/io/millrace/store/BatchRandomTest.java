package io.millrace.store;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.OnParentFailure;
import io.millrace.job.Claim;
import io.millrace.job.JobState;
import io.millrace.job.Transition;
import io.millrace.testing.RealDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a batch, in whatever order, its counters and what waits agree with its jobs after every step. */
@Tag("real")
class BatchRandomTest {

    private static final int JOBS = 40;
    private static final int STEPS = 120;

    private final Database database = RealDatabase.empty();
    private final BatchStore batches = new BatchStore(database);
    private final ControlStore control = new ControlStore(database);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void countersAgreeWithAFreshCountAfterEveryStep(long seed) {
        var random = new Random(seed);
        var batch = aBatch();
        for (int i = 0; i < JOBS; i++) {
            var parents = new ArrayList<String>();
            for (int p = Math.max(0, i - 8); p < i; p++) {
                if (random.nextInt(4) == 0) {
                    parents.add("k" + p);
                }
            }
            batch.onParentFailure(random.nextInt(3) == 0 ? OnParentFailure.RUN : OnParentFailure.CANCEL)
                    .with("k" + i, aJob(), parents);
        }
        var run = new BatchRun(database, batch.submitted());
        var held = new ArrayList<Claim>();

        for (int step = 0; step < STEPS; step++) {
            step(run, held, random);
            run.assertExact();
        }

        // And whatever state that left, it can be brought to an end, and then to a good one.
        held.forEach(claim -> run.end(claim, new Transition.Succeed("1")));
        run.drive();
        new DueStore(database).dispatchDue(1_000);
        run.drive();
        run.assertExact();
        assertThat(run.now().status().finished()).as("%s", run.now()).isTrue();
        batches.retry(run.id());
        run.assertExact();
        run.drive();
        run.assertExact();
        assertThat(run.now().counts().completed()).isEqualTo(JOBS);
    }

    private void step(BatchRun run, List<Claim> held, Random random) {
        String key = "k" + random.nextInt(JOBS);
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3, 4 -> {
                if (run.state(key) == JobState.PENDING) {
                    held.add(run.claim(key));
                }
            }
            case 5, 6, 7 -> end(run, held, new Transition.Succeed("1"), random);
            case 8, 9 -> end(run, held, new Transition.Fail(BatchRun.ERROR, false), random);
            case 10 -> {
                // Due at once, so that the end of the test can bring it on.
                end(run, held, new Transition.Retry(BatchRun.ERROR, Instant.now(), 0), random);
                new DueStore(database).dispatchDue(1_000);
            }
            case 11 -> control.revoke(run.id(key), random.nextBoolean());
            case 12 -> control.runAgain(run.id(key));
            case 13 -> {
                if (random.nextInt(4) == 0) {
                    batches.revoke(run.id(), random.nextBoolean());
                } else {
                    batches.retry(run.id());
                }
            }
            default -> throw new IllegalStateException();
        }
    }

    private static void end(BatchRun run, List<Claim> held, Transition transition, Random random) {
        if (!held.isEmpty()) {
            run.end(held.remove(random.nextInt(held.size())), transition);
        }
    }
}
