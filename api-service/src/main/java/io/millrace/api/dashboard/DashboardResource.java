package io.millrace.api.dashboard;

import io.millrace.api.body.Ids;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.Job;
import io.millrace.store.BatchStore;
import io.millrace.store.DashboardStore;
import io.millrace.store.JobQueries;
import io.millrace.trace.Tracing;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** What the dashboard shows and no other route answers. All of it is taken from a bounded number of the newest jobs. */
@Path("/api/v1/dashboard")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Dashboard")
public class DashboardResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final int MINUTES = 60;
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int FAILURES_LOOKED_AT = 15_000;
    private static final int MOST_NODES = 1_000;
    private static final int MOST_EDGES = 10_000;
    private static final int MOST_RELATIVES = 100;
    private static final int MOST_MEMBERS = 10_000;

    private final DashboardStore store;
    private final JobQueries jobs;
    private final BatchStore batches;
    private final Tracing tracing;
    private final Clock clock;

    DashboardResource(DashboardStore store, JobQueries jobs, BatchStore batches, Tracing tracing, Clock clock) {
        this.store = store;
        this.jobs = jobs;
        this.batches = batches;
        this.tracing = tracing;
        this.clock = clock;
    }

    @GET
    @Path("/timings")
    @RunOnVirtualThread
    @Operation(
            operationId = "getTimings",
            summary = "How long jobs waited and ran that were submitted in each of the last 60 minutes",
            description =
                    "From the newest 100 jobs of each half of a minute, and as many of those that have just finished. Minutes without jobs are left out.")
    public List<Timings.OfMinute> timings() {
        return store.minutes(MINUTES, Timings.SHARES, clock.instant()).stream()
                .map(Timings.OfMinute::of)
                .toList();
    }

    @GET
    @Path("/tasks")
    @RunOnVirtualThread
    @Operation(
            operationId = "getTaskHealth",
            summary = "How each task does",
            description =
                    "What has ended in the last hour, exactly, and percentiles of the newest 200 finished jobs of each task.")
    public List<Timings.OfTask> tasks() {
        return store.tasks(WINDOW, Timings.SHARES).stream()
                .map(Timings.OfTask::of)
                .toList();
    }

    @GET
    @Path("/failures")
    @RunOnVirtualThread
    @Operation(
            operationId = "getFailureGroups",
            summary = "Failed jobs by what is the same in them",
            description = "Those among the newest 15,000 jobs that did not succeed.")
    public FailureGroups failures(
            @RestQuery @Nullable String task, @RestQuery("project_id") @Nullable String projectId) {
        return FailureGroups.of(store.failures(orNull(task), orNull(projectId), FAILURES_LOOKED_AT));
    }

    private static @Nullable String orNull(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    @GET
    @Path("/jobs/{id}/trace")
    @RunOnVirtualThread
    @Operation(operationId = "getJobTrace", summary = "Where a job's trace can be looked at")
    @APIResponse(
            responseCode = "200",
            description = "The address, null where none is configured (millrace.tracing.link)",
            content = @Content(schema = @Schema(implementation = TraceLink.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public TraceLink trace(@RestPath String id) {
        Job job = job(id);
        return new TraceLink(tracing.link(job.traceId(), job.id()).orElse(null));
    }

    private Job job(String id) {
        return Ids.read(id)
                .flatMap(jobs::get)
                .orElseThrow(() -> Problem.of(ProblemCode.JOB_NOT_FOUND, "There is no job '" + id + "'."));
    }

    @GET
    @Path("/jobs/{id}/relatives")
    @RunOnVirtualThread
    @Operation(
            operationId = "getJobRelatives",
            summary = "The jobs that a job of a batch waits for, and those that wait for it",
            description = "At most 100 each.")
    @APIResponse(
            responseCode = "200",
            description = "The jobs; none for a job without a batch",
            content = @Content(schema = @Schema(implementation = GraphView.Around.class)))
    @APIResponse(
            responseCode = "404",
            description = "job_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public GraphView.Around relatives(@RestPath String id) {
        Job job = job(id);
        return job.batchId() == null
                ? new GraphView.Around(List.of(), List.of())
                : GraphView.Around.of(store.relatives(job.id(), job.batchId(), MOST_RELATIVES, MOST_MEMBERS));
    }

    @GET
    @Path("/batches/{id}/graph")
    @RunOnVirtualThread
    @Operation(operationId = "getBatchGraph", summary = "The jobs of a batch and which of them wait for which")
    @APIResponse(
            responseCode = "200",
            description = "The graph, or its first 1,000 jobs",
            content = @Content(schema = @Schema(implementation = GraphView.class)))
    @APIResponse(
            responseCode = "404",
            description = "batch_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public GraphView graph(@RestPath String id) {
        var batch = Ids.read(id)
                .flatMap(batches::get)
                .orElseThrow(() -> Problem.of(ProblemCode.BATCH_NOT_FOUND, "There is no batch '" + id + "'."));
        return GraphView.of(store.graph(batch.id(), MOST_NODES, MOST_EDGES));
    }
}
