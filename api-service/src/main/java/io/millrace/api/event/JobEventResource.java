package io.millrace.api.event;

import io.millrace.api.body.Ids;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.Job;
import io.millrace.store.JobQueries;
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
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Events of one job, until it ends. */
@Path("/api/v1/jobs")
@Tag(name = "Events")
public class JobEventResource {

    private final EventStreams streams;
    private final JobQueries queries;

    JobEventResource(EventStreams streams, JobQueries queries) {
        this.streams = streams;
        this.queries = queries;
    }

    @GET
    @Path("/{id}/events")
    @RunOnVirtualThread
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            operationId = "streamJobEvents",
            summary = "Watch a job",
            description =
                    "Server-sent events, as JSON: first job.state, how it stands; then what happens to it; the stream ends with the job.")
    @APIResponse(
            responseCode = "200",
            description = "Events until the job has ended",
            content =
                    @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(implementation = String.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
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
            @RestPath String id,
            @Parameter(description = "The id of the last event that was seen") @RestHeader("Last-Event-ID") @Nullable
                    String lastEventId,
            @Context HttpServerRequest request) {
        Job job = Ids.read(id)
                .flatMap(queries::get)
                .orElseThrow(() -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no job '" + id + "'."));
        return streams.of(job, lastEventId, request);
    }
}
