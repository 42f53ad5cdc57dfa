package io.millrace.api.batch;

import io.millrace.api.body.Body;
import io.millrace.api.body.Ids;
import io.millrace.api.body.JsonFields;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.job.Intake;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.millrace.batch.Batch;
import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchJob;
import io.millrace.batch.BatchStatus;
import io.millrace.batch.NewBatch;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.Followed;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.job.JobIds;
import io.millrace.job.NewJob;
import io.millrace.store.BatchStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.pgclient.PgException;
import jakarta.ws.rs.BeanParam;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
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

/** Batches: submit, look, revoke, retry. */
@Path("/api/v1/batches")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Batches")
public class BatchResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final JobEvent.Cause REVOKED =
            new JobEvent.Cause("revoked", "Revoked", "its batch was revoked on request");

    private final BatchStore store;
    private final Intake intake;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Followed followed;
    private final BatchBounds bounds;
    private final Clock clock;
    private final JobIds ids = new JobIds();

    BatchResource(
            BatchStore store,
            Intake intake,
            HintEmitter hints,
            EventEmitter events,
            Followed followed,
            BatchBounds bounds,
            Clock clock) {
        this.store = store;
        this.intake = intake;
        this.hints = hints;
        this.events = events;
        this.followed = followed;
        this.bounds = bounds;
        this.clock = clock;
    }

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "submitBatch",
            summary = "Submit jobs that depend on each other",
            description = "All of them or none. Answers once they are committed.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = BatchRequest.class)))
    @APIResponse(
            responseCode = "202",
            description = "Accepted, with the id of each job by its key",
            content = @Content(schema = @Schema(implementation = BatchView.Accepted.class)))
    @APIResponse(
            responseCode = "413",
            description = "payload_too_large, batch_too_large",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_graph, batch_rejected, invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<BatchView.Accepted> submit(
            Body body,
            @Parameter(description = "W3C Trace Context: the jobs become part of the caller's trace")
                    @RestHeader("traceparent")
                    @Nullable
                    String traceparent) {
        Intake.Taking taking = intake.begin(traceparent);
        NewBatch batch = BatchReader.read(body.bytes(), ids.next(), taking, bounds);
        try {
            store.submit(batch);
        } catch (PgException e) {
            throw Problems.refusesValue(e)
                    ? Problem.of(
                            ProblemCode.BATCH_REJECTED,
                            "PostgreSQL cannot store the arguments of some job, such as a number too large.")
                    : e;
        }
        List<NewJob> jobs = batch.jobs().stream().map(NewBatch.Member::job).toList();
        intake.accepted(batch.id(), jobs, unblocked(batch));
        taking.accepted();
        return RestResponse.ResponseBuilder.<BatchView.Accepted>create(RestResponse.Status.ACCEPTED)
                .header(HttpHeaders.LOCATION, "/api/v1/batches/" + batch.id())
                .entity(accepted(batch))
                .build();
    }

    private static List<NewJob> unblocked(NewBatch batch) {
        return IntStream.range(0, batch.jobs().size())
                .filter(i -> batch.graph().parents(i).isEmpty())
                .mapToObj(i -> batch.jobs().get(i).job())
                .toList();
    }

    private static BatchView.Accepted accepted(NewBatch batch) {
        var jobs = new LinkedHashMap<String, UUID>();
        for (int i = 0; i < batch.jobs().size(); i++) {
            jobs.put(batch.graph().key(i), batch.jobs().get(i).job().id());
        }
        return new BatchView.Accepted(
                batch.id(),
                batch.name(),
                BatchStatus.PENDING,
                BatchView.Counts.of(new BatchCounts(jobs.size(), 0, 0, 0)),
                Instant.ofEpochMilli(batch.id().getMostSignificantBits() >>> 16),
                jobs);
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listBatches",
            summary = "List batches",
            description = "The newest first, a page at a time.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = BatchView.Page.class)))
    public BatchView.Page list(@BeanParam BatchListing listing) {
        var query = listing.query();
        // One more than asked for tells whether there is a next page.
        List<Batch> found = store.list(query.filter(), query.after(), query.limit() + 1);
        var page = PageOf.cut(
                found, query.limit(), BatchView::of, last -> last.id().toString());
        return new BatchView.Page(page.items(), page.nextCursor());
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getBatch", summary = "Look at a batch")
    @APIResponse(
            responseCode = "200",
            description = "The batch",
            content = @Content(schema = @Schema(implementation = BatchView.class)))
    @APIResponse(
            responseCode = "404",
            description = "batch_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public BatchView get(@RestPath String id) {
        return BatchView.of(find(id));
    }

    @GET
    @Path("/{id}/jobs")
    @RunOnVirtualThread
    @Operation(operationId = "listBatchJobs", summary = "The jobs of a batch, with their keys")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = BatchView.Members.class)))
    public BatchView.Members jobs(
            @RestPath String id, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        UUID after = QueryParams.after(cursor, UUID::fromString, errors);
        QueryParams.refuse(errors);
        List<BatchJob> found = store.jobs(find(id).id(), after, asked + 1);
        var page = PageOf.cut(
                found, asked, BatchView.Member::of, last -> last.jobId().toString());
        return new BatchView.Members(page.items(), page.nextCursor());
    }

    /** Body: {@code {"terminate": false}}, or none. */
    @POST
    @Path("/{id}/revoke")
    @RunOnVirtualThread
    @Operation(
            operationId = "revokeBatch",
            summary = "Revoke what of a batch has not ended",
            description = "Jobs that run end within a second with terminate; without, they may finish.")
    @APIResponse(
            responseCode = "200",
            description = "The batch",
            content = @Content(schema = @Schema(implementation = BatchView.class)))
    @APIResponse(
            responseCode = "409",
            description = "batch_already_finished",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public BatchView revoke(@RestPath String id, Body body) {
        boolean terminate = JsonFields.isTrue(JsonFields.object(body, Set.of("terminate")), "terminate");
        Batch batch = find(id);
        List<Subject> revoked = store.revokeJobs(batch.id(), terminate)
                .orElseThrow(() -> Problem.of(
                        ProblemCode.BATCH_ALREADY_FINISHED, "Batch " + id + " is " + find(id).status() + "."));
        Instant now = clock.instant();
        events.emit(revoked, job -> JobEvent.revoked(job, REVOKED, now));
        followed.ended(revoked.stream().map(Subject::jobId).toList());
        return BatchView.of(find(id));
    }

    @POST
    @Path("/{id}/retry")
    @RunOnVirtualThread
    @Operation(
            operationId = "retryBatch",
            summary = "Let the failed and cancelled part of a batch run again",
            description =
                    "Each job with a fresh count of retries, in the order of the graph. What has succeeded stays.")
    @APIResponse(
            responseCode = "202",
            description = "The batch",
            content = @Content(schema = @Schema(implementation = BatchView.class)))
    @APIResponse(
            responseCode = "409",
            description = "batch_not_failed",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<BatchView> retry(@RestPath String id) {
        var retried = store.retry(find(id).id());
        if (retried.jobs() == 0) {
            throw Problem.of(ProblemCode.BATCH_NOT_FAILED, "No job of batch " + id + " has failed or was cancelled.");
        }
        Instant now = clock.instant();
        events.emit(retried.again(), job -> JobEvent.replayed(job.subject(), job.state(), job.dueAt(), now));
        hints.emit(retried.hints());
        return RestResponse.status(RestResponse.Status.ACCEPTED, BatchView.of(find(id)));
    }

    private Batch find(String id) {
        return Ids.read(id)
                .flatMap(store::get)
                .orElseThrow(() -> Problem.of(ProblemCode.BATCH_NOT_FOUND, "There is no batch '" + id + "'."));
    }
}
