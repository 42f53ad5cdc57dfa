package io.millrace.pipeline;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an execution tells of itself. What it does not mention stays.
 *
 * @param metrics those that are told now; others told before stay
 * @param finishedAt when it has ended, null for now; only together with an end
 */
public record ExecutionChange(
        @Nullable ExecutionStatus status,
        Map<String, Double> metrics,
        @Nullable String error,
        @Nullable Instant finishedAt) {

    /** What becomes of it. */
    public enum Verdict {
        /** It is written down. */
        APPLIES,
        /** It was told before, as when a client has not heard the answer: nothing changes, and nothing follows again. */
        TOLD_BEFORE,
        /** The execution has ended, otherwise. */
        ENDED,
        /** It would end before it has begun. */
        ENDS_BEFORE_START
    }

    /** Whether it says that the execution has ended. */
    public boolean ends() {
        return status != null && status != ExecutionStatus.RUNNING;
    }

    /** What becomes of it, as the execution stands. */
    public Verdict against(PipelineExecution execution) {
        if (execution.status() != ExecutionStatus.RUNNING) {
            return saysNothingNewOf(execution) ? Verdict.TOLD_BEFORE : Verdict.ENDED;
        }
        return finishedAt != null && finishedAt.isBefore(execution.startedAt())
                ? Verdict.ENDS_BEFORE_START
                : Verdict.APPLIES;
    }

    private boolean saysNothingNewOf(PipelineExecution execution) {
        return (status == null || status == execution.status())
                && execution.metrics().entrySet().containsAll(metrics.entrySet())
                && (error == null || error.equals(execution.error()))
                && (finishedAt == null || finishedAt.equals(execution.finishedAt()));
    }
}
