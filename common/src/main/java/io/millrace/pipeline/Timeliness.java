package io.millrace.pipeline;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether an execution takes, or took, no longer than it may.
 *
 * @param took how long it took, or takes so far
 */
public record Timeliness(Verdict verdict, Duration took) {

    /** What is said of an execution. */
    public enum Verdict {
        /** It has ended in time. */
        ON_TIME,
        /** It has ended too late. */
        LATE,
        /** It runs, and may. */
        RUNNING,
        /** It runs for longer than it may. */
        OVERDUE;

        /** Whether it takes longer than it may. */
        public boolean tooLong() {
            return this == LATE || this == OVERDUE;
        }
    }

    /** Judges an execution of a pipeline of which something is expected. */
    public static Timeliness of(PipelineExecution execution, Duration expected, Instant now) {
        Duration took = execution.took(now);
        boolean tooLong = took.compareTo(expected) > 0;
        Verdict verdict = execution.status() == ExecutionStatus.RUNNING
                ? tooLong ? Verdict.OVERDUE : Verdict.RUNNING
                : tooLong ? Verdict.LATE : Verdict.ON_TIME;
        return new Timeliness(verdict, took);
    }
}
