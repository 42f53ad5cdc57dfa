package io.millrace.api.dashboard;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.JobState;
import io.millrace.store.DashboardStore.Graph;
import io.millrace.store.DashboardStore.Relatives;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A batch as a graph, as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "BatchGraph")
public record GraphView(
        @Schema(description = "In the order they were submitted in, at most 1,000")
        List<Node> jobs,

        @Schema(description = "At most 10,000") List<Edge> edges) {

    /** A job of the batch. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "BatchGraphJob")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Node(
            UUID jobId,
            String key,
            @Nullable String task,

            @Schema(description = "null once the job is no longer kept") @Nullable
            JobState state,

            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {
        private static Node of(io.millrace.store.DashboardStore.Node node) {
            return new Node(node.jobId(), node.key(), node.task(), node.state(), node.startedAt(), node.finishedAt());
        }
    }

    /** That the child waits for the parent. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "BatchGraphEdge")
    public record Edge(UUID parent, UUID child) {}

    static GraphView of(Graph graph) {
        return new GraphView(
                graph.nodes().stream().map(Node::of).toList(),
                graph.edges().stream()
                        .map(edge -> new Edge(edge.parent(), edge.child()))
                        .toList());
    }

    /** The jobs that one waits for, and those that wait for it, at most 100 each. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "JobRelatives")
    public record Around(List<Node> parents, List<Node> children) {
        static Around of(Relatives relatives) {
            return new Around(
                    relatives.parents().stream().map(Node::of).toList(),
                    relatives.children().stream().map(Node::of).toList());
        }
    }
}
