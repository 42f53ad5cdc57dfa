package io.millrace.job;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's right to run a job once. It holds as long as the row still says {@code STARTED} with this
 * {@code claimSeq}: every write of the run carries both, so a zombie's write changes nothing.
 *
 * @param attempt 1 for the first start
 * @param failures how often the task itself has failed before
 * @param losses how many workers were lost with this job before
 * @param maxRetries this job's own bound, resolved at submission
 * @param retryDelay this job's own base delay, resolved at submission
 * @param args the arguments as JSON text
 * @param keepsResult whether what the task returns is kept
 */
public record Claim(
        UUID jobId,
        int claimSeq,
        String task,
        String queue,
        int priority,
        int attempt,
        int failures,
        int losses,
        int maxRetries,
        Duration retryDelay,
        @Nullable Duration softTimeLimit,
        @Nullable Duration timeLimit,
        String args,
        @Nullable String traceId,
        @Nullable String projectId,
        @Nullable UUID batchId,
        Instant createdAt,
        Duration waited,
        boolean keepsResult) {}
