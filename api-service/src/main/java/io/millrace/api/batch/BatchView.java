package io.millrace.api.batch;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.batch.Batch;
import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchJob;
import io.millrace.batch.BatchStatus;
import io.millrace.job.JobState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A batch as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Batch")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record BatchView(
        UUID batchId,
        @Nullable String name,
        BatchStatus status,
        Counts counts,
        @Schema(description = "cancel or run") String onParentFailure,
        @Nullable String callbackUrl,
        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** How many jobs have ended, and how. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "BatchCounts")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Counts(int total, int completed, int failed, int cancelled, int active) {
        static Counts of(BatchCounts counts) {
            return new Counts(counts.total(), counts.completed(), counts.failed(), counts.cancelled(), counts.active());
        }
    }

    static BatchView of(Batch batch) {
        return new BatchView(
                batch.id(),
                batch.name(),
                batch.status(),
                Counts.of(batch.counts()),
                batch.onParentFailure().wireName(),
                batch.callbackUrl(),
                batch.projectId(),
                batch.createdAt(),
                batch.startedAt(),
                batch.finishedAt());
    }

    /**
     * A batch that has just been accepted.
     *
     * @param jobs the id of each job, by its key
     */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AcceptedBatch")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Accepted(
            UUID batchId,
            @Nullable String name,
            BatchStatus status,
            Counts counts,
            Instant createdAt,
            Map<String, UUID> jobs) {}

    /** Some batches, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "BatchPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<BatchView> batches,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** A job of a batch in short; {@code /jobs/{id}} has all of it. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "BatchJob")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Member(
            String key,
            UUID jobId,
            @Nullable String task,

            @Schema(description = "null once the job is no longer kept") @Nullable
            JobState state) {
        static Member of(BatchJob job) {
            return new Member(job.key(), job.jobId(), job.task(), job.state());
        }
    }

    /** Some jobs of a batch, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "BatchJobPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Members(
            List<Member> jobs,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
