package io.millrace.api.fleet;

import io.millrace.api.body.Body;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.Queues;
import io.millrace.store.FleetStore;
import io.millrace.store.WorkerStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

/** The workers that are there, and what people ask of them. */
@Path("/api/v1/workers")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Workers")
public class WorkerResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final double LONGEST_PING_SECONDS = 5;

    private final WorkerStore store;
    private final FleetStore fleet;
    private final Pings pings;
    private final Queues queues;
    private final FleetConfig config;
    private final Clock clock;

    WorkerResource(WorkerStore store, FleetStore fleet, Pings pings, Queues queues, FleetConfig config, Clock clock) {
        this.store = store;
        this.fleet = fleet;
        this.pings = pings;
        this.queues = queues;
        this.config = config;
        this.clock = clock;
    }

    @GET
    @RunOnVirtualThread
    @Operation(operationId = "listWorkers", summary = "List the workers", description = "The living first.")
    public List<WorkerView> list() {
        Instant now = clock.instant();
        return store.all().stream().map(worker -> WorkerView.of(worker, now)).toList();
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(operationId = "getWorker", summary = "Look at a worker")
    @APIResponse(
            responseCode = "200",
            description = "The worker",
            content = @Content(schema = @Schema(implementation = WorkerView.class)))
    @APIResponse(
            responseCode = "404",
            description = "worker_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public WorkerView get(@RestPath String id) {
        return store.get(id)
                .map(worker -> WorkerView.of(worker, clock.instant()))
                .orElseThrow(() -> Problem.of(ProblemCode.WORKER_NOT_FOUND, "There is no worker '" + id + "'."));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RunOnVirtualThread
    @Operation(
            operationId = "changeWorker",
            summary = "Change a worker's pool or its queues",
            description =
                    "Body: concurrency, or autoscale with max and min; queues, all that it shall receive from. What runs goes on. The answer shows as wanted what is not in force yet; it is within a second or two, or when runs have left the slots that go.")
    @APIResponse(
            responseCode = "200",
            description = "The worker",
            content = @Content(schema = @Schema(implementation = WorkerView.class)))
    @APIResponse(
            responseCode = "404",
            description = "worker_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "worker_not_alive",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public WorkerView change(@RestPath String id, Body body) {
        WorkerPatch patch = WorkerPatch.of(body.bytes(), queues.names(), config.maxConcurrency());
        if (!fleet.wish(id, patch.slots(), patch.queues())) {
            throw notAlive(id);
        }
        return get(id);
    }

    @POST
    @Path("/{id}/shutdown")
    @RunOnVirtualThread
    @Operation(
            operationId = "shutDownWorker",
            summary = "Have a worker drain and end",
            description =
                    "It receives no more, lets its runs finish for as long as it would after SIGTERM, gives back the rest, and ends with exit code 0. Whatever keeps workers running, such as a Deployment, starts another.")
    @APIResponse(
            responseCode = "202",
            description = "The worker",
            content = @Content(schema = @Schema(implementation = WorkerView.class)))
    @APIResponse(
            responseCode = "404",
            description = "worker_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "409",
            description = "worker_not_alive",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<WorkerView> shutDown(@RestPath String id) {
        if (!fleet.shutDown(id)) {
            throw notAlive(id);
        }
        return RestResponse.status(RestResponse.Status.ACCEPTED, get(id));
    }

    @POST
    @Path("/ping")
    @RunOnVirtualThread
    @Operation(
            operationId = "pingWorkers",
            summary = "Ask all workers for a sign",
            description =
                    "Waits until all that should be there have answered, but not longer than timeout seconds: 2 if not said, 5 at most.")
    @APIResponse(
            responseCode = "200",
            description = "Who has answered",
            content = @Content(schema = @Schema(implementation = PingView.class)))
    public PingView ping(@RestQuery @Nullable String timeout) {
        return pings.ask(patience(timeout));
    }

    private static Duration patience(@Nullable String timeout) {
        try {
            double seconds = timeout == null ? 2 : Double.parseDouble(timeout);
            if (seconds >= 0 && seconds <= LONGEST_PING_SECONDS) {
                return Duration.ofMillis(Math.round(seconds * 1000));
            }
        } catch (NumberFormatException e) {
            // Told below, with the bounds.
        }
        throw Problem.invalid("timeout", "must be seconds from 0 to 5");
    }

    /** Why nothing can be asked of this worker: there is none, or it is on its way out. */
    private Problem notAlive(String id) {
        WorkerView worker = get(id);
        String state = worker.wanted() != null && worker.wanted().shutdown()
                ? "shutting down"
                : worker.state().name();
        return Problem.of(ProblemCode.WORKER_NOT_ALIVE, "Worker " + id + " is " + state + ".");
    }
}
