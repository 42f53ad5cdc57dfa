package io.millrace.api.task;

import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.body.LimitChanges;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.Queues;
import io.millrace.limit.LimitName;
import io.millrace.limit.Limits;
import io.millrace.store.LimitStore;
import io.millrace.store.TaskStore;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** The kinds of work there are. */
@Path("/api/v1/tasks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Tasks")
public class TaskResource {

    private final TaskStore store;
    private final LimitStore limits;
    private final Precedence precedence;
    private final Queues queues;

    TaskResource(TaskStore store, LimitStore limits, Precedence precedence, Queues queues) {
        this.limits = limits;
        this.store = store;
        this.precedence = precedence;
        this.queues = queues;
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listTasks",
            summary = "List the tasks that workers have registered",
            description = "With their defaults and the JSON Schema of their arguments.")
    public List<TaskView> list() {
        var inForce = limits.inForce();
        return store.all().stream().map(task -> view(task, inForce)).toList();
    }

    @GET
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(operationId = "getTask", summary = "Look at a task")
    @APIResponse(
            responseCode = "200",
            description = "The task",
            content = @Content(schema = @Schema(implementation = TaskView.class)))
    @APIResponse(
            responseCode = "404",
            description = "unknown_task",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public TaskView get(@RestPath String name) {
        return store.all().stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .map(task -> view(task, limits.inForce()))
                .orElseThrow(
                        () -> Problem.of(ProblemCode.UNKNOWN_TASK, "No worker has registered a task '" + name + "'."));
    }

    private TaskView view(TaskDefinition task, Limits inForce) {
        // A worker with other queues may have registered it.
        int queuePriority = queues.names().contains(task.queue()) ? queues.priorityOf(task.queue()) : task.priority();
        return TaskView.of(
                task,
                precedence.of(task, task.queue(), queuePriority),
                inForce.limit(new LimitName(LimitName.Scope.TASK, task.name())));
    }

    /** Body: any of {@code rate_limit}, {@code max_concurrency} and {@code priority}. */
    @PATCH
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(
            operationId = "changeTask",
            summary = "Change the limits and the priority of a task",
            description =
                    "As with a queue. What is set here stays when workers register the task again; null goes back to what its code says.")
    @APIResponse(
            responseCode = "200",
            description = "The task",
            content = @Content(schema = @Schema(implementation = TaskView.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public TaskView change(@RestPath String name, Body body) {
        get(name);
        var asked = JsonFields.object(body, Set.of("rate_limit", "max_concurrency", "priority"));
        var change = LimitChanges.read(asked);
        if (asked.has("priority")) {
            store.setPriority(name, LimitChanges.priority(asked));
        }
        limits.set(new LimitName(LimitName.Scope.TASK, name), change);
        return get(name);
    }
}
