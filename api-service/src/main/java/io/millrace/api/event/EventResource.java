package io.millrace.api.event;

import io.millrace.api.caller.Callers;
import io.millrace.api.problem.ProblemBody;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Events of all jobs, as they happen. */
@Path("/api/v1/events")
@Tag(name = "Events")
public class EventResource {

    private final EventStreams streams;

    EventResource(EventStreams streams) {
        this.streams = streams;
    }

    @GET
    @RunOnVirtualThread
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "streamEvents",
            summary = "Watch jobs",
            description =
                    "Server-sent events, one a transition, as JSON; best effort. Filters take several values separated by commas. Last-Event-ID goes on where a stream broke off, as far as events are kept.")
    @APIResponse(
            responseCode = "200",
            description = "Events without end",
            content =
                    @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(implementation = String.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "503",
            description = "too_many_subscribers",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<StreamingOutput> events(
            @Parameter(description = "Queues") @RestQuery @Nullable String queue,
            @Parameter(description = "Tasks") @RestQuery @Nullable String task,
            @Parameter(description = "What jobs become, such as FAILURE,REVOKED") @RestQuery @Nullable String state,
            @Parameter(description = "Batches") @RestQuery("batch_id") @Nullable String batchId,
            @Parameter(description = "The id of the last event that was seen") @RestHeader("Last-Event-ID") @Nullable
                    String lastEventId,
            @Context HttpServerRequest request) {
        return streams.all(
                EventFilter.of(queue, task, state, batchId)
                        .within(Callers.current().project()),
                lastEventId,
                request);
    }
}
