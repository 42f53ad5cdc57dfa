package io.millrace.api.job;

import io.millrace.api.problem.ProblemBody;
import io.millrace.job.Job;
import io.millrace.store.JobQueries;
import io.millrace.store.WaitStore;
import io.millrace.waiting.Reason;
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

/** Why is it not running? */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class WhyResource {

    private final JobQueries queries;
    private final WaitStore waits;

    WhyResource(JobQueries queries, WaitStore waits) {
        this.queries = queries;
        this.waits = waits;
    }

    @GET
    @Path("/{id}/why")
    @RunOnVirtualThread
    @Operation(
            operationId = "whyIsJobWaiting",
            summary = "Why a job is not running",
            description =
                    "Its queue is paused, a limit throttles it, it is not due, no worker is there for it, it waits for others, or its turn has not come. Asks for keys and counters only, so it is cheap however long the queue.")
    @APIResponse(
            responseCode = "200",
            description = "The reasons",
            content = @Content(schema = @Schema(implementation = Why.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public Why why(@RestPath String id) {
        Job job = JobResource.find(queries, id);
        if (job.state().finished()) {
            return ended(job);
        }
        return waits.find(job.id())
                .map(found -> new Why(
                        job.id(),
                        found.waiting().state(),
                        because(found.waiting().reasons(found.now()))))
                // It has ended a moment ago, and been put away.
                .orElseGet(() -> ended(JobResource.find(queries, id)));
    }

    private static Why ended(Job job) {
        return new Why(
                job.id(), job.reportedState(), because(List.of(new Reason.Finished(job.state(), job.finishedAt()))));
    }

    private static List<Why.Because> because(List<Reason> reasons) {
        return reasons.stream().map(Why::because).toList();
    }
}
