package io.millrace.api.workflow;

import io.millrace.api.body.Ids;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.store.WorkflowBatchStore;
import io.millrace.store.WorkflowStore;
import io.millrace.workflow.WorkflowJob;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Jobs of remote workflows: how they stand, all that has happened to them, and what can be done about it. */
@Path("/api/v1/workflows/jobs/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Remote workflows")
public class WorkflowJobResource {

    private static final Set<String> ORDERS = Set.of("asc", "desc");
    private static final String PROBLEM_JSON = "application/problem+json";

    private final WorkflowStore store;
    private final WorkflowBatchStore batches;

    WorkflowJobResource(WorkflowStore store, WorkflowBatchStore batches) {
        this.store = store;
        this.batches = batches;
    }

    @GET
    @RunOnVirtualThread
    @Operation(operationId = "getWorkflowJob", summary = "Look at a job of a remote workflow")
    @APIResponse(
            responseCode = "200",
            description = "The job",
            content = @Content(schema = @Schema(implementation = WorkflowJobView.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public WorkflowJobView get(@RestPath String id) {
        return WorkflowJobView.of(find(id));
    }

    @GET
    @Path("/polls")
    @RunOnVirtualThread
    @Operation(
            operationId = "listWorkflowPolls",
            summary = "Every poll of a job",
            description = "The oldest first, or with order=desc the newest, a page at a time, answered or not.")
    public WorkflowJobView.Polls polls(
            @RestPath String id,
            @Parameter(schema = @Schema(enumeration = {"asc", "desc"})) @RestQuery @Nullable String order,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        Place after = QueryParams.after(cursor, Place::parse, errors);
        if (order != null && !ORDERS.contains(order)) {
            errors.add(new FieldError("order", "must be asc or desc"));
        }
        QueryParams.refuse(errors);
        UUID job = find(id).id();
        boolean newestFirst = "desc".equals(order);
        Place from = after != null ? after : newestFirst ? Place.END : Place.BEGINNING;
        var page = PageOf.cut(
                newestFirst
                        ? batches.latestPolls(job, from.submission(), from.poll(), asked + 1)
                        : batches.polls(job, from.submission(), from.poll(), asked + 1),
                asked,
                WorkflowJobView.Poll::of,
                poll -> poll.submission() + "." + poll.poll());
        return new WorkflowJobView.Polls(page.items(), page.nextCursor());
    }

    /** Where a page of polls ends. */
    private record Place(int submission, int poll) {
        static final Place BEGINNING = new Place(0, 0);
        static final Place END = new Place(Integer.MAX_VALUE, Integer.MAX_VALUE);

        static Place parse(String text) {
            int dot = text.indexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException(text + " is no place among polls");
            }
            return new Place(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
        }
    }

    @GET
    @Path("/history")
    @RunOnVirtualThread
    @Operation(
            operationId = "listWorkflowStatusChanges",
            summary = "Every change of a job's status",
            description = "The oldest first, a page at a time.")
    public WorkflowJobView.Changes history(
            @RestPath String id, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        Long after = QueryParams.after(cursor, Long::valueOf, errors);
        QueryParams.refuse(errors);
        var page = PageOf.cut(
                batches.changes(find(id).id(), after == null ? 0 : after, asked + 1),
                asked,
                WorkflowJobView.Change::of,
                change -> Long.toString(change.id()));
        return new WorkflowJobView.Changes(page.items(), page.nextCursor());
    }

    @GET
    @Path("/retries")
    @RunOnVirtualThread
    @Operation(
            operationId = "listWorkflowRetries",
            summary = "Every failed try of a job's steps",
            description = "The oldest first, a page at a time, with its error and the wait that followed.")
    public WorkflowJobView.Retries retries(
            @RestPath String id, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        Long after = QueryParams.after(cursor, Long::valueOf, errors);
        QueryParams.refuse(errors);
        var page = PageOf.cut(
                batches.retries(find(id).id(), after == null ? 0 : after, asked + 1),
                asked,
                WorkflowJobView.Retry::of,
                retry -> Long.toString(retry.id()));
        return new WorkflowJobView.Retries(page.items(), page.nextCursor());
    }

    @POST
    @Path("/cancel")
    @RunOnVirtualThread
    @Operation(
            operationId = "cancelWorkflowJob",
            summary = "Cancel a job",
            description = "Asks for it; a worker then cancels it at the remote side. Asking again changes nothing.")
    @APIResponse(
            responseCode = "202",
            description = "The job",
            content = @Content(schema = @Schema(implementation = WorkflowJobView.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_already_finished",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<WorkflowJobView> cancel(@RestPath String id) {
        if (!store.requestCancellation(find(id).id())) {
            throw Problem.of(ProblemCode.JOB_ALREADY_FINISHED, "Workflow job " + id + " is " + find(id).status() + ".");
        }
        return accepted(id);
    }

    @POST
    @Path("/resubmit")
    @RunOnVirtualThread
    @Operation(
            operationId = "resubmitWorkflowJob",
            summary = "Submit a failed or cancelled job again",
            description = "As a new workflow of the remote side; what is known of the earlier one stays to be read.")
    @APIResponse(
            responseCode = "202",
            description = "The job",
            content = @Content(schema = @Schema(implementation = WorkflowJobView.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_not_failed",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<WorkflowJobView> resubmit(@RestPath String id) {
        if (!store.resubmit(find(id).id())) {
            throw Problem.of(ProblemCode.JOB_NOT_FAILED, "Workflow job " + id + " is " + find(id).status() + ".");
        }
        return accepted(id);
    }

    private RestResponse<WorkflowJobView> accepted(String id) {
        return RestResponse.status(RestResponse.Status.ACCEPTED, WorkflowJobView.of(find(id)));
    }

    private WorkflowJob find(String id) {
        return Ids.read(id)
                .flatMap(store::get)
                .orElseThrow(() -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no workflow job '" + id + "'."));
    }
}
