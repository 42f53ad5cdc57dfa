package io.millrace.api.pipeline;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.store.LineageStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Lineage as the wire has it. */
public final class LineageView {

    private LineageView() {}

    /** What became of edges that were added or removed. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LineageChange")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Changed(
            long pipelineId,

            @Schema(description = "Edges that were not so before")
            int changed,

            @Schema(description = "The job that makes up for it in what can be reached; null if nothing has changed")
            @Nullable
            UUID jobId) {}

    /** An edge as a pipeline has said it. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LineageEdge")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Edge(long source, long target, long pipelineId) {
        static Edge of(LineageStore.Said said) {
            return new Edge(said.source(), said.target(), said.pipelineId());
        }
    }

    /** Some edges, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LineageEdgePage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Edges(
            List<Edge> edges,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** An address that can be reached, or that reaches another. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "RelatedAddress")
    public record Relative(
            long address,

            @Schema(description = "Over how few edges") int depth) {
        static Relative of(LineageStore.Relative relative) {
            return new Relative(relative.address(), relative.depth());
        }
    }

    /** Some of what can be reached, and where the next begins. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LineageDescendants")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Descendants(
            List<Relative> descendants,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** Some of what reaches it, and where the next begins. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LineageAncestors")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Ancestors(
            List<Relative> ancestors,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
