package io.millrace.workflow;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A workflow job as its row stands.
 *
 * @param payload JSON text, which is what the remote side gets
 * @param reason why it has its status, in words for a person
 * @param submission how often it has been handed in, from 1
 * @param progress 0 to 100, null where the remote side has not said
 * @param polls of this submission
 * @param missedPolls how many of the last polls had no answer
 * @param stepJobId the job of Millrace that does its next step
 * @param cancelJobId the job of Millrace that cancels it, null where nobody has asked for that
 */
public record WorkflowJob(
        UUID id,
        UUID batchId,
        @Nullable String name,
        String payload,
        WorkflowStatus status,
        @Nullable String reason,
        int submission,
        @Nullable String workflowId,
        @Nullable Double progress,
        int polls,
        int missedPolls,
        @Nullable Instant submittedAt,
        @Nullable Instant nextPollAt,
        UUID stepJobId,
        @Nullable UUID cancelJobId,
        int recoveries,
        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant finishedAt) {

    /**
     * What tells the remote side that two submissions are the same: equal for every try of one submission, another one
     * when the job is submitted again.
     */
    public String idempotencyKey() {
        return id + "-" + submission;
    }

    /** Whether this is the remote workflow that it stands for, and it has not ended. */
    public boolean follows(String remoteWorkflowId) {
        return !status.terminal() && remoteWorkflowId.equals(workflowId);
    }
}
