package io.millrace.api.schedule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.api.args.ArgsSchema;
import io.millrace.api.body.Body;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.Queues;
import io.millrace.schedule.Schedule;
import io.millrace.schedule.ScheduleStatus;
import io.millrace.store.ScheduleStore;
import io.millrace.store.TaskStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Jobs that recur. */
@Path("/api/v1/schedules")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Schedules")
public class ScheduleResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    /** Behind every tick there is. */
    private static final Duration BEYOND = Duration.ofDays(1);

    private final ScheduleStore store;
    private final TaskStore tasks;
    private final Queues queues;
    private final Clock clock;

    ScheduleResource(ScheduleStore store, TaskStore tasks, Queues queues, Clock clock) {
        this.store = store;
        this.tasks = tasks;
        this.queues = queues;
        this.clock = clock;
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listSchedules",
            summary = "List the schedules",
            description = "By name, a page at a time.")
    public SchedulePage list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int most = QueryParams.limit(limit, errors);
        String after = QueryParams.after(cursor, Function.identity(), errors);
        QueryParams.refuse(errors);
        List<ScheduleStatus> found = store.list(after == null ? "" : after, most + 1);
        List<ScheduleStatus> page = found.size() > most ? found.subList(0, most) : found;
        Instant now = clock.instant();
        return new SchedulePage(
                page.stream().map(status -> ScheduleView.of(status, now)).toList(),
                found.size() > most
                        ? QueryParams.cursor(page.getLast().schedule().name())
                        : null);
    }

    @POST
    @RunOnVirtualThread
    @Operation(operationId = "createSchedule", summary = "Make a schedule")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ScheduleRequest.class)))
    @APIResponse(
            responseCode = "201",
            description = "Made; Location has its address",
            content = @Content(schema = @Schema(implementation = ScheduleView.class)))
    @APIResponse(
            responseCode = "404",
            description = "unknown_task, queue_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "schedule_exists",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field, invalid_args",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<ScheduleView> create(Body body) {
        Instant now = clock.instant();
        Schedule schedule = ScheduleReader.read(body.bytes(), null, null, now);
        check(schedule, null);
        if (!store.create(schedule, now)) {
            throw Problem.of(
                    ProblemCode.SCHEDULE_EXISTS,
                    "There is a schedule '" + schedule.name() + "' already; PUT changes it.");
        }
        return created(schedule.name());
    }

    @GET
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(operationId = "getSchedule", summary = "Look at a schedule")
    @APIResponse(
            responseCode = "200",
            description = "The schedule, with its next five fire times",
            content = @Content(schema = @Schema(implementation = ScheduleView.class)))
    @APIResponse(
            responseCode = "404",
            description = "schedule_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public ScheduleView get(@RestPath String name) {
        return ScheduleView.of(find(name), clock.instant());
    }

    @PUT
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(
            operationId = "putSchedule",
            summary = "Make a schedule, or change the one of this name",
            description = "The body is the whole schedule, as a GET has shown it or without what only a GET shows.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ScheduleRequest.class)))
    @APIResponse(
            responseCode = "200",
            description = "Changed; 201 if there was none",
            content = @Content(schema = @Schema(implementation = ScheduleView.class)))
    public RestResponse<ScheduleView> put(@RestPath String name, Body body) {
        Instant now = clock.instant();
        Schedule before = store.get(name).map(ScheduleStatus::schedule).orElse(null);
        Schedule schedule = ScheduleReader.read(body.bytes(), name, before, now);
        check(schedule, before);
        return store.put(schedule, now) ? created(name) : RestResponse.ok(get(name));
    }

    /** Body: {@code {"enabled": false}}. */
    @PATCH
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(
            operationId = "enableSchedule",
            summary = "Pause a schedule or let it go on",
            description = "Body: {\"enabled\": false}. Ticks of a pause are not made up for.")
    public ScheduleView enable(@RestPath String name, Body body) {
        boolean enabled = ScheduleReader.readEnabled(body.bytes());
        Schedule schedule = find(name).schedule();
        if (!store.enable(schedule, enabled, clock.instant())) {
            throw notFound(name);
        }
        return get(name);
    }

    @DELETE
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(
            operationId = "deleteSchedule",
            summary = "Delete a schedule and the history of its ticks",
            description = "Its jobs stay. One that is declared in configuration comes back when a scheduler starts.")
    @APIResponse(responseCode = "204", description = "Deleted")
    public void delete(@RestPath String name) {
        if (!store.delete(name)) {
            throw notFound(name);
        }
    }

    @GET
    @Path("/{name}/firings")
    @RunOnVirtualThread
    @Operation(
            operationId = "listFirings",
            summary = "What became of a schedule's ticks",
            description = "The newest first, a page at a time. Of a long outage only the newest ticks are listed.")
    public FiringPage firings(
            @RestPath String name, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int most = QueryParams.limit(limit, errors);
        Instant after = QueryParams.after(cursor, Instant::parse, errors);
        QueryParams.refuse(errors);
        find(name);
        var found = store.firings(name, after == null ? clock.instant().plus(BEYOND) : after, most + 1);
        var page = found.size() > most ? found.subList(0, most) : found;
        return new FiringPage(
                page.stream().map(FiringPage.FiringView::of).toList(),
                found.size() > most
                        ? QueryParams.cursor(page.getLast().fireTime().toString())
                        : null);
    }

    /** What only the store and the configuration can tell. */
    private void check(Schedule schedule, @Nullable Schedule before) {
        String queue = schedule.queue();
        if (queue != null && !queues.names().contains(queue)) {
            throw Problem.of(ProblemCode.QUEUE_NOT_FOUND, "There is no queue '" + queue + "'.");
        }
        var task = tasks.named(List.of(schedule.task())).stream().findFirst();
        if (task.isEmpty()) {
            // A declared schedule may wait for its task, and may be changed meanwhile.
            if (before != null && before.task().equals(schedule.task())) {
                return;
            }
            throw Problem.of(ProblemCode.UNKNOWN_TASK, "No worker has registered a task '" + schedule.task() + "'.");
        }
        var errors = new ArrayList<FieldError>();
        try {
            ArgsSchema.of(schedule.task(), task.get().argsSchema()).check(JSON.readTree(schedule.args()), errors);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("arguments were JSON a moment ago", e);
        }
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_ARGS, errors);
        }
    }

    private RestResponse<ScheduleView> created(String name) {
        return RestResponse.ResponseBuilder.<ScheduleView>create(RestResponse.Status.CREATED)
                .header(HttpHeaders.LOCATION, "/api/v1/schedules/" + name)
                .entity(get(name))
                .build();
    }

    private ScheduleStatus find(String name) {
        return store.get(name).orElseThrow(() -> notFound(name));
    }

    private static Problem notFound(String name) {
        return Problem.of(ProblemCode.SCHEDULE_NOT_FOUND, "There is no schedule '" + name + "'.");
    }
}
