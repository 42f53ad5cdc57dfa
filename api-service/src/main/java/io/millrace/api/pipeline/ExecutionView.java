package io.millrace.api.pipeline;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.pipeline.PipelineExecution;
import io.millrace.store.ExecutionStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An execution of a pipeline as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "PipelineExecution")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ExecutionView(
        long id,
        long pipelineId,
        @Nullable Long parentId,

        @Schema(description = "How many executions are above it")
        int depth,

        @Schema(description = "running, success or failed") String status,
        @Schema(description = "Numbers by name") Map<String, Double> metrics,
        @Nullable String error,
        Instant startedAt,
        @Nullable Instant finishedAt,

        @Schema(description = "When a check has found that it takes, or took, longer than it may") @Nullable
        Instant lateAt,

        @Schema(description = "The job that enters it into the hierarchy") @Nullable
        UUID closureJobId,

        @Schema(description = "The job that looks for anomalies in it, once it has succeeded") @Nullable
        UUID analysisJobId) {

    static ExecutionView of(PipelineExecution execution) {
        return new ExecutionView(
                execution.id(),
                execution.pipelineId(),
                execution.parentId(),
                execution.depth(),
                execution.status().wireName(),
                execution.metrics(),
                execution.error(),
                execution.startedAt(),
                execution.finishedAt(),
                execution.lateAt(),
                execution.closureJobId(),
                execution.analysisJobId());
    }

    /** Some executions, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "PipelineExecutionPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<ExecutionView> executions,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** An execution above or below another, in short. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "RelatedExecution")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Relative(
            long executionId,
            long pipelineId,

            @Schema(description = "running, success or failed")
            String status,

            @Schema(description = "How many executions away")
            int depth) {
        static Relative of(ExecutionStore.Relative relative) {
            return new Relative(
                    relative.execution().id(),
                    relative.execution().pipelineId(),
                    relative.execution().status().wireName(),
                    relative.distance());
        }
    }

    /** Some executions below one, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "ExecutionDescendants")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Descendants(
            List<Relative> descendants,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** Some executions above one, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "ExecutionAncestors")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Ancestors(
            List<Relative> ancestors,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
