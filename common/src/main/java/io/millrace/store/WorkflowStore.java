package io.millrace.store;

import static io.millrace.store.Columns.instant;

import io.millrace.workflow.PollResult;
import io.millrace.workflow.RemoteError;
import io.millrace.workflow.WorkflowJob;
import io.millrace.workflow.WorkflowStatus;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The life of a workflow job. Whatever is found out is written in one transaction with the job of Millrace that does the
 * next step, so that a step is never forgotten and never there twice, however often a worker dies
 * ({@code docs/decisions/0019-a-poll-is-a-job.md}).
 */
@Singleton
public class WorkflowStore {

    /** So many times the recovery check submits a submission again whose task died without a word. */
    static final int RECOVERIES = 3;

    private final Database database;

    public WorkflowStore(Database database) {
        this.database = database;
    }

    static final String COLUMNS = """
            w.id, w.batch_id, w.name, w.payload::text AS payload, w.status, w.reason, w.submission, w.workflow_id, w.progress, w.polls,
            w.missed_polls, w.submitted_at, w.next_poll_at, w.step_job_id, w.cancel_job_id, w.recoveries, w.project_id, w.created_at,
            w.finished_at
            """;

    private static final String GET = "SELECT " + COLUMNS + " FROM workflow_job w WHERE w.id = $1";

    /** The workflow job of this id. */
    public Optional<WorkflowJob> get(UUID id) {
        return database.first(GET, Tuple.of(id), WorkflowStore::read);
    }

    /** A row that is held until the transaction ends, with what its step and the job that asks are doing. */
    private record Held(WorkflowJob job, boolean stepEnded, boolean cancelEnded, boolean lastTry) {

        /** Whether it is this job of Millrace that has to see to the next step, because no other will. */
        boolean isStepOf(UUID self) {
            return stepEnded || self.equals(job.stepJobId());
        }
    }

    // A job of Millrace that is no longer kept has ended.
    private static final String HOLD = "SELECT " + COLUMNS + """
            , coalesce((SELECT s.state FROM job s WHERE s.id = w.step_job_id), 'SUCCESS') IN ('SUCCESS', 'FAILURE', 'REVOKED') AS step_ended,
              w.cancel_job_id IS NULL
                OR coalesce((SELECT c.state FROM job c WHERE c.id = w.cancel_job_id), 'SUCCESS') IN ('SUCCESS', 'FAILURE', 'REVOKED')
                AS cancel_ended,
              coalesce((SELECT e.failures >= e.max_retries FROM job e WHERE e.id = $2), false) AS last_try
            FROM workflow_job w WHERE w.id = $1 FOR UPDATE OF w
            """;

    private static Optional<Held> hold(Sql sql, UUID id, @Nullable UUID self) {
        return sql.first(
                HOLD,
                Tuple.tuple().addUUID(id).addUUID(self),
                row -> new Held(
                        read(row),
                        row.getBoolean("step_ended"),
                        row.getBoolean("cancel_ended"),
                        row.getBoolean("last_try")));
    }

    private static final String SUBMITTED = """
            UPDATE workflow_job w
            SET status = 'SUBMITTED', workflow_id = $2, reason = 'the remote side has taken it', submitted_at = now(),
                next_poll_at = now() + $3 * interval '1 second',
                step_job_id = millrace.submit('poll_job_status', jsonb_build_object('job_id', w.id, 'workflow_id', $2::text),
                  countdown => $3, project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            WHERE w.id = $1
            """;

    private static final String CANCEL_ORPHAN = """
            SELECT millrace.submit('cancel_job', jsonb_build_object('job_id', w.id, 'workflow_id', $2::text),
                     project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            FROM workflow_job w WHERE w.id = $1
            """;

    /** What became of the news that the remote side has begun. */
    public enum Submitted {
        /** It is polled from now on. */
        FOLLOWED,
        /** That was known: another run of the same submission has told it. */
        KNOWN,
        /** Nobody wants it any more, or wants another one: the remote workflow is going to be cancelled. */
        UNWANTED
    }

    /**
     * The remote side has begun.
     *
     * @param submission for which it was asked
     * @param firstPoll the wait before the first poll
     */
    public Submitted submitted(UUID id, int submission, String workflowId, Duration firstPoll) {
        return database.inTransaction(sql -> {
            Held held = hold(sql, id, null).orElse(null);
            if (held == null) {
                return Submitted.UNWANTED;
            }
            WorkflowJob job = held.job();
            if (job.submission() == submission && job.status() == WorkflowStatus.PENDING) {
                sql.run(SUBMITTED, Tuple.of(id, workflowId, seconds(firstPoll)));
                return Submitted.FOLLOWED;
            }
            if (workflowId.equals(job.workflowId())) {
                return Submitted.KNOWN;
            }
            sql.run(CANCEL_ORPHAN, Tuple.of(id, workflowId));
            return Submitted.UNWANTED;
        });
    }

    private static final String INSERT_RETRY = """
            INSERT INTO workflow_retry (workflow_job_id, submission, task, task_job_id, attempt, error_code, http_status, message, retry_after_seconds)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """;

    /**
     * Who tries, as a history of tries needs to know it.
     *
     * @param task such as {@code submit_job}
     * @param jobId the job of Millrace
     * @param attempt its attempt
     */
    public record Try(String task, UUID jobId, int attempt) {}

    private static void insertRetry(Sql sql, WorkflowJob job, Try by, RemoteError error) {
        Duration asked = error.retryAfter();
        sql.run(
                INSERT_RETRY,
                Tuple.tuple()
                        .addUUID(job.id())
                        .addInteger(job.submission())
                        .addString(by.task())
                        .addUUID(by.jobId())
                        .addInteger(by.attempt())
                        .addString(error.code())
                        .addInteger(error.httpStatus())
                        .addString(error.message())
                        .addDouble(asked == null ? null : seconds(asked)));
    }

    private static final String END = """
            UPDATE workflow_job SET status = $2, reason = $3, next_poll_at = NULL, finished_at = now() WHERE id = $1
            """;

    /**
     * A submission failed. If it is not to be tried again, the job has FAILED.
     *
     * @param forGood whether another try would fail likewise
     * @return whether the job has failed, which it also has if this was the last try allowed
     */
    public boolean submissionFailed(UUID id, int submission, Try by, RemoteError error, boolean forGood) {
        return database.inTransaction(sql -> {
            Held held = hold(sql, id, by.jobId()).orElse(null);
            if (held == null) {
                return false;
            }
            insertRetry(sql, held.job(), by, error);
            boolean failed = (forGood || held.lastTry())
                    && held.job().submission() == submission
                    && held.job().status() == WorkflowStatus.PENDING;
            if (failed) {
                sql.run(END, Tuple.of(id, WorkflowStatus.FAILED.name(), error.message()));
            }
            return failed;
        });
    }

    private static final String INSERT_POLL = """
            INSERT INTO workflow_poll (workflow_job_id, submission, poll, workflow_id, http_status, remote_status, status, progress,
                                       message, error_code, next_poll_seconds, task_job_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """;

    // What is scheduled is the seed's next poll; without one the job keeps the step it has.
    private static final String POLLED = """
            UPDATE workflow_job w
            SET reason = CASE WHEN $2::text IS DISTINCT FROM w.status AND $2::text IS NOT NULL THEN $3 ELSE w.reason END,
                status = coalesce($2, w.status), progress = coalesce($4, w.progress), polls = w.polls + 1,
                missed_polls = CASE WHEN $2::text IS NULL THEN w.missed_polls + 1 ELSE 0 END,
                finished_at = CASE WHEN $5::bool THEN now() END,
                next_poll_at = CASE WHEN $6::float8 IS NOT NULL THEN now() + $6 * interval '1 second' WHEN NOT $5 THEN w.next_poll_at END,
                step_job_id = CASE WHEN $6::float8 IS NULL THEN w.step_job_id ELSE
                  millrace.submit('poll_job_status', jsonb_build_object('job_id', w.id, 'workflow_id', w.workflow_id),
                    countdown => $6, project_id => w.project_id, tags => ARRAY['workflow:' || w.id]) END
            WHERE w.id = $1
            """;

    /**
     * What became of a poll.
     *
     * @param held false if the job has ended or stands for another remote workflow by now: nothing was written
     * @param status the job's status after it
     * @param pollsOn whether this poll has scheduled the next one
     */
    public record Polled(boolean held, WorkflowStatus status, boolean pollsOn) {}

    /**
     * Writes a poll down, changes the job's status if it is another one, and schedules the next poll. A poll without an
     * answer is tried again by whoever runs it, so that only its last try schedules the next.
     *
     * @return empty if there is no such job
     */
    public Optional<Polled> polled(UUID id, String workflowId, Try by, PollResult result) {
        return database.inTransaction(sql -> hold(sql, id, by.jobId()).map(held -> {
            WorkflowJob job = held.job();
            if (!job.follows(workflowId)) {
                return new Polled(false, job.status(), false);
            }
            RemoteError error = result.error();
            Duration wait = result.next();
            boolean goesOn = wait != null && (error == null || held.lastTry()) && held.isStepOf(by.jobId());
            Double next = goesOn && wait != null ? seconds(wait) : null;
            sql.run(
                    INSERT_POLL,
                    Tuple.tuple()
                            .addUUID(id)
                            .addInteger(job.submission())
                            .addInteger(job.polls() + 1)
                            .addString(workflowId)
                            .addInteger(result.httpStatus())
                            .addString(result.remoteStatus())
                            .addString(name(result.status()))
                            .addDouble(result.progress())
                            .addString(result.message())
                            .addString(error == null ? null : error.code())
                            .addDouble(next)
                            .addUUID(by.jobId()));
            if (error != null) {
                insertRetry(sql, job, by, error);
            }
            WorkflowStatus status = result.status() == null ? job.status() : result.status();
            sql.run(
                    POLLED,
                    Tuple.tuple()
                            .addUUID(id)
                            .addString(name(result.status()))
                            .addString(result.message())
                            .addDouble(result.progress())
                            .addBoolean(status.terminal())
                            .addDouble(next));
            return new Polled(true, status, next != null);
        }));
    }

    private static final String ASK_FOR_CANCELLATION = """
            UPDATE workflow_job w
            SET cancel_job_id = millrace.submit('cancel_job', jsonb_build_object('job_id', w.id),
                  project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            WHERE w.id = $1
            """;

    /**
     * Asks for a job's cancellation, once: while one is under way, asking again changes nothing.
     *
     * @return false if there is no such job or it has ended
     */
    public boolean requestCancellation(UUID id) {
        return database.inTransaction(sql -> {
            Held held = hold(sql, id, null).orElse(null);
            if (held == null || held.job().status().terminal()) {
                return false;
            }
            if (held.cancelEnded()) {
                sql.run(ASK_FOR_CANCELLATION, Tuple.of(id));
            }
            return true;
        });
    }

    /**
     * Ends a job as CANCELLED.
     *
     * @param workflowId the remote workflow that was cancelled, null if there was none
     * @return false if the job has ended, or has by now another remote workflow than this
     */
    public boolean cancelled(UUID id, @Nullable String workflowId, String reason) {
        return database.inTransaction(sql -> {
            Held held = hold(sql, id, null).orElse(null);
            boolean stands = held != null
                    && !held.job().status().terminal()
                    && (workflowId == null
                            ? held.job().workflowId() == null
                            : workflowId.equals(held.job().workflowId()));
            if (stands) {
                sql.run(END, Tuple.of(id, WorkflowStatus.CANCELLED.name(), reason));
            }
            return stands;
        });
    }

    private static final String FORGET_CANCELLATION = "UPDATE workflow_job SET cancel_job_id = NULL WHERE id = $1";

    /** It was too late, or in vain, to cancel it: nobody is to try again unless somebody asks. */
    public void notCancelled(UUID id) {
        database.run(FORGET_CANCELLATION, Tuple.of(id));
    }

    /** A cancellation failed and may be tried again. */
    public void cancellationFailed(WorkflowJob job, Try by, RemoteError error) {
        insertRetry(database, job, by, error);
    }

    private static final String RESUBMIT = """
            UPDATE workflow_job w
            SET status = 'PENDING', reason = 'submitted again on request', submission = w.submission + 1, workflow_id = NULL,
                progress = NULL, polls = 0, missed_polls = 0, submitted_at = NULL, next_poll_at = NULL, cancel_job_id = NULL,
                recoveries = 0, finished_at = NULL,
                step_job_id = millrace.submit('submit_job', jsonb_build_object('job_id', w.id),
                  project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            WHERE w.id = $1
            """;

    /**
     * Submits a job again that FAILED or was CANCELLED: a new submission, a new remote workflow.
     *
     * @return false if there is no such job or it has not ended so
     */
    public boolean resubmit(UUID id) {
        return database.inTransaction(sql -> {
            WorkflowStatus status =
                    hold(sql, id, null).map(held -> held.job().status()).orElse(null);
            boolean may = status == WorkflowStatus.FAILED || status == WorkflowStatus.CANCELLED;
            if (may) {
                sql.run(RESUBMIT, Tuple.of(id));
            }
            return may;
        });
    }

    private static final String STALLED = """
            SELECT w.id FROM workflow_job w
            WHERE w.finished_at IS NULL AND w.id > $1
              AND (coalesce((SELECT s.state FROM job s WHERE s.id = w.step_job_id), 'SUCCESS') IN ('SUCCESS', 'FAILURE', 'REVOKED')
                OR (w.cancel_job_id IS NOT NULL
                  AND coalesce((SELECT c.state FROM job c WHERE c.id = w.cancel_job_id), 'SUCCESS') IN ('SUCCESS', 'FAILURE', 'REVOKED')))
            ORDER BY w.id LIMIT $2
            """;

    /** Open jobs that nothing is going to happen to, or whose cancellation came to nothing. */
    public List<UUID> stalled(UUID after, int limit) {
        return database.list(STALLED, Tuple.of(after, limit), row -> row.getUUID("id"));
    }

    /** What was wrong with a job and is not any more. */
    public enum Mended {
        /** It was submitted, and no workflow id was ever noted: it is submitted again, with the same key. */
        SUBMISSION,
        /** The same, too often: it has FAILED. */
        GIVEN_UP,
        /** Its polls had stopped. */
        POLLS,
        /** It was to be cancelled, and was not. */
        CANCELLATION
    }

    private static final String SUBMIT_AGAIN = """
            UPDATE workflow_job w
            SET recoveries = w.recoveries + 1,
                step_job_id = millrace.submit('submit_job', jsonb_build_object('job_id', w.id),
                  project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            WHERE w.id = $1
            """;

    private static final String POLL_AGAIN = """
            UPDATE workflow_job w
            SET next_poll_at = now(),
                step_job_id = millrace.submit('poll_job_status', jsonb_build_object('job_id', w.id, 'workflow_id', w.workflow_id),
                  project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            WHERE w.id = $1
            """;

    /** Mends what is wrong with a job, if it still is. */
    public Optional<Mended> mend(UUID id) {
        return database.inTransaction(sql -> {
            Held held = hold(sql, id, null).orElse(null);
            if (held == null || held.job().status().terminal()) {
                return Optional.empty();
            }
            if (held.job().cancelJobId() != null && held.cancelEnded()) {
                sql.run(ASK_FOR_CANCELLATION, Tuple.of(id));
                if (!held.stepEnded()) {
                    return Optional.of(Mended.CANCELLATION);
                }
            }
            if (!held.stepEnded()) {
                return Optional.empty();
            }
            if (held.job().status() != WorkflowStatus.PENDING) {
                sql.run(POLL_AGAIN, Tuple.of(id));
                return Optional.of(Mended.POLLS);
            }
            if (held.job().recoveries() < RECOVERIES) {
                sql.run(SUBMIT_AGAIN, Tuple.of(id));
                return Optional.of(Mended.SUBMISSION);
            }
            String reason =
                    "it was submitted " + (RECOVERIES + 1) + " times, and each time the task ended without a word";
            sql.run(END, Tuple.of(id, WorkflowStatus.FAILED.name(), reason));
            return Optional.of(Mended.GIVEN_UP);
        });
    }

    static WorkflowJob read(Row row) {
        return new WorkflowJob(
                row.getUUID("id"),
                row.getUUID("batch_id"),
                row.getString("name"),
                row.getString("payload"),
                WorkflowStatus.valueOf(row.getString("status")),
                row.getString("reason"),
                row.getInteger("submission"),
                row.getString("workflow_id"),
                row.getDouble("progress"),
                row.getInteger("polls"),
                row.getInteger("missed_polls"),
                instant(row, "submitted_at"),
                instant(row, "next_poll_at"),
                row.getUUID("step_job_id"),
                row.getUUID("cancel_job_id"),
                row.getInteger("recoveries"),
                row.getString("project_id"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "finished_at"));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static @Nullable String name(@Nullable WorkflowStatus status) {
        return status == null ? null : status.name();
    }
}
