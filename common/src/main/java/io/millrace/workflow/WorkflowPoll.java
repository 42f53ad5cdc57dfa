package io.millrace.workflow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One poll as it was recorded.
 *
 * @param httpStatus null where there was no answer
 * @param remoteStatus as the remote side says it, null where it did not
 * @param status what that means here
 * @param errorCode null where the poll was answered
 * @param nextPollSeconds null after the last poll, and where the same poll was tried again
 */
public record WorkflowPoll(
        int submission,
        int poll,
        String workflowId,
        Instant polledAt,
        @Nullable Integer httpStatus,
        @Nullable String remoteStatus,
        @Nullable WorkflowStatus status,
        @Nullable Double progress,
        @Nullable String message,
        @Nullable String errorCode,
        @Nullable Double nextPollSeconds) {}
