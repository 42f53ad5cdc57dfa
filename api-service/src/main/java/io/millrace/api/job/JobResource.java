package io.millrace.api.job;

import io.millrace.api.body.Body;
import io.millrace.api.body.Ids;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.Job;
import io.millrace.job.NewJob;
import io.millrace.store.JobQueries;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
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

/** Jobs: submit, look, list. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class JobResource {

    private static final String NDJSON = "application/x-ndjson";
    private static final String PROBLEM_JSON = "application/problem+json";

    private final Admission admission;
    private final Submitter submitter;
    private final Acceptance acceptance;
    private final OnceSubmitter once;
    private final SubmissionTraces traces;
    private final Waits waits;
    private final JobQueries queries;
    private final SubmitConfig config;
    private final Clock clock;

    JobResource(
            Admission admission,
            Submitter submitter,
            Acceptance acceptance,
            OnceSubmitter once,
            SubmissionTraces traces,
            Waits waits,
            JobQueries queries,
            SubmitConfig config,
            Clock clock) {
        this.admission = admission;
        this.submitter = submitter;
        this.acceptance = acceptance;
        this.once = once;
        this.traces = traces;
        this.waits = waits;
        this.queries = queries;
        this.config = config;
        this.clock = clock;
    }

    /** Runs on the event loop and holds no thread while the insert is under way. */
    @POST
    @NonBlocking
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "submitJob",
            summary = "Submit a job",
            description = "Answers once the job is committed: from then on it will run.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = JobRequest.class)))
    @APIResponse(
            responseCode = "202",
            description = "Accepted; Location has its address",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "200",
            description = "The job that was there before, for an idempotency key or a unique job; or, with Prefer, the"
                    + " finished job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_not_unique, with the job_id of the other",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "400",
            description = "malformed_json",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "404",
            description = "unknown_task, queue_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "413",
            description = "payload_too_large",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_args, invalid_request, unknown_field, idempotency_key_reused",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "503",
            description = "store_unavailable, overloaded",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public CompletionStage<RestResponse<JobView>> submit(
            Body body,
            @Parameter(description = "The same key and job again answer 200 with the first job")
                    @RestHeader("Idempotency-Key")
                    @Nullable
                    String idempotencyKey,
            @Parameter(description = "wait=N: answer 200 with the finished job if it ends within N seconds, at most 60")
                    @RestHeader("Prefer")
                    @Nullable
                    String prefer,
            @Parameter(description = "W3C Trace Context: the job becomes part of the caller's trace")
                    @RestHeader("traceparent")
                    @Nullable
                    String traceparent) {
        SubmissionTrace trace = traces.begin(traceparent);
        Submission submission =
                SubmissionReader.readOne(body.bytes()).withKey(idempotencyKey).of(Callers.current());
        CompletionStage<NewJob> admitted = admission.knows(submission)
                ? CompletableFuture.completedStage(admission.admit(submission))
                : admission.admitFresh(submission);
        CompletionStage<RestResponse<JobView>> answer =
                trace.until(admitted.thenCompose(job -> submitted(trace.of(job), admission.asItsTaskSays(submission))));
        Duration patience = Waits.preferred(prefer);
        return patience.isZero() ? answer : answer.thenCompose(response -> finished(response, patience));
    }

    private CompletionStage<RestResponse<JobView>> submitted(NewJob job, Submission submission) {
        return OnceSubmitter.applies(submission)
                ? once.submit(job, submission)
                        .thenApply(one -> one.isNew() ? accepted(one.view()) : RestResponse.ok(one.view()))
                : submitter.submit(job).thenApply(JobResource::accepted);
    }

    private static RestResponse<JobView> accepted(NewJob job) {
        return accepted(JobView.of(job));
    }

    private static RestResponse<JobView> accepted(JobView job) {
        return RestResponse.ResponseBuilder.<JobView>create(RestResponse.Status.ACCEPTED)
                .header(HttpHeaders.LOCATION, "/api/v1/jobs/" + job.jobId())
                .entity(job)
                .build();
    }

    /** The finished job if it ends in time, else the answer as it is. */
    private CompletionStage<RestResponse<JobView>> finished(RestResponse<JobView> answer, Duration patience) {
        UUID id = answer.getEntity().jobId();
        return waits.until(id, patience)
                .thenApplyAsync(
                        ended -> ended
                                ? queries.get(id)
                                        .map(job -> RestResponse.ok(JobView.of(job, clock.instant())))
                                        .orElse(answer)
                                : answer,
                        Thread::startVirtualThread);
    }

    @POST
    @Path("/bulk")
    @RunOnVirtualThread
    @Consumes({MediaType.APPLICATION_JSON, NDJSON})
    @Operation(
            operationId = "submitJobs",
            summary = "Submit many jobs",
            description =
                    "An array of jobs, or one job a line; up to 10,000. Good jobs are accepted even where others are not.")
    @RequestBody(
            required = true,
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = SchemaType.ARRAY, implementation = JobRequest.class)),
                @Content(mediaType = NDJSON, schema = @Schema(implementation = JobRequest.class))
            })
    @APIResponse(
            responseCode = "200",
            description = "What became of each",
            content = @Content(schema = @Schema(implementation = BulkResult.class)))
    @APIResponse(
            responseCode = "413",
            description = "payload_too_large, too_many_jobs",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "bulk_rejected, with atomic=true",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public byte[] submitBulk(
            Body body,
            @Parameter(description = "Accept all or, if any is not good, none") @RestQuery boolean atomic,
            @RestHeader(HttpHeaders.CONTENT_TYPE) String contentType,
            @Parameter(hidden = true) @RestHeader("Idempotency-Key") @Nullable String idempotencyKey,
            @Parameter(description = "W3C Trace Context: the jobs become part of the caller's trace")
                    @RestHeader("traceparent")
                    @Nullable
                    String traceparent) {
        if (idempotencyKey != null) {
            throw Problem.of(
                    ProblemCode.INVALID_REQUEST,
                    List.of(new FieldError(
                            "Idempotency-Key", "is not taken in bulk; give each job its idempotency_key")));
        }
        SubmissionTrace trace = traces.beginMany(traceparent);
        var bulk = new BulkSubmission(admission, once, trace, config.maxBulk(), Callers.current());
        if (contentType.startsWith(NDJSON)) {
            bulk.readLines(body.bytes());
        } else {
            SubmissionReader.readArray(body.bytes(), bulk);
        }
        BulkAnswer answer = atomic ? bulk.acceptAll(acceptance) : bulk.acceptEach(acceptance, config);
        trace.accepted();
        return answer.json();
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listJobs",
            summary = "List jobs",
            description =
                    "By age, a page at a time. Filters take several values separated by commas. A page may be shorter"
                            + " than asked for though there are more: go on until there is no next_cursor.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = JobPage.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public JobPage list(@BeanParam JobListing listing) {
        var query = listing.query();
        JobQueries.Page page = queries.page(
                Callers.within(Callers.current(), query.filter()), query.after(), query.newestFirst(), query.limit());
        var now = clock.instant();
        UUID next = page.next();
        return new JobPage(
                page.jobs().stream().map(job -> JobView.of(job, now)).toList(),
                next == null ? null : new JobCursor(next, query.newestFirst()).encode());
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getJob", summary = "Look at a job")
    @APIResponse(
            responseCode = "200",
            description = "The job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public JobView get(
            @RestPath String id,
            @Parameter(description = "Answer when the job has finished, or after so many seconds, at most 60")
                    @RestQuery
                    @Nullable
                    String wait) {
        Duration patience = Waits.asked(wait);
        Job job = find(id);
        if (!patience.isZero() && !job.state().finished()) {
            waits.until(job.id(), patience).toCompletableFuture().join();
            job = find(id);
        }
        return JobView.of(job, clock.instant());
    }

    @GET
    @Path("/{id}/history")
    @RunOnVirtualThread
    @Operation(operationId = "getJobHistory", summary = "Every attempt of a job and how it ended")
    @APIResponse(
            responseCode = "200",
            description = "The attempts, the oldest first",
            content = @Content(schema = @Schema(implementation = JobHistory.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public JobHistory history(@RestPath String id) {
        return JobHistory.of(queries.history(find(id)));
    }

    @GET
    @Path("/{id}/result")
    @RunOnVirtualThread
    @Operation(operationId = "getJobResult", summary = "The bare result of a job")
    @APIResponse(responseCode = "200", description = "Any JSON")
    @APIResponse(
            responseCode = "404",
            description = "job_not_found, result_expired",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_not_finished, job_failed, job_revoked",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public String result(@RestPath String id) {
        return JobResult.of(find(id), clock.instant());
    }

    private Job find(String id) {
        return find(queries, id);
    }

    /** The job of an id as somebody wrote it. @throws Problem {@code job_not_found} */
    static Job find(JobQueries queries, String id) {
        return Ids.read(id)
                .flatMap(queries::get)
                .orElseThrow(() -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no job '" + id + "'."));
    }
}
