package io.millrace.api.task;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.Queues;
import io.millrace.store.TaskStore;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
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
    private final Precedence precedence;
    private final Queues queues;

    TaskResource(TaskStore store, Precedence precedence, Queues queues) {
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
        return store.all().stream().map(this::view).toList();
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
                .map(this::view)
                .orElseThrow(
                        () -> Problem.of(ProblemCode.UNKNOWN_TASK, "No worker has registered a task '" + name + "'."));
    }

    private TaskView view(TaskDefinition task) {
        // A worker with other queues may have registered it.
        int queuePriority = queues.names().contains(task.queue()) ? queues.priorityOf(task.queue()) : task.priority();
        return TaskView.of(task, precedence.of(task, task.queue(), queuePriority));
    }
}
