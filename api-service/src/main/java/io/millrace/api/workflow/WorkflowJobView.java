package io.millrace.api.workflow;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.workflow.StatusChange;
import io.millrace.workflow.WorkflowJob;
import io.millrace.workflow.WorkflowPoll;
import io.millrace.workflow.WorkflowRetry;
import io.millrace.workflow.WorkflowStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A job of a remote workflow as the wire has it.
 *
 * @param polls of this submission
 * @param jobId the job of Millrace that does its next step, or has done its last
 */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "WorkflowJob")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record WorkflowJobView(
        UUID id,
        UUID batchId,
        @Nullable String name,
        WorkflowStatus status,
        @Nullable String reason,
        @Nullable String workflowId,

        @Schema(description = "0 to 100, null where the remote side has not said") @Nullable
        Double progress,

        int submission,
        int polls,
        int missedPolls,
        boolean cancelRequested,
        @Schema(type = SchemaType.OBJECT) @JsonRawValue String payload,

        @Schema(description = "the job that does its next step, see /jobs/{id}")
        UUID jobId,

        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant submittedAt,
        @Nullable Instant nextPollAt,
        @Nullable Instant finishedAt) {

    static WorkflowJobView of(WorkflowJob job) {
        return new WorkflowJobView(
                job.id(),
                job.batchId(),
                job.name(),
                job.status(),
                job.reason(),
                job.workflowId(),
                job.progress(),
                job.submission(),
                job.polls(),
                job.missedPolls(),
                job.cancelJobId() != null,
                job.payload(),
                job.stepJobId(),
                job.projectId(),
                job.createdAt(),
                job.submittedAt(),
                job.nextPollAt(),
                job.finishedAt());
    }

    /** Some jobs, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowJobPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<WorkflowJobView> jobs,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** One poll. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowPoll")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Poll(
            int submission,
            int poll,
            String workflowId,
            Instant polledAt,
            @Nullable Integer httpStatus,
            @Nullable String remoteStatus,

            @Schema(description = "what the job was after it, null for a poll without an answer") @Nullable
            WorkflowStatus status,

            @Nullable Double progress,
            @Nullable String message,
            @Nullable String errorCode,
            @Nullable Double nextPollSeconds) {
        static Poll of(WorkflowPoll poll) {
            return new Poll(
                    poll.submission(),
                    poll.poll(),
                    poll.workflowId(),
                    poll.polledAt(),
                    poll.httpStatus(),
                    poll.remoteStatus(),
                    poll.status(),
                    poll.progress(),
                    poll.message(),
                    poll.errorCode(),
                    poll.nextPollSeconds());
        }
    }

    /** Some polls, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowPollPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Polls(
            List<Poll> polls,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** A change of the status. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowStatusChange")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Change(
            int submission,
            @Nullable WorkflowStatus from,
            WorkflowStatus to,
            @Nullable String workflowId,
            @Nullable String reason,
            Instant changedAt) {
        static Change of(StatusChange change) {
            return new Change(
                    change.submission(),
                    change.from(),
                    change.to(),
                    change.workflowId(),
                    change.reason(),
                    change.changedAt());
        }
    }

    /** Some changes, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowStatusChangePage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Changes(
            List<Change> changes,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** A failed try of a step. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowRetry")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Retry(
            int submission,
            String task,
            UUID jobId,
            int attempt,
            String errorCode,
            @Nullable Integer httpStatus,
            String message,
            @Nullable Double retryAfterSeconds,

            @Schema(description = "the wait before the next try, null after the last one") @Nullable
            Double retryDelaySeconds,

            Instant failedAt) {
        static Retry of(WorkflowRetry retry) {
            return new Retry(
                    retry.submission(),
                    retry.task(),
                    retry.taskJobId(),
                    retry.attempt(),
                    retry.errorCode(),
                    retry.httpStatus(),
                    retry.message(),
                    retry.retryAfterSeconds(),
                    retry.retryDelaySeconds(),
                    retry.failedAt());
        }
    }

    /** Some failed tries, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowRetryPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Retries(
            List<Retry> retries,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
