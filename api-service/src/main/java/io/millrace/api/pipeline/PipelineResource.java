package io.millrace.api.pipeline;

import io.millrace.api.body.Body;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.pipeline.Anomaly;
import io.millrace.pipeline.ExecutionStatus;
import io.millrace.pipeline.Pipeline;
import io.millrace.store.AnomalyStore;
import io.millrace.store.ExecutionStore;
import io.millrace.store.ExecutionStore.Begun;
import io.millrace.store.PipelineStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Pipelines, what is expected of them, and what was found in their executions. */
@Path("/api/v1/pipelines")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Pipelines")
public class PipelineResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final PipelineStore pipelines;
    private final ExecutionStore executions;
    private final AnomalyStore anomalies;
    private final Clock clock;

    PipelineResource(PipelineStore pipelines, ExecutionStore executions, AnomalyStore anomalies, Clock clock) {
        this.pipelines = pipelines;
        this.executions = executions;
        this.anomalies = anomalies;
        this.clock = clock;
    }

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createPipeline",
            summary = "Make a pipeline known",
            description =
                    "Body: name; freshness_seconds and timeliness_seconds, if they are to be checked; window, min_samples and threshold, if its metrics are to be judged otherwise than those of all.")
    @APIResponse(
            responseCode = "201",
            description = "The pipeline; Location has its address",
            content = @Content(schema = @Schema(implementation = PipelineView.class)))
    @APIResponse(
            responseCode = "409",
            description = "pipeline_exists",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<PipelineView> create(Body body) {
        Pipeline.Settings settings = PipelineRequests.newPipeline(body);
        Pipeline made = pipelines.create(settings).orElseThrow(() -> exists(settings.name()));
        return RestResponse.ResponseBuilder.<PipelineView>create(RestResponse.Status.CREATED)
                .header(HttpHeaders.LOCATION, "/api/v1/pipelines/" + made.id())
                .entity(PipelineView.of(made))
                .build();
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listPipelines",
            summary = "List pipelines",
            description = "In the order of their ids, a page at a time; name finds one.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = PipelineView.Page.class)))
    public PipelineView.Page list(
            @RestQuery @Nullable String name, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var paging = Paging.of(limit, cursor, 0L, Long::valueOf);
        String wanted = name == null || name.isEmpty() ? null : name;
        var page =
                paging.cut(pipelines.list(paging.after(), wanted, paging.oneMore()), last -> Long.toString(last.id()));
        return new PipelineView.Page(page.items().stream().map(PipelineView::of).toList(), page.nextCursor());
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getPipeline", summary = "Look at a pipeline")
    @APIResponse(
            responseCode = "200",
            description = "The pipeline",
            content = @Content(schema = @Schema(implementation = PipelineView.class)))
    @APIResponse(
            responseCode = "404",
            description = "pipeline_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public PipelineView get(@RestPath String id) {
        return PipelineView.of(find(id));
    }

    @PATCH
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(
            operationId = "changePipeline",
            summary = "Change what is expected of a pipeline",
            description = "A field that is absent stays; null takes an expectation back.")
    @APIResponse(
            responseCode = "200",
            description = "The pipeline",
            content = @Content(schema = @Schema(implementation = PipelineView.class)))
    @APIResponse(
            responseCode = "409",
            description = "pipeline_exists",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public PipelineView change(@RestPath String id, Body body) {
        Pipeline before = find(id);
        Pipeline.Settings settings = PipelineRequests.changedPipeline(body, before.settings());
        return PipelineView.of(pipelines.update(before.id(), settings).orElseThrow(() -> exists(settings.name())));
    }

    @POST
    @Path("/{id}/executions")
    @RunOnVirtualThread
    @Operation(
            operationId = "beginExecution",
            summary = "Begin an execution of a pipeline",
            description =
                    "Body: parent_id, the execution that has started this one, and started_at, if it was not now; or none. The job that enters it into the hierarchy is submitted with it.")
    @APIResponse(
            responseCode = "201",
            description = "The execution; Location has its address",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    @APIResponse(
            responseCode = "404",
            description = "pipeline_not_found, unknown_task",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<ExecutionView> begin(@RestPath String id, Body body) {
        long pipelineId = pipelineId(id);
        var asked = PipelineRequests.newExecution(body, clock.instant());
        return switch (executions.begin(pipelineId, asked.parentId(), asked.startedAt())) {
            case Begun.Execution(var execution) ->
                RestResponse.ResponseBuilder.<ExecutionView>create(RestResponse.Status.CREATED)
                        .header(HttpHeaders.LOCATION, "/api/v1/pipelines/executions/" + execution.id())
                        .entity(ExecutionView.of(execution))
                        .build();
            case Begun.NoPipeline _ -> throw notFound(id);
            case Begun.NoParent _ -> throw Problem.invalid("parent_id", "must be the id of an execution");
            case Begun.TooDeep _ ->
                throw Problem.invalid(
                        "parent_id", "has " + ExecutionStore.MAX_DEPTH + " executions above it, and no more may be");
        };
    }

    @GET
    @Path("/{id}/executions")
    @RunOnVirtualThread
    @Operation(
            operationId = "listExecutions",
            summary = "List executions of a pipeline",
            description = "The newest first, a page at a time; status takes several, separated by commas.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = ExecutionView.Page.class)))
    public ExecutionView.Page executions(
            @RestPath String id,
            @RestQuery @Nullable String status,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        List<ExecutionStatus> statuses =
                QueryParams.values("status", status, ExecutionStatus::of, "is not a status", errors);
        QueryParams.refuse(errors);
        var paging = Paging.of(limit, cursor, Long.MAX_VALUE, Long::valueOf);
        var page = paging.cut(
                executions.of(find(id).id(), paging.after(), statuses, paging.oneMore()),
                last -> Long.toString(last.id()));
        return new ExecutionView.Page(
                page.items().stream().map(ExecutionView::of).toList(), page.nextCursor());
    }

    @GET
    @Path("/{id}/anomalies")
    @RunOnVirtualThread
    @Operation(
            operationId = "listAnomalies",
            summary = "Anomalies found in executions of a pipeline",
            description = "Those of the newest execution first, a page at a time; metric and execution_id narrow.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = AnomalyView.Page.class)))
    public AnomalyView.Page anomalies(
            @RestPath String id,
            @RestQuery @Nullable String metric,
            @RestQuery("execution_id") @Nullable String executionId,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        Long only = executionId == null || executionId.isEmpty()
                ? null
                : Ids.number(executionId)
                        .orElseThrow(() -> Problem.invalid("execution_id", "must be the id of an execution"));
        var paging = Paging.of(limit, cursor, BEGINNING, PipelineResource::place);
        var page = paging.cut(
                anomalies.of(
                        find(id).id(),
                        paging.after().equals(BEGINNING) ? null : paging.after(),
                        metric == null || metric.isEmpty() ? null : metric,
                        only,
                        paging.oneMore()),
                PipelineResource::place);
        return new AnomalyView.Page(page.items().stream().map(AnomalyView::of).toList(), page.nextCursor());
    }

    private static final AnomalyStore.Place BEGINNING = new AnomalyStore.Place(Long.MAX_VALUE, "");

    private static String place(Anomaly anomaly) {
        return anomaly.executionId() + " " + anomaly.metric();
    }

    private static AnomalyStore.Place place(String text) {
        int space = text.indexOf(' ');
        if (space < 1) {
            throw new IllegalArgumentException("no place");
        }
        return new AnomalyStore.Place(Long.parseLong(text.substring(0, space)), text.substring(space + 1));
    }

    private Pipeline find(String id) {
        return Ids.number(id).flatMap(pipelines::get).orElseThrow(() -> notFound(id));
    }

    private static long pipelineId(String id) {
        return Ids.number(id).orElseThrow(() -> notFound(id));
    }

    private static Problem notFound(String id) {
        return Problem.of(ProblemCode.PIPELINE_NOT_FOUND, "There is no pipeline '" + id + "'.");
    }

    private static Problem exists(String name) {
        return Problem.of(
                ProblemCode.PIPELINE_EXISTS,
                List.of(new FieldError("name", "is that of another pipeline: '" + name + "'")));
    }
}
