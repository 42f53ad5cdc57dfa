package io.millrace.api.workflow;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchStatus;
import io.millrace.workflow.NewWorkflowBatch;
import io.millrace.workflow.WorkflowBatch;
import io.millrace.workflow.WorkflowStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A batch of remote workflows as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "WorkflowBatch")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record WorkflowBatchView(
        UUID batchId,
        @Nullable String name,
        BatchStatus status,
        Counts counts,
        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** How many jobs have ended, and how. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowCounts")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Counts(int total, int completed, int failed, int cancelled, int active) {
        static Counts of(BatchCounts counts) {
            return new Counts(counts.total(), counts.completed(), counts.failed(), counts.cancelled(), counts.active());
        }
    }

    static WorkflowBatchView of(WorkflowBatch batch) {
        return new WorkflowBatchView(
                batch.id(),
                batch.name(),
                batch.status(),
                Counts.of(batch.counts()),
                batch.projectId(),
                batch.createdAt(),
                batch.startedAt(),
                batch.finishedAt());
    }

    /** A batch that has just been accepted, with its jobs in the order they were given in. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AcceptedWorkflowBatch")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Accepted(UUID batchId, @Nullable String name, BatchStatus status, Counts counts, List<Member> jobs) {
        static Accepted of(NewWorkflowBatch batch) {
            return new Accepted(
                    batch.id(),
                    batch.name(),
                    BatchStatus.PENDING,
                    Counts.of(new BatchCounts(batch.jobs().size(), 0, 0, 0)),
                    batch.jobs().stream()
                            .map(job -> new Member(job.id(), job.name(), WorkflowStatus.PENDING))
                            .toList());
        }
    }

    /** A job that has just been accepted. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AcceptedWorkflowJob")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Member(UUID id, @Nullable String name, WorkflowStatus status) {}

    /** Some batches, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowBatchPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<WorkflowBatchView> batches,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** A batch, and to how many of its jobs something is going to happen. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkflowBatchChange")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Change(int jobs, WorkflowBatchView batch) {}
}
