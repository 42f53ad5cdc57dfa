package io.millrace.event;

import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to a job.
 *
 * @param state what the job has become by it
 * @param worker who runs or ran it, where a run is concerned
 * @param error why, of a failure, a rescue or a revocation
 * @param progress of a run that told how far it is, JSON text without line breaks
 * @param dueAt when a job that waits for its time becomes due
 */
public record JobEvent(
        EventKind kind,
        Subject subject,
        JobState state,
        Instant at,
        @Nullable String worker,
        @Nullable Cause error,
        @Nullable String progress,
        @Nullable Instant dueAt) {

    /** Why something happened: the error's code, its type and the beginning of its message. */
    public record Cause(String code, String excType, String excMessage) {
        /** A job that nobody needs any more. */
        public static final Cause EXPIRED = new Cause("expired", "Expired", "not started before it expired");

        private static final int MESSAGE_LIMIT = 500;

        public Cause {
            // Many events wait in memory and travel together; the whole message is the job's.
            excMessage =
                    excMessage.length() <= MESSAGE_LIMIT ? excMessage : excMessage.substring(0, MESSAGE_LIMIT) + "…";
        }

        static Cause of(JobError error) {
            return new Cause(error.code(), error.excType(), error.excMessage());
        }
    }

    /** A job has been accepted. */
    public static JobEvent submitted(NewJob job) {
        Instant dueAt = job.dueAt();
        EventKind kind = dueAt == null ? EventKind.SUBMITTED : EventKind.SCHEDULED;
        return new JobEvent(kind, Subject.of(job), job.state(), job.createdAt(), null, null, null, dueAt);
    }

    /**
     * A job of a batch has been accepted.
     *
     * @param blocked whether it waits for others of the batch
     */
    public static JobEvent submitted(NewJob job, UUID batchId, boolean blocked) {
        JobEvent alone = submitted(job);
        return new JobEvent(
                blocked ? EventKind.SUBMITTED : alone.kind(),
                alone.subject().inBatch(batchId),
                blocked ? JobState.BLOCKED : alone.state(),
                alone.at(),
                null,
                null,
                null,
                blocked ? null : alone.dueAt());
    }

    /**
     * What it depended on has ended.
     *
     * @param became {@code PENDING}, or {@code SCHEDULED} until {@code dueAt}
     */
    public static JobEvent unblocked(Subject subject, JobState became, @Nullable Instant dueAt, Instant at) {
        return new JobEvent(EventKind.UNBLOCKED, subject, became, at, null, null, null, dueAt);
    }

    /** A job that was accepted elsewhere, and was due at once, has been found. */
    public static JobEvent submitted(Subject subject, Instant at) {
        return new JobEvent(EventKind.SUBMITTED, subject, JobState.PENDING, at, null, null, null, null);
    }

    /** Its time has come. */
    public static JobEvent due(Subject subject, Instant at) {
        return new JobEvent(EventKind.DUE, subject, JobState.PENDING, at, null, null, null, null);
    }

    /** A worker has claimed it. */
    public static JobEvent started(Claim claim, String worker, Instant at) {
        return new JobEvent(EventKind.STARTED, Subject.of(claim), JobState.STARTED, at, worker, null, null, null);
    }

    /** Its run has told how far it is. */
    public static JobEvent progressed(Claim claim, String worker, String progress, Instant at) {
        return new JobEvent(EventKind.PROGRESS, Subject.of(claim), JobState.PROGRESS, at, worker, null, progress, null);
    }

    /** Somebody has revoked it, it was purged with its queue, or it has expired. */
    public static JobEvent revoked(Subject subject, Cause why, Instant at) {
        return new JobEvent(EventKind.REVOKED, subject, JobState.REVOKED, at, null, why, null, null);
    }

    /** Somebody lets it run again. */
    public static JobEvent replayed(Subject subject, Instant at) {
        return replayed(subject, JobState.PENDING, null, at);
    }

    /** Its batch runs again, and it with it, at once or when its time or its turn has come. */
    public static JobEvent replayed(Subject subject, JobState became, @Nullable Instant dueAt, Instant at) {
        return new JobEvent(EventKind.REPLAYED, subject, became, at, null, null, null, dueAt);
    }

    /**
     * The end of a run has been recorded.
     *
     * @param became what its row says: a job that was to be revoked has become {@code REVOKED} instead of waiting again
     */
    public static JobEvent settled(Settled settled, JobState became, @Nullable String worker, Instant at) {
        Subject subject = Subject.of(settled.claim());
        if (became == JobState.REVOKED) {
            return new JobEvent(
                    EventKind.REVOKED,
                    subject,
                    became,
                    at,
                    worker,
                    new Cause("revoked", "Revoked", "revoked on request"),
                    null,
                    null);
        }
        return switch (settled.transition()) {
            case Transition.Succeed _ -> ended(EventKind.SUCCEEDED, subject, became, at, worker, null, null);
            case Transition.Retry retry ->
                ended(EventKind.RETRY, subject, became, at, worker, retry.error(), retry.dueAt());
            case Transition.Fail fail -> ended(EventKind.FAILED, subject, became, at, worker, fail.error(), null);
            case Transition.Snooze(var dueAt) -> ended(EventKind.SNOOZED, subject, became, at, worker, null, dueAt);
            case Transition.Release _ -> ended(EventKind.RELEASED, subject, became, at, worker, null, null);
            case Transition.Rescue(var error) -> ended(EventKind.RESCUED, subject, became, at, worker, error, null);
        };
    }

    private static JobEvent ended(
            EventKind kind,
            Subject subject,
            JobState became,
            Instant at,
            @Nullable String worker,
            @Nullable JobError error,
            @Nullable Instant dueAt) {
        return new JobEvent(kind, subject, became, at, worker, error == null ? null : Cause.of(error), null, dueAt);
    }

    /**
     * How a job stands: the end it came to, or, where it has not ended, its state.
     *
     * @param why its error, where its row has one
     */
    public static JobEvent standing(Job job, @Nullable Cause why, Instant now) {
        Instant finishedAt = job.finishedAt();
        return new JobEvent(
                switch (job.state()) {
                    case SUCCESS -> EventKind.SUCCEEDED;
                    case FAILURE -> EventKind.FAILED;
                    case REVOKED -> EventKind.REVOKED;
                    case SCHEDULED, BLOCKED, PENDING, STARTED, PROGRESS, RETRY -> EventKind.STATE;
                },
                Subject.of(job),
                job.reportedState(),
                finishedAt == null ? now : finishedAt,
                job.workerId(),
                why,
                job.progress(),
                job.dueAt());
    }
}
