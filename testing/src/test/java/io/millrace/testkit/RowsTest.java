package io.millrace.testkit;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.ControlStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.testing.RealDatabase;
import io.millrace.worker.task.Task;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A job of a test engine becomes by each transition what its row in PostgreSQL becomes by it. */
@Tag("real")
class RowsTest {

    private static final Instant DUE = Instant.parse("2100-01-01T00:00:00Z");
    private static final JobError ERROR = new JobError("task_failed", "Flaky", "no", null);

    private final JobStore store = new JobStore(RealDatabase.empty());
    private final JobQueries queries = new JobQueries(RealDatabase.empty());
    private final ControlStore control = new ControlStore(RealDatabase.empty());
    private final TestEngine engine = TestEngine.with(Nothing.class);

    static class Nothing {
        @Task(name = "demo.noop")
        void noop() {}
    }

    record Row(
            JobState state,
            int attempt,
            int failures,
            int losses,
            @Nullable Instant dueAt,
            @Nullable String result,
            boolean error,
            boolean finished) {}

    static Stream<Transition> transitions() {
        return Stream.of(
                new Transition.Succeed("\"done\""),
                new Transition.Retry(ERROR, DUE, 3600),
                new Transition.Fail(ERROR, false),
                new Transition.Fail(ERROR, true),
                new Transition.Snooze(DUE),
                new Transition.Release("shutdown"),
                new Transition.Rescue(ERROR));
    }

    @Test
    void noTransitionIsLeftOut() {
        assertThat(transitions().map(Object::getClass).distinct())
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(Transition.class.getPermittedSubclasses()));
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void aRunEndsAsInPostgres(Transition transition) {
        assertThat(here(transition, false)).isEqualTo(inPostgres(transition, false));
    }

    @ParameterizedTest
    @MethodSource("transitions")
    void aRunOfAJobThatWasRevokedMeanwhileEndsAsInPostgres(Transition transition) {
        assertThat(here(transition, true)).isEqualTo(inPostgres(transition, true));
    }

    private Row here(Transition transition, boolean revoked) {
        TestJob job = engine.submit("demo.noop");
        Claim claim = job.claim(engine.clock().instant());
        if (revoked) {
            engine.revoke(job, false);
        }
        job.record(claim, transition, null, engine.clock().instant());
        return new Row(
                job.state(),
                job.attempt(),
                job.failures(),
                job.losses(),
                job.dueAt(),
                job.resultJson(),
                job.error() != null,
                job.finishedAt() != null);
    }

    private Row inPostgres(Transition transition, boolean revoked) {
        var submitted = aJob().ofTask("demo.noop").submitted();
        store.submit(List.of(submitted));
        Claim claim = store.claim(
                        List.of(new Hint(submitted.id(), 0, submitted.queue(), submitted.priority(), null)), "w")
                .getFirst();
        if (revoked) {
            control.revoke(submitted.id(), false);
        }
        store.record(List.of(new Settled(claim, transition)));
        Job job = queries.get(submitted.id()).orElseThrow();
        return new Row(
                job.state(),
                job.attempt(),
                job.failures(),
                job.losses(),
                job.dueAt(),
                job.result(),
                job.error() != null,
                job.finishedAt() != null);
    }
}
