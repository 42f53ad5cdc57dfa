package io.millrace.api.callback;

import io.millrace.api.body.Ids;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.Job;
import io.millrace.store.CallbackStore;
import io.millrace.store.JobQueries;
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

/** What has been told of a job. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Callbacks")
public class JobCallbackResource {

    private final CallbackStore callbacks;
    private final JobQueries jobs;

    JobCallbackResource(CallbackStore callbacks, JobQueries jobs) {
        this.callbacks = callbacks;
        this.jobs = jobs;
    }

    @GET
    @Path("/{id}/callbacks")
    @RunOnVirtualThread
    @Operation(
            operationId = "listJobCallbacks",
            summary = "List the callbacks of a job",
            description = "One for each time that it has ended, the first one first, and how their delivery goes.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = CallbackView.Page.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public CallbackView.Page list(
            @RestPath String id, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        Job job = Ids.read(id)
                .flatMap(jobs::get)
                .orElseThrow(() -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no job '" + id + "'."));
        return CallbackView.Page.read(limit, cursor, (after, most) -> callbacks.ofJob(job.id(), after, most));
    }
}
