package io.millrace.store;

import static io.millrace.store.Columns.instant;

import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchStatus;
import io.millrace.trace.TraceContext;
import io.millrace.workflow.NewWorkflowBatch;
import io.millrace.workflow.StatusChange;
import io.millrace.workflow.WorkflowBatch;
import io.millrace.workflow.WorkflowJob;
import io.millrace.workflow.WorkflowPoll;
import io.millrace.workflow.WorkflowRetry;
import io.millrace.workflow.WorkflowStatus;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Batches of workflow jobs: accepted, read, cancelled, submitted again and checked; and what is known of their jobs. */
@Singleton
public class WorkflowBatchStore {

    private static final int JOBS_A_STATEMENT = 1_000;

    private final Database database;

    public WorkflowBatchStore(Database database) {
        this.database = database;
    }

    private static final String INSERT_BATCH =
            "INSERT INTO workflow_batch (id, name, project_id, total) VALUES ($1, $2, $3, $4)";

    private static final String INSERT_JOBS = """
            WITH begun AS (
              SELECT u.id, u.name, u.payload,
                     millrace.submit('submit_job', jsonb_build_object('job_id', u.id), project_id => $2, tags => ARRAY['workflow:' || u.id],
                                     trace_id => $6) AS step
              FROM unnest($3::uuid[], $4::text[], $5::text[]) AS u(id, name, payload)
            )
            INSERT INTO workflow_job (id, batch_id, name, payload, step_job_id, project_id)
            SELECT id, $1, name, payload::jsonb, step, $2 FROM begun
            """;

    /**
     * Accepts a batch: its jobs, and for each the job of Millrace that submits it, are committed together or not at all.
     *
     * @param trace of whoever submits it, null for none
     */
    public void submit(NewWorkflowBatch batch, @Nullable TraceContext trace) {
        database.inTransaction(sql -> {
            sql.run(
                    INSERT_BATCH,
                    Tuple.of(
                            batch.id(),
                            batch.name(),
                            batch.projectId(),
                            batch.jobs().size()));
            for (int from = 0; from < batch.jobs().size(); from += JOBS_A_STATEMENT) {
                var some = batch.jobs()
                        .subList(
                                from,
                                Math.min(from + JOBS_A_STATEMENT, batch.jobs().size()));
                sql.run(
                        INSERT_JOBS,
                        Tuple.tuple()
                                .addUUID(batch.id())
                                .addString(batch.projectId())
                                .addArrayOfUUID(some.stream()
                                        .map(NewWorkflowBatch.Member::id)
                                        .toArray(UUID[]::new))
                                .addArrayOfString(some.stream()
                                        .map(NewWorkflowBatch.Member::name)
                                        .toArray(String[]::new))
                                .addArrayOfString(some.stream()
                                        .map(NewWorkflowBatch.Member::payload)
                                        .toArray(String[]::new))
                                .addString(trace == null ? null : trace.traceparent()));
            }
            return batch;
        });
    }

    private static final String COLUMNS =
            "id, name, status, total, completed, failed, cancelled, project_id, created_at, started_at, finished_at";

    private static final String GET = "SELECT " + COLUMNS + " FROM workflow_batch WHERE id = $1";

    /** The batch of this id. */
    public Optional<WorkflowBatch> get(UUID id) {
        return database.first(GET, Tuple.of(id), WorkflowBatchStore::read);
    }

    private static final String LIST = "SELECT " + COLUMNS + """
             FROM workflow_batch
            WHERE ($1::text[] IS NULL OR status = ANY ($1)) AND ($2::uuid IS NULL OR id < $2)
              AND ($4::text IS NULL OR project_id = $4)
            ORDER BY id DESC LIMIT $3
            """;

    /**
     * A page of batches, the newest first.
     *
     * @param statuses only these; all if there are none
     * @param project only its own; those of all with null
     * @param after the last id of the page before, null for the first page
     */
    public List<WorkflowBatch> list(
            Collection<BatchStatus> statuses, @Nullable String project, @Nullable UUID after, int limit) {
        return database.list(
                LIST,
                Tuple.tuple()
                        .addArrayOfString(names(statuses))
                        .addUUID(after)
                        .addInteger(limit)
                        .addString(project),
                WorkflowBatchStore::read);
    }

    private static final String JOBS = "SELECT " + WorkflowStore.COLUMNS + """
             FROM workflow_job w
            WHERE w.batch_id = $1 AND ($2::text[] IS NULL OR w.status = ANY ($2)) AND ($3::uuid IS NULL OR w.id > $3)
            ORDER BY w.id LIMIT $4
            """;

    /** A page of the jobs of a batch, in the order they were given in. */
    public List<WorkflowJob> jobs(UUID batch, Collection<WorkflowStatus> statuses, @Nullable UUID after, int limit) {
        return database.list(
                JOBS,
                Tuple.tuple()
                        .addUUID(batch)
                        .addArrayOfString(names(statuses))
                        .addUUID(after)
                        .addInteger(limit),
                WorkflowStore::read);
    }

    private static final String POLLS_OF = """
            SELECT submission, poll, workflow_id, polled_at, http_status, remote_status, status, progress, message, error_code, next_poll_seconds
            FROM workflow_poll
            WHERE workflow_job_id = $1 AND\s""";

    private static final String POLLS = POLLS_OF + "(submission, poll) > ($2, $3) ORDER BY submission, poll LIMIT $4";

    private static final String LATEST_POLLS =
            POLLS_OF + "(submission, poll) < ($2, $3) ORDER BY submission DESC, poll DESC LIMIT $4";

    /** Polls of a job, the oldest first, from behind this one on. */
    public List<WorkflowPoll> polls(UUID job, int submission, int poll, int limit) {
        return database.list(POLLS, Tuple.of(job, submission, poll, limit), WorkflowBatchStore::readPoll);
    }

    /** Polls of a job, the newest first, from before this one on. */
    public List<WorkflowPoll> latestPolls(UUID job, int submission, int poll, int limit) {
        return database.list(LATEST_POLLS, Tuple.of(job, submission, poll, limit), WorkflowBatchStore::readPoll);
    }

    private static WorkflowPoll readPoll(Row row) {
        return new WorkflowPoll(
                row.getInteger("submission"),
                row.getInteger("poll"),
                row.getString("workflow_id"),
                row.getOffsetDateTime("polled_at").toInstant(),
                row.getInteger("http_status"),
                row.getString("remote_status"),
                status(row, "status"),
                row.getDouble("progress"),
                row.getString("message"),
                row.getString("error_code"),
                row.getDouble("next_poll_seconds"));
    }

    private static final String CHANGES = """
            SELECT id, submission, from_status, to_status, workflow_id, reason, changed_at
            FROM workflow_status_change WHERE workflow_job_id = $1 AND id > $2 ORDER BY id LIMIT $3
            """;

    /** Changes of a job's status, the oldest first, from behind this one on. */
    public List<StatusChange> changes(UUID job, long after, int limit) {
        return database.list(
                CHANGES,
                Tuple.of(job, after, limit),
                row -> new StatusChange(
                        row.getLong("id"),
                        row.getInteger("submission"),
                        status(row, "from_status"),
                        WorkflowStatus.valueOf(row.getString("to_status")),
                        row.getString("workflow_id"),
                        row.getString("reason"),
                        row.getOffsetDateTime("changed_at").toInstant()));
    }

    private static final String RETRIES = """
            SELECT r.id, r.submission, r.task, r.task_job_id, r.attempt, r.error_code, r.http_status, r.message, r.retry_after_seconds,
                   r.failed_at,
                   (SELECT a.retry_delay_seconds FROM attempt a
                    WHERE a.job_id = r.task_job_id AND a.attempt = r.attempt AND a.outcome = 'retry'
                    ORDER BY a.claim_seq DESC LIMIT 1) AS retry_delay_seconds
            FROM workflow_retry r WHERE r.workflow_job_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3
            """;

    /** Failed tries of a job's steps, the oldest first, from behind this one on. */
    public List<WorkflowRetry> retries(UUID job, long after, int limit) {
        return database.list(
                RETRIES,
                Tuple.of(job, after, limit),
                row -> new WorkflowRetry(
                        row.getLong("id"),
                        row.getInteger("submission"),
                        row.getString("task"),
                        row.getUUID("task_job_id"),
                        row.getInteger("attempt"),
                        row.getString("error_code"),
                        row.getInteger("http_status"),
                        row.getString("message"),
                        row.getDouble("retry_after_seconds"),
                        row.getDouble("retry_delay_seconds"),
                        row.getOffsetDateTime("failed_at").toInstant()));
    }

    // In order of ids, as everybody does who holds several.
    private static final String CANCEL = """
            WITH open AS (
              SELECT id FROM workflow_job WHERE batch_id = $1 AND finished_at IS NULL AND cancel_job_id IS NULL ORDER BY id LIMIT $2 FOR UPDATE
            )
            UPDATE workflow_job w
            SET cancel_job_id = millrace.submit('cancel_job', jsonb_build_object('job_id', w.id),
                  project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            WHERE w.id = ANY (ARRAY(SELECT id FROM open))
            """;

    /** Asks for the cancellation of every job of a batch that has not ended. @return of how many it was not asked before */
    public int cancel(UUID id) {
        return inSteps(CANCEL, id);
    }

    private static final String RESUBMIT = """
            WITH broken AS (
              SELECT id FROM workflow_job WHERE batch_id = $1 AND status IN ('FAILED', 'CANCELLED') ORDER BY id LIMIT $2 FOR UPDATE
            )
            UPDATE workflow_job w
            SET status = 'PENDING', reason = 'submitted again with its batch', submission = w.submission + 1, workflow_id = NULL,
                progress = NULL, polls = 0, missed_polls = 0, submitted_at = NULL, next_poll_at = NULL, cancel_job_id = NULL,
                recoveries = 0, finished_at = NULL,
                step_job_id = millrace.submit('submit_job', jsonb_build_object('job_id', w.id),
                  project_id => w.project_id, tags => ARRAY['workflow:' || w.id])
            WHERE w.id = ANY (ARRAY(SELECT id FROM broken))
            """;

    /** Submits every job of a batch again that FAILED or was CANCELLED. @return how many */
    public int resubmit(UUID id) {
        return inSteps(RESUBMIT, id);
    }

    /** What a step has changed, the next does not find any more; if one fails, asking again does the rest. */
    private int inSteps(String statement, UUID batch) {
        int all = 0;
        while (true) {
            int changed =
                    database.run(statement, Tuple.of(batch, JOBS_A_STATEMENT)).rowCount();
            all += changed;
            if (changed < JOBS_A_STATEMENT) {
                return all;
            }
        }
    }

    private static final String OPEN =
            "SELECT id FROM workflow_batch WHERE finished_at IS NULL AND id > $1 ORDER BY id LIMIT $2";

    /** Batches that have not finished, the oldest first, a page at a time. */
    public List<UUID> open(UUID after, int limit) {
        return database.list(OPEN, Tuple.of(after, limit), row -> row.getUUID("id"));
    }

    private static final String LOCK = "SELECT id FROM workflow_batch WHERE id = $1 FOR UPDATE";

    private static final String RECOUNT = """
            WITH there AS (
              SELECT count(*)::int AS total,
                count(*) FILTER (WHERE status = 'COMPLETED')::int AS completed,
                count(*) FILTER (WHERE status = 'FAILED')::int AS failed,
                count(*) FILTER (WHERE status = 'CANCELLED')::int AS cancelled,
                count(*) FILTER (WHERE status <> 'PENDING')::int AS started
              FROM workflow_job WHERE batch_id = $1
            )
            UPDATE workflow_batch b
            SET total = t.total, completed = t.completed, failed = t.failed, cancelled = t.cancelled,
                started_at = CASE WHEN t.started > 0 THEN coalesce(b.started_at, now()) ELSE b.started_at END,
                finished_at = CASE WHEN t.completed + t.failed + t.cancelled = t.total THEN coalesce(b.finished_at, now()) END
            FROM there t
            WHERE b.id = $1 AND t.total > 0
              AND ((b.total, b.completed, b.failed, b.cancelled) IS DISTINCT FROM (t.total, t.completed, t.failed, t.cancelled)
                OR (b.finished_at IS NOT NULL) <> (t.completed + t.failed + t.cancelled = t.total)
                OR (t.started > 0 AND b.started_at IS NULL))
            """;

    /**
     * A batch that was looked at.
     *
     * @param repaired whether its counters disagreed with its jobs, as happens only where rows were changed behind the
     *     trigger's back, such as by a partial restore
     */
    public record Checked(WorkflowBatch batch, boolean repaired) {}

    /** Counts the jobs of a batch by how they ended and mends its counters if they disagree. */
    public Optional<Checked> check(UUID id) {
        return database.inTransaction(sql -> {
            if (sql.run(LOCK, Tuple.of(id)).rowCount() == 0) {
                return Optional.empty();
            }
            boolean repaired = sql.run(RECOUNT, Tuple.of(id)).rowCount() > 0;
            return sql.first(GET, Tuple.of(id), WorkflowBatchStore::read).map(batch -> new Checked(batch, repaired));
        });
    }

    private static WorkflowBatch read(Row row) {
        return new WorkflowBatch(
                row.getUUID("id"),
                row.getString("name"),
                BatchStatus.valueOf(row.getString("status")),
                new BatchCounts(
                        row.getInteger("total"),
                        row.getInteger("completed"),
                        row.getInteger("failed"),
                        row.getInteger("cancelled")),
                row.getString("project_id"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "started_at"),
                instant(row, "finished_at"));
    }

    private static @Nullable WorkflowStatus status(Row row, String column) {
        String text = row.getString(column);
        return text == null ? null : WorkflowStatus.valueOf(text);
    }

    private static String @Nullable [] names(Collection<? extends Enum<?>> values) {
        return values.isEmpty() ? null : values.stream().map(Enum::name).toArray(String[]::new);
    }
}
