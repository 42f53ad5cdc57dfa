package io.millrace.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One run of a pipeline, somewhere else: it tells here what it has done.
 *
 * @param parentId the execution that has started it
 * @param depth how many executions are above it
 * @param lateAt when it was found to take longer than it may
 * @param closureJobId the job that enters it into the hierarchy
 * @param analysisJobId the job that looks for anomalies in its metrics, null before it has succeeded
 */
public record PipelineExecution(
        long id,
        long pipelineId,
        @Nullable Long parentId,
        int depth,
        ExecutionStatus status,
        Map<String, Double> metrics,
        @Nullable String error,
        Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant lateAt,
        @Nullable UUID closureJobId,
        @Nullable UUID analysisJobId) {

    /** Metrics by which an execution tells what it has done to data, and how long it took. */
    public static final String INSERTS = "inserts";

    public static final String UPDATES = "updates";
    public static final String SOFT_DELETES = "soft_deletes";
    public static final String DURATION = "duration_seconds";

    /** How long it took by its own account, else by its times; so far, if it runs. */
    public Duration took(Instant now) {
        Double told = metrics.get(DURATION);
        if (finishedAt != null && told != null && told >= 0 && told < Integer.MAX_VALUE) {
            return Duration.ofMillis(Math.round(told * 1000));
        }
        Duration took = Duration.between(startedAt, finishedAt == null ? now : finishedAt);
        return took.isNegative() ? Duration.ZERO : took;
    }
}
