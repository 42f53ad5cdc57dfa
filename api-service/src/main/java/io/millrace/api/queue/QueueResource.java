package io.millrace.api.queue;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.queue.QueueStatus;
import io.millrace.store.QueueStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Queues and how they stand. */
@Path("/api/v1/queues")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queues")
public class QueueResource {

    private final QueueStore store;

    QueueResource(QueueStore store) {
        this.store = store;
    }

    @GET
    @RunOnVirtualThread
    @Operation(operationId = "listQueues", summary = "List the queues and how they stand")
    public List<QueueView> list() {
        return store.status().stream().map(this::view).toList();
    }

    @GET
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(operationId = "getQueue", summary = "Look at a queue")
    @APIResponse(
            responseCode = "200",
            description = "The queue",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    @APIResponse(
            responseCode = "404",
            description = "queue_not_found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public QueueView get(@RestPath String name) {
        return store.status().stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .map(this::view)
                .orElseThrow(() -> Problem.of(ProblemCode.QUEUE_NOT_FOUND, "There is no queue '" + name + "'."));
    }

    private QueueView view(QueueStatus queue) {
        // Where nothing waits, nothing is old: the question would read the table for no answer.
        return QueueView.of(queue, queue.depth() > 0 ? store.oldestAgeSeconds(queue.name()) : 0);
    }
}
