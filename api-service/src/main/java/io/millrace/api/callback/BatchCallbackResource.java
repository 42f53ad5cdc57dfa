package io.millrace.api.callback;

import io.millrace.api.body.Ids;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.batch.Batch;
import io.millrace.store.BatchStore;
import io.millrace.store.CallbackStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** What has been told of a batch. */
@Path("/api/v1/batches")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Callbacks")
public class BatchCallbackResource {

    private final CallbackStore callbacks;
    private final BatchStore batches;

    BatchCallbackResource(CallbackStore callbacks, BatchStore batches) {
        this.callbacks = callbacks;
        this.batches = batches;
    }

    @GET
    @Path("/{id}/callbacks")
    @RunOnVirtualThread
    @Operation(
            operationId = "listBatchCallbacks",
            summary = "List the callbacks of a batch",
            description = "One for each time that it has ended, the first one first, and how their delivery goes.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = CallbackView.Page.class)))
    @APIResponse(
            responseCode = "404",
            description = "batch_not_found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public CallbackView.Page list(
            @RestPath String id, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        Batch batch = Ids.read(id)
                .flatMap(batches::get)
                .orElseThrow(() -> Problem.of(ProblemCode.BATCH_NOT_FOUND, "There is no batch '" + id + "'."));
        return CallbackView.Page.read(limit, cursor, (after, most) -> callbacks.ofBatch(batch.id(), after, most));
    }
}
