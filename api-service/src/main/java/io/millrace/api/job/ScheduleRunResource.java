package io.millrace.api.job;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.store.ScheduleStore;
import io.millrace.store.ScheduleStore.RunNow;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/** One more way to submit a job: what a schedule would, now. */
@Path("/api/v1/schedules")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Schedules")
public class ScheduleRunResource {

    private final ScheduleStore schedules;
    private final HintEmitter hints;
    private final EventEmitter events;

    ScheduleRunResource(ScheduleStore schedules, HintEmitter hints, EventEmitter events) {
        this.schedules = schedules;
        this.hints = hints;
        this.events = events;
    }

    @POST
    @Path("/{name}/run")
    @RunOnVirtualThread
    @Operation(
            operationId = "runSchedule",
            summary = "Run a schedule now",
            description =
                    "Whether or not it is enabled and its previous job still runs. Its fire times stay as they are.")
    @APIResponse(
            responseCode = "202",
            description = "The job; Location has its address",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "404",
            description = "schedule_not_found, unknown_task",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<JobView> run(@RestPath String name) {
        return switch (schedules.runNow(name)) {
            case RunNow.Submitted(var job, var hint) -> {
                events.emit(JobEvent.submitted(job));
                hints.emit(List.of(hint));
                yield RestResponse.ResponseBuilder.<JobView>create(RestResponse.Status.ACCEPTED)
                        .header(HttpHeaders.LOCATION, "/api/v1/jobs/" + job.id())
                        .entity(JobView.of(job))
                        .build();
            }
            case RunNow.NoSchedule _ ->
                throw Problem.of(ProblemCode.SCHEDULE_NOT_FOUND, "There is no schedule '" + name + "'.");
            case RunNow.NoTask(var task) ->
                throw Problem.of(ProblemCode.UNKNOWN_TASK, "No worker has registered a task '" + task + "'.");
        };
    }
}
