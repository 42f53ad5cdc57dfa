package io.millrace.api.pipeline;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.pipeline.Pipeline;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A pipeline as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Pipeline")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record PipelineView(
        long id,
        String name,

        @Schema(description = "How old the last insert, update or soft delete may be") @Nullable
        Double freshnessSeconds,

        @Schema(description = "How long an execution may take") @Nullable
        Double timelinessSeconds,

        @Schema(description = "Executions that one is compared with; null for what is configured") @Nullable
        Integer window,

        @Schema(description = "Values without which nothing is said; null for what is configured") @Nullable
        Integer minSamples,

        @Schema(description = "Standard deviations beyond which a value is an anomaly; null for what is configured")
        @Nullable
        Double threshold,

        @Schema(description = "Whether freshness and timeliness are checked")
        boolean active,

        @Nullable Instant lastInsertAt,
        @Nullable Instant lastUpdateAt,
        @Nullable Instant lastSoftDeleteAt,

        @Schema(description = "Since when a check has known its data to be stale; null while they are fresh") @Nullable
        Instant staleSince,

        Instant createdAt) {

    static PipelineView of(Pipeline pipeline) {
        Pipeline.Settings settings = pipeline.settings();
        return new PipelineView(
                pipeline.id(),
                settings.name(),
                seconds(settings.freshness()),
                seconds(settings.timeliness()),
                settings.window(),
                settings.minSamples(),
                settings.threshold(),
                settings.active(),
                pipeline.modified().inserted(),
                pipeline.modified().updated(),
                pipeline.modified().softDeleted(),
                pipeline.staleSince(),
                pipeline.createdAt());
    }

    private static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis() / 1000.0;
    }

    /** Some pipelines, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "PipelinePage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<PipelineView> pipelines,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
