package io.millrace.api.queue;

import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.body.LimitChanges;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.Followed;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.limit.LimitName;
import io.millrace.queue.QueueStatus;
import io.millrace.store.ControlStore;
import io.millrace.store.LimitStore;
import io.millrace.store.QueueStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Queues and how they stand. */
@Path("/api/v1/queues")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queues")
public class QueueResource {

    private static final int RESUMED_AT_ONCE = 10_000;
    private static final int PURGE_STEP = 1_000;
    private static final JobEvent.Cause PURGED = new JobEvent.Cause("purged", "Revoked", "its queue was purged");

    private final QueueStore store;
    private final LimitStore limits;
    private final ControlStore control;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Followed followed;
    private final Clock clock;

    QueueResource(
            QueueStore store,
            LimitStore limits,
            ControlStore control,
            HintEmitter hints,
            EventEmitter events,
            Followed followed,
            Clock clock) {
        this.limits = limits;
        this.store = store;
        this.control = control;
        this.hints = hints;
        this.events = events;
        this.followed = followed;
        this.clock = clock;
    }

    @GET
    @RunOnVirtualThread
    @Operation(operationId = "listQueues", summary = "List the queues and how they stand")
    public List<QueueView> list() {
        return store.status().stream().map(this::view).toList();
    }

    @GET
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(operationId = "getQueue", summary = "Look at a queue")
    @APIResponse(
            responseCode = "200",
            description = "The queue",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    @APIResponse(
            responseCode = "404",
            description = "queue_not_found",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public QueueView get(@RestPath String name) {
        return store.status().stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .map(this::view)
                .orElseThrow(() -> Problem.of(ProblemCode.QUEUE_NOT_FOUND, "There is no queue '" + name + "'."));
    }

    @POST
    @Path("/{name}/pause")
    @RunOnVirtualThread
    @Operation(
            operationId = "pauseQueue",
            summary = "Pause a queue",
            description = "None of its jobs starts any more. What runs goes on, what is submitted waits.")
    public QueueView pause(@RestPath String name) {
        return paused(name, true);
    }

    @POST
    @Path("/{name}/resume")
    @RunOnVirtualThread
    @Operation(operationId = "resumeQueue", summary = "Resume a paused queue")
    public QueueView resume(@RestPath String name) {
        QueueView view = paused(name, false);
        // Hints that came while it was paused have been used up. The sweep finds those beyond the bound.
        hints.emit(control.waitingOf(name, RESUMED_AT_ONCE));
        return view;
    }

    /** Body: any of {@code rate_limit}, {@code max_concurrency} and {@code priority}. */
    @PATCH
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(
            operationId = "changeQueue",
            summary = "Change the limits and the priority of a queue",
            description =
                    "rate_limit is such as 15/s or 15/s,1000/h, none for no limit; max_concurrency is how many may run at once, 0 for no limit; null goes back to what is declared. Limits hold over all workers and are in force within a second. The priority is for jobs submitted from now on.")
    @APIResponse(
            responseCode = "200",
            description = "The queue",
            content = @Content(schema = @Schema(implementation = QueueView.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public QueueView change(@RestPath String name, Body body) {
        get(name);
        var asked = JsonFields.object(body, Set.of("rate_limit", "max_concurrency", "priority"));
        var change = LimitChanges.read(asked);
        Integer priority = LimitChanges.priority(asked);
        if (priority != null) {
            store.setPriority(name, priority);
        }
        limits.set(new LimitName(LimitName.Scope.QUEUE, name), change);
        return get(name);
    }

    /** How many jobs were revoked. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Purged")
    public record Purged(int purged) {}

    @POST
    @Path("/{name}/purge")
    @RunOnVirtualThread
    @Operation(operationId = "purgeQueue", summary = "Revoke every job of a queue that is due and waits")
    public Purged purge(@RestPath String name) {
        get(name);
        int purged = 0;
        while (true) {
            List<Subject> step = control.purge(name, PURGE_STEP);
            if (step.isEmpty()) {
                return new Purged(purged);
            }
            Instant now = clock.instant();
            events.emit(step, job -> JobEvent.revoked(job, PURGED, now));
            followed.ended(step.stream()
                    .filter(job -> job.batchId() != null)
                    .map(Subject::jobId)
                    .toList());
            purged += step.size();
        }
    }

    private QueueView paused(String name, boolean paused) {
        if (!control.pause(name, paused)) {
            throw Problem.of(ProblemCode.QUEUE_NOT_FOUND, "There is no queue '" + name + "'.");
        }
        return get(name);
    }

    private QueueView view(QueueStatus queue) {
        // Where nothing waits, nothing is old: the question would read the table for no answer.
        double oldest =
                queue.depth() == 0 ? 0 : store.oldestAgeSeconds(queue.name()).orElse(queue.oldestAgeSeconds());
        return QueueView.of(queue, oldest);
    }
}
