package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.Freshness.Change;
import io.millrace.pipeline.Timeliness.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether data are fresh, and executions in time. */
class ChecksTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private static Instant ago(long minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }

    @Test
    void dataAreAsFreshAsTheirLastChangeWhateverItWas() {
        var modified = new Pipeline.Modified(ago(300), ago(200), ago(30));

        var freshness = Freshness.of(modified, ago(1000), HOUR, NOW);

        assertThat(freshness).isEqualTo(new Freshness(Change.SOFT_DELETE, ago(30), Duration.ofMinutes(30), false));
        assertThat(Freshness.of(new Pipeline.Modified(ago(61), null, null), ago(1000), HOUR, NOW))
                .isEqualTo(new Freshness(Change.INSERT, ago(61), Duration.ofMinutes(61), true));
    }

    @Test
    void exactlyAsOldAsExpectedIsFresh() {
        assertThat(Freshness.of(new Pipeline.Modified(null, ago(60), null), ago(1000), HOUR, NOW)
                        .stale())
                .isFalse();
    }

    @Test
    void aPipelineThatHasNeverChangedAnythingIsStaleOnceItShouldHave() {
        var never = new Pipeline.Modified(null, null, null);

        assertThat(Freshness.of(never, ago(59), HOUR, NOW).stale()).isFalse();
        assertThat(Freshness.of(never, ago(61), HOUR, NOW))
                .isEqualTo(new Freshness(null, ago(61), Duration.ofMinutes(61), true));
    }

    @Test
    void aChangeOfTheFutureIsFresh() {
        var freshness = Freshness.of(new Pipeline.Modified(NOW.plusSeconds(5), null, null), ago(9), HOUR, NOW);

        assertThat(freshness.stale()).isFalse();
        assertThat(freshness.age()).isZero();
    }

    private static PipelineExecution execution(
            ExecutionStatus status, Instant startedAt, @Nullable Instant finishedAt, Map<String, Double> metrics) {
        return new PipelineExecution(1, 1, null, 0, status, metrics, null, startedAt, finishedAt, null, null, null);
    }

    private static Verdict verdict(PipelineExecution execution) {
        return Timeliness.of(execution, HOUR, NOW).verdict();
    }

    @Test
    void anExecutionThatHasEndedIsInTimeOrLate() {
        assertThat(verdict(execution(ExecutionStatus.SUCCESS, ago(70), ago(10), Map.of())))
                .isEqualTo(Verdict.ON_TIME);
        assertThat(verdict(execution(ExecutionStatus.SUCCESS, ago(71), ago(10), Map.of())))
                .isEqualTo(Verdict.LATE);
        assertThat(verdict(execution(ExecutionStatus.FAILED, ago(71), ago(10), Map.of())))
                .isEqualTo(Verdict.LATE);
    }

    @Test
    void anExecutionThatRunsMayOrIsOverdue() {
        assertThat(verdict(execution(ExecutionStatus.RUNNING, ago(60), null, Map.of())))
                .isEqualTo(Verdict.RUNNING);
        assertThat(verdict(execution(ExecutionStatus.RUNNING, ago(61), null, Map.of())))
                .isEqualTo(Verdict.OVERDUE);
    }

    @Test
    void whatItTellsOfItsDurationGoesBeforeItsTimes() {
        var told = Map.of(PipelineExecution.DURATION, 3601.0);

        var timeliness = Timeliness.of(execution(ExecutionStatus.SUCCESS, ago(20), ago(10), told), HOUR, NOW);

        assertThat(timeliness).isEqualTo(new Timeliness(Verdict.LATE, Duration.ofSeconds(3601)));
        assertThat(verdict(execution(ExecutionStatus.RUNNING, ago(10), null, told)))
                .isEqualTo(Verdict.RUNNING);
    }

    private static ExecutionChange.Verdict change(
            PipelineExecution execution,
            @Nullable ExecutionStatus status,
            Map<String, Double> metrics,
            @Nullable Instant finishedAt) {
        return new ExecutionChange(status, metrics, null, finishedAt).against(execution);
    }

    @Test
    void whatRunsTakesWhatItIsTold() {
        var running = execution(ExecutionStatus.RUNNING, ago(10), null, Map.of());

        assertThat(change(running, null, Map.of("a", 1.0), null)).isEqualTo(ExecutionChange.Verdict.APPLIES);
        assertThat(change(running, ExecutionStatus.SUCCESS, Map.of(), ago(5)))
                .isEqualTo(ExecutionChange.Verdict.APPLIES);
        assertThat(change(running, ExecutionStatus.SUCCESS, Map.of(), ago(11)))
                .isEqualTo(ExecutionChange.Verdict.ENDS_BEFORE_START);
    }

    @Test
    void whatHasEndedTakesOnlyWhatItWasTold() {
        var ended = execution(ExecutionStatus.SUCCESS, ago(10), ago(5), Map.of("a", 1.0, "b", 2.0));

        assertThat(change(ended, ExecutionStatus.SUCCESS, Map.of("a", 1.0), null))
                .isEqualTo(ExecutionChange.Verdict.TOLD_BEFORE);
        assertThat(change(ended, ExecutionStatus.SUCCESS, Map.of("a", 2.0), null))
                .isEqualTo(ExecutionChange.Verdict.ENDED);
        assertThat(change(ended, ExecutionStatus.SUCCESS, Map.of("c", 2.0), null))
                .isEqualTo(ExecutionChange.Verdict.ENDED);
        assertThat(change(ended, ExecutionStatus.FAILED, Map.of(), null)).isEqualTo(ExecutionChange.Verdict.ENDED);
        assertThat(change(ended, ExecutionStatus.SUCCESS, Map.of(), ago(4))).isEqualTo(ExecutionChange.Verdict.ENDED);
    }
}
