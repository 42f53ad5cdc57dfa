package io.millrace.workflow;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A failed try of a step.
 *
 * @param task such as {@code submit_job}
 * @param retryAfterSeconds what the remote side asked for
 * @param retryDelaySeconds how long Millrace waited then, null where it was the last try or is not known yet
 */
public record WorkflowRetry(
        long id,
        int submission,
        String task,
        UUID taskJobId,
        int attempt,
        String errorCode,
        @Nullable Integer httpStatus,
        String message,
        @Nullable Double retryAfterSeconds,
        @Nullable Double retryDelaySeconds,
        Instant failedAt) {}
