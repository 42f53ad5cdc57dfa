package io.millrace.testkit;

import static io.millrace.testkit.JobAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.JobState;
import io.millrace.worker.run.Rehearsal.Interruption;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Positive;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestEngineTest {

    private final Various tasks = new Various();
    private final TestClock clock = new TestClock();
    private final TestEngine engine = TestEngine.with(clock, tasks);

    @FunctionalInterface
    interface Body {
        @Nullable
        Object run(TaskContext context) throws Exception;
    }

    static class Various {
        final List<String> order = new ArrayList<>();
        Body body = _ -> null;

        record Range(@Positive int fromValue, int toValue) {
            @AssertTrue(message = "from must not be beyond to")
            boolean isOrdered() {
                return fromValue <= toValue;
            }
        }

        record Name(String name) {}

        @Task(name = "scripted", maxRetries = 3, retryDelay = "1s")
        @Nullable
        Object scripted(TaskContext context) throws Exception {
            return body.run(context);
        }

        @Task(name = "range")
        int range(Range range) {
            return range.toValue() - range.fromValue();
        }

        @Task(name = "note")
        void note(Name args) {
            order.add(args.name());
        }

        @Task(name = "only.io", retryFor = IOException.class)
        void onlyIo() {
            throw new IllegalArgumentException("not worth another try");
        }

        @Task(name = "recovery_tasks.mine")
        void routed() {}
    }

    @Test
    void whatFailsTwiceAndThenSucceedsHasWaitedByItsPolicy() {
        tasks.body = context -> {
            if (context.attempt() < 3) {
                throw new IOException("attempt " + context.attempt());
            }
            return context.retries();
        };

        var job = engine.finish(engine.submit("scripted"));

        assertThat(job).succeededWith(2).hasRun(3).waitedBetweenRuns(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void whatAlwaysFailsFailsForGoodAfterItsLastRetry() {
        tasks.body = _ -> {
            throw new IOException("no");
        };

        var job = engine.finish(engine.submit("scripted"));

        assertThat(job).failedWith("IOException").hasRun(4);
        assertThat(job.failures()).isEqualTo(4);
    }

    @Test
    void whatOnlyAnotherInputCanMendIsNotTriedAgain() {
        tasks.body = _ -> {
            throw new PermanentFailure("no such thing");
        };

        assertThat(engine.finish(engine.submit("scripted"))).failed().hasRun(1);
        assertThat(engine.finish(engine.submit("only.io")))
                .failedWith("IllegalArgumentException")
                .hasRun(1);
    }

    @Test
    void argumentsThatTheApiWouldRefuseAreRefused() {
        assertThatThrownBy(() -> engine.submit("range", Map.of("from_value", 0, "to_value", 1)))
                .isInstanceOf(RefusedSubmission.class)
                .hasMessageContaining("invalid_args")
                .hasMessageContaining("from_value");
        assertThatThrownBy(() -> engine.submit("range", "{\"from_value\": 1, \"to_value\": 2, \"step\": 3}"))
                .hasMessageContaining("step");
        assertThatThrownBy(() -> engine.submit("rnage")).hasMessageContaining("unknown_task");
    }

    @Test
    void argumentsThatOnlyTheWorkerCanRefuseFailTheJobForGood() {
        var job = engine.finish(engine.submit("range", new Various.Range(3, 2)));

        assertThat(job).failedWith("InvalidArgs").hasRun(1);
    }

    @Test
    void aTaskWithoutAQueueGoesWhereTheRoutesSay() {
        assertThat(engine.submit("recovery_tasks.mine")).isOnQueue("recovery");
        assertThat(engine.submit("recovery_tasks.mine").priority()).isEqualTo(10);
    }

    @Test
    void theMostUrgentRunsFirstAndOfEqualsTheOldest() {
        for (String name : List.of("a", "b")) {
            engine.submit("note", new Various.Name(name));
        }
        engine.job("note").args(new Various.Name("urgent")).priority(10).submit();
        engine.job("note").args(new Various.Name("last")).priority(0).submit();

        engine.runUntilIdle();

        assertThat(tasks.order).containsExactly("urgent", "a", "b", "last");
    }

    @Test
    void timeThatPassesRunsEachJobAtItsTime() {
        var starts = new ArrayList<Instant>();
        tasks.body = _ -> starts.add(clock.instant());
        Instant start = clock.instant();
        engine.job("scripted").countdown(Duration.ofHours(2)).submit();
        engine.job("scripted").countdown(Duration.ofHours(1)).submit();

        assertThat(engine.advance(Duration.ofHours(3))).isEqualTo(2);

        assertThat(starts).containsExactly(start.plusSeconds(3600), start.plusSeconds(7200));
        assertThat(clock.instant()).isEqualTo(start.plusSeconds(10800));
    }

    @Test
    void aSnoozeCostsNoAttempt() {
        var naps = new ArrayList<Integer>();
        tasks.body = context -> {
            naps.add(context.attempt());
            if (naps.size() < 3) {
                throw new Snooze(Duration.ofMinutes(1));
            }
            return "awake";
        };

        var job = engine.finish(engine.submit("scripted"));

        assertThat(job).succeededWith("awake").waitedBetweenRuns(Duration.ofMinutes(1), Duration.ofMinutes(1));
        assertThat(naps).containsExactly(1, 1, 1);
    }

    @Test
    void aTaskThatSnoozesForeverIsFoundOut() {
        tasks.body = _ -> {
            throw new Snooze(Duration.ZERO);
        };
        engine.submit("scripted");

        assertThatThrownBy(engine::runUntilIdle).hasMessageContaining("not idle");
    }

    @Test
    void whatExpiresBeforeItIsDueNeverRuns() {
        var job = engine.job("scripted")
                .countdown(Duration.ofMinutes(2))
                .expiresIn(Duration.ofMinutes(1))
                .submit();

        engine.advance(Duration.ofMinutes(3));

        assertThat(job).wasRevoked().hasRun(0);
    }

    @Test
    void aSoftLimitInterruptsASleepAndMayBeSurvived() {
        tasks.body = context -> {
            try {
                clock.sleep(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
                return context.cancelled() ? "cleaned up" : "interrupted for nothing";
            }
            return "slept";
        };

        var job = engine.finish(
                engine.job("scripted").softTimeLimit(Duration.ofMinutes(1)).submit());

        assertThat(job).succeededWith("cleaned up");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aHardLimitSettlesTheJobWhateverTheRunStillDoes() {
        tasks.body = _ -> {
            clock.advance(Duration.ofMinutes(5));
            return "too late";
        };

        var job = engine.submit("scripted");
        var limited = engine.job("scripted")
                .timeLimit(Duration.ofMinutes(1))
                .maxRetries(0)
                .submit();
        engine.finish(limited);

        assertThat(job).succeededWith("too late");
        assertThat(limited).failedWith("TimeLimitExceeded");
    }

    @Test
    void aCheckpointThrowsOnceSomethingBefallsTheRun() {
        tasks.body = context -> {
            context.checkpoint();
            context.checkpoint();
            return "not stopped";
        };
        var softened = engine.job("scripted").maxRetries(0).submit().atCheckpoint(2, Interruption.SOFT_LIMIT);
        var revoked = engine.submit("scripted").atCheckpoint(1, Interruption.REVOKED);
        var released = engine.submit("scripted").atCheckpoint(1, Interruption.SHUTDOWN);

        engine.runUntilIdle();

        assertThat(softened).failedWith("SoftTimeLimitExceeded");
        assertThat(revoked).wasRevoked();
        assertThat(revoked.runs().getFirst().thrown()).isInstanceOf(CancellationException.class);
        assertThat(released).succeededWith("not stopped").hasRun(2);
        assertThat(released.attempt()).isEqualTo(1);
    }

    @Test
    void aJobThatKillsThreeWorkersIsTheSuspect() {
        var job = engine.submit("scripted");
        tasks.body = context -> {
            job.atCheckpoint(1, Interruption.WORKER_LOST);
            context.checkpoint();
            return "survived";
        };

        engine.runUntilIdle();

        assertThat(job).failedWith("WorkerLost").hasRun(3);
        assertThat(job.losses()).isEqualTo(3);
        assertThat(job.failures()).isZero();
    }

    @Test
    void aRevokedJobRunsNoMore() {
        var waiting = engine.submit("scripted");
        var running = engine.job("scripted").priority(9).submit();
        tasks.body = _ -> {
            engine.revoke(waiting, false);
            engine.revoke(running, false);
            throw new IOException("would be tried again");
        };

        engine.runUntilIdle();

        assertThat(waiting).wasRevoked().hasRun(0);
        assertThat(running).wasRevoked().hasRun(1);
        assertThat(engine.revoke(running, true)).isFalse();
    }

    @Test
    void anEagerRunThrowsWhatTheTaskThrew() {
        tasks.body = _ -> {
            throw new IOException("as it is");
        };

        assertThatThrownBy(() -> Eager.run(tasks, "scripted", null))
                .isInstanceOf(IOException.class)
                .hasMessage("as it is");
        assertThat(Eager.apply(tasks, "scripted", null))
                .failedWith("IOException")
                .hasRun(4);
        assertThatThrownBy(() -> Eager.run(tasks, "range", new Various.Range(3, 2)))
                .isInstanceOf(Eager.EagerFailure.class)
                .hasMessageContaining("invalid_args");
    }

    static class Wrong {
        @Task(name = "wrong")
        void wrong(String text) {}
    }

    @Test
    void whatTheBuildWouldRefuseIsRefused() {
        assertThatThrownBy(() -> TestEngine.with(Wrong.class)).hasMessageContaining("takes a record of arguments");
        assertThatThrownBy(() -> TestEngine.with("no tasks")).hasMessageContaining("has no method with @Task");
    }

    @Test
    void whatIsWaitingIsShownAsItStands() {
        var later = engine.job("scripted").countdown(Duration.ofMinutes(1)).submit();

        engine.runUntilIdle();

        assertThat(later).hasState(JobState.SCHEDULED);
    }
}
