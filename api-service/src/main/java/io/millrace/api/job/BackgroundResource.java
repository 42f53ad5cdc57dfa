package io.millrace.api.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.problem.ProblemBody;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** One more way to submit a job: the tasks of the market, each at an address of its own. A body is optional. */
@Path("/api/v1/background")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Market")
public class BackgroundResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final String PROJECT = "project_id";

    private final JobResource jobs;

    BackgroundResource(JobResource jobs) {
        this.jobs = jobs;
    }

    @POST
    @Path("/refresh-market-data")
    @NonBlocking
    @Operation(
            operationId = "refreshMarketData",
            summary = "Fetch prices",
            description =
                    "Body: mode, smart (what is missing, the default) or full; index, if only what is in one; project_id. The result names the batch whose jobs fetch.")
    @APIResponse(
            responseCode = "202",
            description = "The job; Location has its address",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_args, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public CompletionStage<RestResponse<JobView>> refresh(
            Body body,
            @RestHeader("Idempotency-Key") @Nullable String key,
            @RestHeader("Prefer") @Nullable String prefer,
            @RestHeader("traceparent") @Nullable String traceparent) {
        return submit("refresh_market_data", Set.of("mode", "index"), body, key, prefer, traceparent);
    }

    @POST
    @Path("/compute-index")
    @NonBlocking
    @Operation(
            operationId = "computeIndex",
            summary = "Compute an index, or all",
            description =
                    "Body: index, project_id. For all, the result names the batch that has a job for each of them.")
    @APIResponse(
            responseCode = "202",
            description = "The job; Location has its address",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public CompletionStage<RestResponse<JobView>> compute(
            Body body,
            @RestHeader("Idempotency-Key") @Nullable String key,
            @RestHeader("Prefer") @Nullable String prefer,
            @RestHeader("traceparent") @Nullable String traceparent) {
        return submit("compute_index", Set.of("index"), body, key, prefer, traceparent);
    }

    @POST
    @Path("/generate-report")
    @NonBlocking
    @Operation(
            operationId = "generateReport",
            summary = "Make a report",
            description =
                    "Body: index, from, to, project_id; all indexes and all days if they are not said. Once the job has ended, the report is at /market/reports/{job_id}.")
    @APIResponse(
            responseCode = "202",
            description = "The job; Location has its address",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public CompletionStage<RestResponse<JobView>> report(
            Body body,
            @RestHeader("Idempotency-Key") @Nullable String key,
            @RestHeader("Prefer") @Nullable String prefer,
            @RestHeader("traceparent") @Nullable String traceparent) {
        return submit("generate_report", Set.of("index", "from", "to"), body, key, prefer, traceparent);
    }

    @POST
    @Path("/cleanup-old-data")
    @NonBlocking
    @Operation(
            operationId = "cleanupOldData",
            summary = "Forget old prices and reports",
            description = "Body: price_days, report_days, project_id; what is configured if they are not said.")
    @APIResponse(
            responseCode = "202",
            description = "The job; Location has its address",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    public CompletionStage<RestResponse<JobView>> cleanUp(
            Body body,
            @RestHeader("Idempotency-Key") @Nullable String key,
            @RestHeader("Prefer") @Nullable String prefer,
            @RestHeader("traceparent") @Nullable String traceparent) {
        return submit("cleanup_old_data", Set.of("price_days", "report_days"), body, key, prefer, traceparent);
    }

    private CompletionStage<RestResponse<JobView>> submit(
            String task,
            Set<String> args,
            Body body,
            @Nullable String key,
            @Nullable String prefer,
            @Nullable String traceparent) {
        var fields = new LinkedHashSet<>(args);
        fields.add(PROJECT);
        ObjectNode asked = JsonFields.object(body, fields);
        ObjectNode submission = asked.objectNode().put("task", task);
        submission.set(PROJECT, asked.remove(PROJECT));
        submission.set("args", asked);
        return jobs.submit(new Body(submission.toString().getBytes(StandardCharsets.UTF_8)), key, prefer, traceparent);
    }
}
