package io.millrace.api.fleet;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.store.WorkerStore;
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

/** The workers that are there. */
@Path("/api/v1/workers")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Workers")
public class WorkerResource {

    private final WorkerStore store;

    WorkerResource(WorkerStore store) {
        this.store = store;
    }

    @GET
    @RunOnVirtualThread
    @Operation(operationId = "listWorkers", summary = "List the workers", description = "The living first.")
    public List<WorkerView> list() {
        return store.all().stream().map(WorkerView::of).toList();
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getWorker", summary = "Look at a worker")
    @APIResponse(
            responseCode = "200",
            description = "The worker",
            content = @Content(schema = @Schema(implementation = WorkerView.class)))
    @APIResponse(
            responseCode = "404",
            description = "worker_not_found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public WorkerView get(@RestPath String id) {
        return store.get(id)
                .map(WorkerView::of)
                .orElseThrow(() -> Problem.of(ProblemCode.WORKER_NOT_FOUND, "There is no worker '" + id + "'."));
    }
}
