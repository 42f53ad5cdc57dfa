package io.millrace.api.job;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.JobState;
import io.millrace.limit.Limit;
import io.millrace.waiting.Reason;
import io.millrace.waiting.Waiting;
import io.millrace.waiting.Waiting.Standing;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Why a job is not running, as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Why")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Why(
        UUID jobId,
        JobState state,

        @Schema(description = "The first is the one to do something about")
        List<Because> because) {

    /** One reason. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Because")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Because(
            @Schema(
                    description = "A stable word",
                    enumeration = {
                        "finished",
                        "running",
                        "revoked",
                        "not_due",
                        "waits_for_retry",
                        "waits_for_parents",
                        "expired",
                        "queue_paused",
                        "no_worker",
                        "task_unknown",
                        "throttled",
                        "no_slot",
                        "in_line",
                        "hint_lost",
                        "starting"
                    })
            String code,

            @Schema(description = "For a person") String message,

            @Schema(description = "When it is over, where that is known") @Nullable
            Instant until,

            @Schema(description = "How many jobs of its queue are due and wait, this one included") @Nullable
            Long waiting,

            @Schema(description = "How many of them go before it; not counted beyond 1,000") @Nullable
            Integer ahead,

            @Schema(description = "What it is throttled by") @Nullable
            List<By> limits,

            @Schema(description = "Some of the jobs that it waits for, at most 20") @Nullable
            List<For> parents) {

        private Because(String code, String message) {
            this(code, message, null, null, null, null, null);
        }

        private Because until(@Nullable Instant time) {
            return new Because(code, message, time, waiting, ahead, limits, parents);
        }

        private Because inLine(int before, long many) {
            return new Because(code, message, until, many, before, limits, parents);
        }
    }

    /** A limit and how it stands. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "ThrottledBy")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record By(
            @Schema(description = "task, queue or key") String scope,
            String name,
            @Nullable String rateLimit,
            @Nullable Integer maxConcurrency,

            @Schema(description = "How many jobs under it run, where their number is limited") @Nullable
            Integer running,

            @Schema(description = "When its rate lets another start, if none has until then") @Nullable
            Instant roomAt) {

        private static By of(Standing standing) {
            Limit limit = standing.limit();
            return new By(
                    limit.name().scope().wireName(),
                    limit.name().name(),
                    limit.rate() == null ? null : limit.rate().toString(),
                    limit.maxConcurrency(),
                    limit.maxConcurrency() == null ? null : standing.running(),
                    standing.roomAt());
        }

        private String words() {
            return scope + " " + name
                    + (rateLimit == null ? "" : " (" + rateLimit + ")")
                    + (maxConcurrency == null ? "" : " (" + running + " of " + maxConcurrency + " run)");
        }
    }

    /** A job that it waits for. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WaitsFor")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record For(UUID jobId, String key, JobState state) {}

    static Because because(Reason reason) {
        return switch (reason) {
            case Reason.Finished(var state, var at) ->
                new Because("finished", "It has ended as " + state + (at == null ? "." : " at " + at + "."));
            case Reason.Running(var worker, var since) -> new Because("running", runs(worker, since) + ".");
            case Reason.Revoked(var worker, var since) ->
                new Because("revoked", runs(worker, since) + ", and was revoked: it may finish, but is not run again.");
            case Reason.NotDue(var until) -> new Because("not_due", "It is not due before " + until + ".").until(until);
            case Reason.WaitsForRetry(var until, var error) ->
                new Because("waits_for_retry", "It has failed (" + error + ") and is tried again at " + until + ".")
                        .until(until);
            case Reason.WaitsForParents(int open, var some) ->
                new Because(
                        "waits_for_parents",
                        "It waits for " + open + (open == 1 ? " job" : " jobs") + " of its batch.",
                        null,
                        null,
                        null,
                        null,
                        some.stream()
                                .map(parent -> new For(parent.jobId(), parent.key(), parent.state()))
                                .toList());
            case Reason.Expired(var at) ->
                new Because("expired", "It was not started before it expired at " + at + ", and will be revoked.");
            case Reason.QueuePaused(var queue) ->
                new Because("queue_paused", "Queue " + queue + " is paused: POST /api/v1/queues/" + queue + "/resume.");
            case Reason.NoWorker(var queue) ->
                new Because("no_worker", "No worker that is alive receives from queue " + queue + ".");
            case Reason.TaskUnknown(var task, var queue, int workers) ->
                new Because(
                        "task_unknown",
                        "None of the " + workers + " workers of queue " + queue + " knows task " + task + ".");
            case Reason.Throttled(var limits, long waiting) -> throttled(limits, waiting);
            case Reason.NoSlot(int slots) ->
                new Because("no_slot", "All " + slots + " slots of the workers that could run it are taken.");
            case Reason.InLine(int ahead, long waiting, var lane) ->
                new Because(
                                "in_line",
                                "It is behind " + (ahead < Waiting.MOST_AHEAD ? "" : "at least ") + ahead
                                        + (ahead == 1 ? " other" : " others") + " of its queue, on lane "
                                        + lane.wireName() + ".")
                        .inLine(ahead, waiting);
            case Reason.HintLost _ ->
                new Because("hint_lost", "No worker has been told of it yet; the scheduler's sweep will tell one.");
            case Reason.Starting _ -> new Because("starting", "Nothing keeps it: a worker is about to start it.");
        };
    }

    private static String runs(@Nullable String worker, @Nullable Instant since) {
        return "It runs" + (worker == null ? "" : " on worker " + worker) + (since == null ? "" : " since " + since);
    }

    private static Because throttled(List<Standing> standing, long waiting) {
        List<By> limits = standing.stream().map(By::of).toList();
        List<Instant> times = standing.stream()
                .flatMap(each -> Stream.ofNullable(each.roomAt()))
                .toList();
        // When a run ends, nobody knows.
        Instant until = times.size() == standing.size() ? Collections.max(times) : null;
        String words = String.join(" and ", limits.stream().map(By::words).toList());
        String end = until == null ? "." : "; they let it start at " + until + ", if no other goes before it.";
        return new Because(
                "throttled", "It waits for the limits on " + words + end, until, waiting, null, limits, null);
    }
}
