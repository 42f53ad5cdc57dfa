package io.millrace.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.Followed;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.queue.Hint;
import io.millrace.store.ControlStore;
import io.millrace.store.Dispatched;
import io.millrace.store.JobQueries;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
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
import org.jboss.resteasy.reactive.RestResponse;

/** What people do to jobs after they were accepted: revoke, run again. */
@Path("/api/v1/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class JobControlResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final int REPLAY_LIMIT = 1_000;
    private static final int MAX_REPLAY_LIMIT = 10_000;
    private static final JobEvent.Cause ON_REQUEST = new JobEvent.Cause("revoked", "Revoked", "revoked on request");

    private final ControlStore control;
    private final JobQueries queries;
    private final OtherArgs otherArgs;
    private final Followed followed;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Clock clock;

    JobControlResource(
            ControlStore control,
            JobQueries queries,
            OtherArgs otherArgs,
            Followed followed,
            HintEmitter hints,
            EventEmitter events,
            Clock clock) {
        this.control = control;
        this.queries = queries;
        this.otherArgs = otherArgs;
        this.followed = followed;
        this.hints = hints;
        this.events = events;
        this.clock = clock;
    }

    /** Body: {@code {"terminate": false}}, or none. */
    @POST
    @Path("/{id}/revoke")
    @RunOnVirtualThread
    @Operation(
            operationId = "revokeJob",
            summary = "Revoke a job",
            description =
                    "One that waits ends at once. One that runs ends within a second with terminate; without, it may finish, but does not run again.")
    @APIResponse(
            responseCode = "200",
            description = "The job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_already_finished",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public JobView revoke(@RestPath String id, Body body) {
        ObjectNode asked = JsonFields.object(body, Set.of("terminate"));
        boolean terminate = JsonFields.isTrue(asked, "terminate");
        Job job = find(id);
        if (!control.revoke(job.id(), terminate)) {
            throw Problem.of(ProblemCode.JOB_ALREADY_FINISHED, "Job " + id + " is " + find(id).state() + ".");
        }
        Job now = find(id);
        // A job that runs on without terminate is not revoked yet, and may never be.
        if (now.state() == JobState.REVOKED) {
            events.emit(JobEvent.revoked(Subject.of(now), ON_REQUEST, clock.instant()));
            if (job.batchId() != null) {
                followed.ended(List.of(job.id()));
            }
        }
        return JobView.of(now, clock.instant());
    }

    /** Body: {@code {"args": {…}}} or {@code {"args_patch": {…}}}, or none. */
    @POST
    @Path("/{id}/retry")
    @RunOnVirtualThread
    @Operation(
            operationId = "retryJob",
            summary = "Let a failed or revoked job run again",
            description =
                    "With a fresh count of retries. Other arguments are given as args, or only some of them as args_patch, whose members take the place of those of the same name.")
    @APIResponse(
            responseCode = "202",
            description = "The job",
            content = @Content(schema = @Schema(implementation = JobView.class)))
    @APIResponse(
            responseCode = "409",
            description = "job_not_failed",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<JobView> retry(@RestPath String id, Body body) {
        ObjectNode asked = JsonFields.object(body, Set.of("args", "args_patch"));
        Job job = find(id);
        Hint hint = control.runAgain(job.id(), OtherArgs.asked(asked), otherArgs)
                .orElseThrow(
                        () -> Problem.of(ProblemCode.JOB_NOT_FAILED, "Job " + id + " is " + job.reportedState() + "."));
        events.emit(JobEvent.replayed(Subject.of(job), clock.instant()));
        hints.emit(List.of(hint));
        return RestResponse.status(RestResponse.Status.ACCEPTED, JobView.of(find(id), clock.instant()));
    }

    /** How many jobs will run again. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Replayed")
    public record Replayed(int replayed) {}

    /**
     * Body: {@code {"filter": {"task": "…", "queue": "…", …}, "limit": n}}; the filter is that of the listing. With
     * {@code args} or {@code args_patch} as for one job: none runs again if the arguments of one do not fit its task.
     */
    @POST
    @Path("/replay")
    @RunOnVirtualThread
    @Operation(
            operationId = "replayJobs",
            summary = "Let failed and revoked jobs run again",
            description =
                    "The oldest first, up to limit (1,000 by default, at most 10,000). The filter is that of the listing. With args or args_patch, their arguments are changed as for one job; if those of one do not fit its task, none runs again.")
    @APIResponse(
            responseCode = "200",
            description = "How many",
            content = @Content(schema = @Schema(implementation = Replayed.class)))
    public Replayed replay(Body body) {
        ObjectNode asked = JsonFields.object(body, Set.of("filter", "limit", "args", "args_patch"));
        JsonNode limit = asked.path("limit");
        int most = limit.isMissingNode() || limit.isNull() ? REPLAY_LIMIT : limit.asInt(0);
        if (most < 1 || most > MAX_REPLAY_LIMIT) {
            throw Problem.invalid("limit", "must be from 1 to " + MAX_REPLAY_LIMIT);
        }
        List<Dispatched> again = control.replay(
                Callers.within(
                        Callers.current(),
                        JobListing.of(asked.path("filter")).query().filter()),
                most,
                OtherArgs.asked(asked),
                otherArgs);
        Instant now = clock.instant();
        events.emit(again, each -> JobEvent.replayed(each.subject(), now));
        hints.emit(again.stream().map(Dispatched::hint).toList());
        return new Replayed(again.size());
    }

    private Job find(String id) {
        return JobResource.find(queries, id);
    }
}
