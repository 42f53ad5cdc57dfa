package io.millrace.api.llm;

import io.millrace.api.body.Body;
import io.millrace.api.body.Ids;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.DomainStatus;
import io.millrace.job.Job;
import io.millrace.llm.LlmCall;
import io.millrace.llm.LlmConfig;
import io.millrace.store.JobQueries;
import io.millrace.store.LlmStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Calls of language models. */
@Path("/api/v1/llm")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Language models")
public class LlmResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final LlmStore store;
    private final JobQueries jobs;
    private final Clock clock;

    LlmResource(LlmStore store, JobQueries jobs, Clock clock) {
        this.store = store;
        this.jobs = jobs;
        this.clock = clock;
    }

    @POST
    @Path("/call")
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "callLlm",
            summary = "Ask a language model",
            description =
                    "Answers once the call and its job are committed. Its end is told to callback_url: success, and data with response and usage.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = CallView.Posted.class)))
    @APIResponse(
            responseCode = "202",
            description = "Accepted",
            content = @Content(schema = @Schema(implementation = CallView.Accepted.class)))
    @APIResponse(
            responseCode = "200",
            description = "The call that was there before, for an idempotency key",
            content = @Content(schema = @Schema(implementation = CallView.Accepted.class)))
    @APIResponse(
            responseCode = "404",
            description = "config_not_found, unknown_task",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field, idempotency_key_reused",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<CallView.Accepted> call(
            Body body,
            @Parameter(description = "The same key and call again answer 200 with the first job")
                    @RestHeader("Idempotency-Key")
                    @Nullable
                    String idempotencyKey,
            @RestHeader("traceparent") @Nullable String traceparent) {
        LlmRequests.Call call = LlmRequests.call(body, idempotencyKey);
        LlmConfig config = store.config(call.configId(), call.version())
                .filter(found -> found.servesProject(call.wishes().projectId()))
                .orElseThrow(() -> ConfigResource.notFound(
                        call.configId(), call.version() == null ? "" : " version " + call.version()));
        LlmStore.Submitted submitted =
                store.submit(call.with(config), call.wishes().within(traceparent));
        return RestResponse.ResponseBuilder.<CallView.Accepted>create(
                        submitted.isNew() ? RestResponse.Status.ACCEPTED : RestResponse.Status.OK)
                .header(HttpHeaders.LOCATION, "/api/v1/llm/calls/" + submitted.jobId())
                .entity(new CallView.Accepted(submitted.jobId(), status(submitted)))
                .build();
    }

    private String status(LlmStore.Submitted submitted) {
        return submitted.isNew()
                ? DomainStatus.PENDING.wireName()
                : view(store.call(submitted.jobId()).orElseThrow()).status();
    }

    @GET
    @Path("/calls")
    @RunOnVirtualThread
    @Operation(
            operationId = "listLlmCalls",
            summary = "List calls",
            description = "The newest first, a page at a time.")
    public CallView.Page list(
            @RestQuery("project_id") @Nullable String projectId,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        UUID before = QueryParams.after(cursor, UUID::fromString, errors);
        QueryParams.refuse(errors);
        List<LlmCall> found = store.calls(before, Callers.project(Callers.current(), projectId), asked + 1);
        var page = PageOf.cut(found, asked, call -> call, last -> last.jobId().toString());
        Map<UUID, Job> theirs =
                jobs.all(page.items().stream().map(LlmCall::jobId).toList());
        Instant now = clock.instant();
        return new CallView.Page(
                page.items().stream()
                        .map(call -> CallView.of(call, theirs.get(call.jobId()), now))
                        .toList(),
                page.nextCursor());
    }

    @GET
    @Path("/calls/{job_id}")
    @RunOnVirtualThread
    @Operation(
            operationId = "getLlmCall",
            summary = "Look at a call",
            description = "How it stands, what came of it and what it has cost.")
    @APIResponse(
            responseCode = "200",
            description = "The call",
            content = @Content(schema = @Schema(implementation = CallView.class)))
    @APIResponse(
            responseCode = "404",
            description = "call_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public CallView get(@RestPath("job_id") String jobId) {
        return Ids.read(jobId)
                .flatMap(store::call)
                .map(this::view)
                .orElseThrow(() ->
                        Problem.of(ProblemCode.CALL_NOT_FOUND, "Job '" + jobId + "' is no call of a language model."));
    }

    private CallView view(LlmCall call) {
        UUID job = call.jobId();
        return CallView.of(call, jobs.get(job).orElse(null), clock.instant());
    }
}
