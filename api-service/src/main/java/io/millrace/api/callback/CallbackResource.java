package io.millrace.api.callback;

import io.millrace.api.body.Ids;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.callback.Callback;
import io.millrace.store.CallbackStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/** One callback: look, deliver again. */
@Path("/api/v1/callbacks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Callbacks")
public class CallbackResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final CallbackStore callbacks;

    CallbackResource(CallbackStore callbacks) {
        this.callbacks = callbacks;
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getCallback", summary = "Look at a callback")
    @APIResponse(
            responseCode = "200",
            description = "The callback",
            content = @Content(schema = @Schema(implementation = CallbackView.class)))
    @APIResponse(
            responseCode = "404",
            description = "callback_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public CallbackView get(@RestPath String id) {
        return CallbackView.of(find(id));
    }

    @POST
    @Path("/{id}/redeliver")
    @RunOnVirtualThread
    @Operation(
            operationId = "redeliverCallback",
            summary = "Deliver a callback once more",
            description =
                    "Whether it has been delivered or given up, by a new job with tries of its own. What it says is read anew; its id stays, so a receiver can tell.")
    @APIResponse(
            responseCode = "202",
            description = "The callback",
            content = @Content(schema = @Schema(implementation = CallbackView.class)))
    @APIResponse(
            responseCode = "404",
            description = "callback_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "callback_under_way",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<CallbackView> redeliver(@RestPath String id) {
        Callback callback = find(id);
        if (!callbacks.deliverAgain(callback.id())) {
            throw Problem.of(ProblemCode.CALLBACK_UNDER_WAY, "Callback " + id + " is still being delivered.");
        }
        return RestResponse.status(RestResponse.Status.ACCEPTED, CallbackView.of(find(id)));
    }

    private Callback find(String id) {
        return Ids.read(id)
                .flatMap(callbacks::get)
                .orElseThrow(() -> Problem.of(ProblemCode.CALLBACK_NOT_FOUND, "There is no callback '" + id + "'."));
    }
}
