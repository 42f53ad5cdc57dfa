package io.millrace.api.workflow;

import io.millrace.api.body.Body;
import io.millrace.api.body.Ids;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.batch.BatchStatus;
import io.millrace.job.JobIds;
import io.millrace.store.WorkflowBatchStore;
import io.millrace.trace.TraceContext;
import io.millrace.workflow.NewWorkflowBatch;
import io.millrace.workflow.WorkflowBatch;
import io.millrace.workflow.WorkflowStatus;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.pgclient.PgException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Batches of remote workflows. */
@Path("/api/v1/workflows/batches")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Remote workflows")
public class WorkflowBatchResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    /** What {@code millrace.submit} raises for a task that no worker has registered. */
    private static final String UNKNOWN_TASK = "MR001";

    private final WorkflowBatchStore store;
    private final WorkflowBounds bounds;
    private final JobIds ids = new JobIds();

    WorkflowBatchResource(WorkflowBatchStore store, WorkflowBounds bounds) {
        this.store = store;
        this.bounds = bounds;
    }

    /** A batch as it is posted; for the documentation only. */
    @Schema(name = "NewWorkflowBatch")
    record Posted(@Nullable String name, @Nullable String project_id, List<PostedJob> jobs) {}

    /** A job as it is posted; for the documentation only. */
    @Schema(name = "NewWorkflowJob")
    record PostedJob(
            @Nullable String name,

            @Schema(description = "what the remote side gets")
            Object payload) {}

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "submitWorkflowBatch",
            summary = "Submit jobs to the remote workflow API",
            description = "Answers once they are committed here; workers submit and poll them from then on.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = Posted.class)))
    @APIResponse(
            responseCode = "202",
            description = "Accepted, with the id of each job",
            content = @Content(schema = @Schema(implementation = WorkflowBatchView.Accepted.class)))
    @APIResponse(
            responseCode = "413",
            description = "payload_too_large, batch_too_large",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<WorkflowBatchView.Accepted> submit(
            Body body, @RestHeader("traceparent") @Nullable String traceparent) {
        NewWorkflowBatch batch = WorkflowBatchReader.read(body.bytes(), bounds.maxJobs(), ids, Callers.current());
        try {
            store.submit(batch, TraceContext.parse(traceparent).orElse(null));
        } catch (PgException e) {
            throw UNKNOWN_TASK.equals(e.getSqlState())
                    ? Problem.of(
                            ProblemCode.UNKNOWN_TASK,
                            "No worker has registered the task submit_job: start one with the pack of remote workflows.")
                    : e;
        }
        return RestResponse.ResponseBuilder.<WorkflowBatchView.Accepted>create(RestResponse.Status.ACCEPTED)
                .header(HttpHeaders.LOCATION, "/api/v1/workflows/batches/" + batch.id())
                .entity(WorkflowBatchView.Accepted.of(batch))
                .build();
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listWorkflowBatches",
            summary = "List batches of remote workflows",
            description = "The newest first, a page at a time; status may name several, such as PENDING,RUNNING.")
    public WorkflowBatchView.Page list(
            @RestQuery @Nullable String status, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        List<BatchStatus> statuses = QueryParams.values(
                "status",
                status,
                word -> BatchStatus.valueOf(word.toUpperCase(Locale.ROOT)),
                "is not a status",
                errors);
        int asked = QueryParams.limit(limit, errors);
        UUID after = QueryParams.after(cursor, UUID::fromString, errors);
        QueryParams.refuse(errors);
        var page = PageOf.cut(
                store.list(statuses, Callers.current().project(), after, asked + 1),
                asked,
                WorkflowBatchView::of,
                batch -> batch.id().toString());
        return new WorkflowBatchView.Page(page.items(), page.nextCursor());
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getWorkflowBatch", summary = "Look at a batch of remote workflows")
    @APIResponse(
            responseCode = "200",
            description = "The batch",
            content = @Content(schema = @Schema(implementation = WorkflowBatchView.class)))
    @APIResponse(
            responseCode = "404",
            description = "batch_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public WorkflowBatchView get(@RestPath String id) {
        return WorkflowBatchView.of(find(id));
    }

    @GET
    @Path("/{id}/jobs")
    @RunOnVirtualThread
    @Operation(
            operationId = "listWorkflowBatchJobs",
            summary = "The jobs of a batch of remote workflows",
            description =
                    "In the order they were given in, a page at a time; status may name several, such as FAILED,CANCELLED.")
    public WorkflowJobView.Page jobs(
            @RestPath String id,
            @RestQuery @Nullable String status,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        List<WorkflowStatus> statuses = QueryParams.values(
                "status",
                status,
                word -> WorkflowStatus.valueOf(word.toUpperCase(Locale.ROOT)),
                "is not a status",
                errors);
        int asked = QueryParams.limit(limit, errors);
        UUID after = QueryParams.after(cursor, UUID::fromString, errors);
        QueryParams.refuse(errors);
        var page = PageOf.cut(
                store.jobs(find(id).id(), statuses, after, asked + 1),
                asked,
                WorkflowJobView::of,
                job -> job.id().toString());
        return new WorkflowJobView.Page(page.items(), page.nextCursor());
    }

    @POST
    @Path("/{id}/cancel")
    @RunOnVirtualThread
    @Operation(
            operationId = "cancelWorkflowBatch",
            summary = "Cancel what of a batch has not ended",
            description = "Asks for it; workers then cancel each job at the remote side.")
    @APIResponse(
            responseCode = "202",
            description = "Asked for, of so many jobs",
            content = @Content(schema = @Schema(implementation = WorkflowBatchView.Change.class)))
    @APIResponse(
            responseCode = "409",
            description = "batch_already_finished",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<WorkflowBatchView.Change> cancel(@RestPath String id) {
        WorkflowBatch batch = find(id);
        if (batch.status().finished()) {
            throw Problem.of(ProblemCode.BATCH_ALREADY_FINISHED, "Batch " + id + " is " + batch.status() + ".");
        }
        return changed(store.cancel(batch.id()), id);
    }

    @POST
    @Path("/{id}/resubmit")
    @RunOnVirtualThread
    @Operation(
            operationId = "resubmitWorkflowBatch",
            summary = "Submit the failed and cancelled jobs of a batch again",
            description = "Each as a new workflow of the remote side. What has completed, or still goes on, stays.")
    @APIResponse(
            responseCode = "202",
            description = "So many jobs are submitted again",
            content = @Content(schema = @Schema(implementation = WorkflowBatchView.Change.class)))
    @APIResponse(
            responseCode = "409",
            description = "batch_not_failed",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<WorkflowBatchView.Change> resubmit(@RestPath String id) {
        int jobs = store.resubmit(find(id).id());
        if (jobs == 0) {
            throw Problem.of(ProblemCode.BATCH_NOT_FAILED, "No job of batch " + id + " has failed or was cancelled.");
        }
        return changed(jobs, id);
    }

    private RestResponse<WorkflowBatchView.Change> changed(int jobs, String id) {
        return RestResponse.status(
                RestResponse.Status.ACCEPTED, new WorkflowBatchView.Change(jobs, WorkflowBatchView.of(find(id))));
    }

    private WorkflowBatch find(String id) {
        return Ids.read(id)
                .flatMap(store::get)
                .orElseThrow(() ->
                        Problem.of(ProblemCode.BATCH_NOT_FOUND, "There is no batch '" + id + "' of remote workflows."));
    }
}
