package io.millrace.waiting;

import io.millrace.job.JobState;
import io.millrace.limit.Limit;
import io.millrace.queue.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know about a job that is not running, or may not be, as of one moment.
 *
 * @param dueAt when it becomes due, null where it is
 * @param hintedAt when its hint was last written, null if it never was
 * @param revoked whether it was revoked while it ran
 * @param error the type of its last failure, null if it has not failed
 * @param queue its queue, as it stands
 * @param workers of its queue
 * @param limits what it has met and is parked at, null if it is not parked
 * @param parents what it waits for, some of them; empty if it waits for none
 * @param openParents how many there are of those
 */
public record Waiting(
        String task,
        int priority,
        JobState state,
        @Nullable Instant dueAt,
        @Nullable Instant hintedAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant expiresAt,
        @Nullable String workerId,
        boolean revoked,
        @Nullable String error,
        Queue queue,
        Workers workers,
        @Nullable List<Standing> limits,
        List<Parent> parents,
        int openParents) {

    /** So much older than what has been received since, a hint that nobody has claimed by is lost and not waiting. */
    private static final Duration HINT_GRACE = Duration.ofSeconds(5);

    /** Those that go before a job are not counted beyond this: behind a million, it is not worth the look. */
    public static final int MOST_AHEAD = 1_000;

    /**
     * A queue.
     *
     * @param waiting how many of its jobs are due and wait
     * @param ahead how many of them go before the job, {@link #MOST_AHEAD} at most
     * @param receivedThrough how far the job's lane has been received, null if it never was
     */
    public record Queue(
            String name,
            boolean paused,
            long waiting,
            int ahead,
            @Nullable Instant receivedThrough) {}

    /**
     * The workers that receive from a queue.
     *
     * @param knowing how many of them know the job's task
     * @param slots those of the ones that know it
     * @param used how many of these are taken
     */
    public record Workers(int receiving, int knowing, int slots, int used) {}

    /**
     * How a limit stands that a job waits at.
     *
     * @param running how many jobs under it run, where their number is limited
     * @param roomAt when its rate lets another start, null if it does now
     */
    public record Standing(
            Limit limit, int running, @Nullable Instant roomAt) {

        /** Whether it lets another start now. */
        boolean hasRoom() {
            Integer most = limit.maxConcurrency();
            return roomAt == null && (most == null || running < most);
        }
    }

    /** A job that another waits for. */
    public record Parent(UUID jobId, String key, JobState state) {}

    /** Why it is not running: the first reason is the one to do something about. Of one that runs or has ended, that. */
    public List<Reason> reasons(Instant now) {
        return switch (state) {
            case SUCCESS, FAILURE, REVOKED -> List.of(new Reason.Finished(state, finishedAt));
            case STARTED, PROGRESS ->
                List.of(revoked ? new Reason.Revoked(workerId, startedAt) : new Reason.Running(workerId, startedAt));
            case BLOCKED -> List.of(new Reason.WaitsForParents(openParents, parents));
            case SCHEDULED -> notDue(now, new Reason.NotDue(dueAt == null ? now : dueAt));
            case RETRY ->
                notDue(now, new Reason.WaitsForRetry(dueAt == null ? now : dueAt, error == null ? "" : error));
            case PENDING -> pending(now);
        };
    }

    private List<Reason> notDue(Instant now, Reason until) {
        if (expired(now)) {
            return List.of(new Reason.Expired(expiresAt == null ? now : expiresAt));
        }
        return dueAt == null || dueAt.isAfter(now) ? List.of(until) : List.of(new Reason.Starting());
    }

    private boolean expired(Instant now) {
        return expiresAt != null && !expiresAt.isAfter(now);
    }

    private List<Reason> pending(Instant now) {
        if (expired(now)) {
            return List.of(new Reason.Expired(expiresAt == null ? now : expiresAt));
        }
        var reasons = new ArrayList<Reason>();
        if (queue.paused()) {
            reasons.add(new Reason.QueuePaused(queue.name()));
        }
        if (workers.receiving() == 0) {
            reasons.add(new Reason.NoWorker(queue.name()));
        } else if (workers.knowing() == 0) {
            reasons.add(new Reason.TaskUnknown(task, queue.name(), workers.receiving()));
        }
        if (limits != null) {
            List<Standing> full =
                    limits.stream().filter(limit -> !limit.hasRoom()).toList();
            reasons.add(new Reason.Throttled(full.isEmpty() ? limits : full, queue.waiting()));
        }
        if (reasons.isEmpty()) {
            reasons.addAll(inLine());
        }
        return reasons;
    }

    /** Nothing keeps it from being started: it waits for its turn. */
    private List<Reason> inLine() {
        if (hintedAt == null) {
            return List.of(new Reason.HintLost());
        }
        Instant received = queue.receivedThrough();
        if (received != null && hintedAt.isBefore(received.minus(HINT_GRACE))) {
            return List.of(new Reason.HintLost());
        }
        var reasons = new ArrayList<Reason>();
        if (workers.used() >= workers.slots()) {
            reasons.add(new Reason.NoSlot(workers.slots()));
        }
        if (queue.ahead() > 0) {
            reasons.add(new Reason.InLine(queue.ahead(), queue.waiting(), Lane.of(priority)));
        }
        return reasons.isEmpty() ? List.of(new Reason.Starting()) : reasons;
    }
}
