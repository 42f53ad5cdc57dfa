package io.millrace.api.pipeline;

import io.millrace.api.body.Body;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.pipeline.Alarms;
import io.millrace.pipeline.ExecutionStatus;
import io.millrace.pipeline.PipelineExecution;
import io.millrace.store.ExecutionStore;
import io.millrace.store.ExecutionStore.Changed;
import io.millrace.store.PipelineAlarms;
import io.millrace.store.PipelineStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Executions of pipelines: what they tell, and which have started which. */
@Path("/api/v1/pipelines")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Pipelines")
public class ExecutionResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final ExecutionStore executions;
    private final PipelineStore pipelines;
    private final PipelineAlarms alarms;
    private final Clock clock;

    ExecutionResource(ExecutionStore executions, PipelineStore pipelines, PipelineAlarms alarms, Clock clock) {
        this.executions = executions;
        this.pipelines = pipelines;
        this.alarms = alarms;
        this.clock = clock;
    }

    @GET
    @Path("/executions/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getExecution", summary = "Look at an execution")
    @APIResponse(
            responseCode = "200",
            description = "The execution",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    @APIResponse(
            responseCode = "404",
            description = "execution_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public ExecutionView get(@RestPath String id) {
        return ExecutionView.of(find(id));
    }

    @PATCH
    @Path("/executions/{id}")
    @RunOnVirtualThread
    @Operation(
            operationId = "changeExecution",
            summary = "Tell what an execution has done",
            description =
                    "Body: status running, success or failed; metrics, numbers by name, which add to those told before; error; finished_at, if it was not now. A success submits detect_anomalies_task in the same transaction. The same again changes nothing.")
    @APIResponse(
            responseCode = "200",
            description = "The execution",
            content = @Content(schema = @Schema(implementation = ExecutionView.class)))
    @APIResponse(
            responseCode = "404",
            description = "execution_not_found, unknown_task",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "execution_already_finished",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public ExecutionView change(@RestPath String id, Body body) {
        Instant now = clock.instant();
        var change = PipelineRequests.executionChange(body, now);
        long known = Ids.number(id).orElseThrow(() -> notFound(id));
        return ExecutionView.of(
                switch (executions.change(known, change, now)) {
                    case Changed.Execution(var execution) -> told(execution, now);
                    case Changed.ToldBefore(var execution) -> execution;
                    case Changed.NoExecution _ -> throw notFound(id);
                    case Changed.Ended(var execution) ->
                        throw Problem.of(
                                ProblemCode.EXECUTION_ALREADY_FINISHED,
                                "Execution " + id + " is " + execution.status().wireName() + " since "
                                        + execution.finishedAt() + ".");
                    case Changed.EndsBeforeStart(var execution) ->
                        throw Problem.invalid(
                                "finished_at", "must not be before the execution began, " + execution.startedAt());
                });
    }

    private PipelineExecution told(PipelineExecution execution, Instant now) {
        if (execution.status() == ExecutionStatus.FAILED) {
            String pipeline = pipelines
                    .get(execution.pipelineId())
                    .map(found -> found.settings().name())
                    .orElse(Long.toString(execution.pipelineId()));
            alarms.tell(Alarms.failed(pipeline, execution, now));
        }
        return execution;
    }

    @GET
    @Path("/executions/{id}/descendants")
    @RunOnVirtualThread
    @Operation(
            operationId = "listExecutionDescendants",
            summary = "Executions below one",
            description = "The nearest first, a page at a time. An execution is here once its closure_job_id has run.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = ExecutionView.Descendants.class)))
    public ExecutionView.Descendants descendants(
            @RestPath String id, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var paging = paging(limit, cursor);
        var page = paging.cut(
                executions.descendants(
                        find(id).id(), paging.after().depth(), paging.after().id(), paging.oneMore()),
                ExecutionResource::place);
        return new ExecutionView.Descendants(
                page.items().stream().map(ExecutionView.Relative::of).toList(), page.nextCursor());
    }

    @GET
    @Path("/executions/{id}/ancestors")
    @RunOnVirtualThread
    @Operation(
            operationId = "listExecutionAncestors",
            summary = "Executions above one",
            description = "The nearest first, a page at a time.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = ExecutionView.Ancestors.class)))
    public ExecutionView.Ancestors ancestors(
            @RestPath String id, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var paging = paging(limit, cursor);
        var page = paging.cut(
                executions.ancestors(
                        find(id).id(), paging.after().depth(), paging.after().id(), paging.oneMore()),
                ExecutionResource::place);
        return new ExecutionView.Ancestors(
                page.items().stream().map(ExecutionView.Relative::of).toList(), page.nextCursor());
    }

    private record Place(int depth, long id) {}

    private static Paging<Place> paging(@Nullable String limit, @Nullable String cursor) {
        return Paging.of(limit, cursor, new Place(0, 0), text -> {
            long[] numbers = Paging.numbers(text, 2);
            return new Place(Paging.distance(numbers[0]), numbers[1]);
        });
    }

    private static String place(ExecutionStore.Relative relative) {
        return Paging.place(relative.distance(), relative.execution().id());
    }

    private PipelineExecution find(String id) {
        return Ids.number(id).flatMap(executions::get).orElseThrow(() -> notFound(id));
    }

    private static Problem notFound(String id) {
        return Problem.of(ProblemCode.EXECUTION_NOT_FOUND, "There is no execution '" + id + "'.");
    }
}
