package io.millrace.store;

import static io.millrace.store.Columns.instant;
import static io.millrace.store.Columns.utc;

import io.millrace.batch.Batch;
import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchFilter;
import io.millrace.batch.BatchGraph;
import io.millrace.batch.BatchJob;
import io.millrace.batch.BatchStatus;
import io.millrace.batch.NewBatch;
import io.millrace.batch.OnParentFailure;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.job.JobState;
import io.millrace.queue.Hint;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Batches. What follows when a job of one ends, whoever ended it, is done by the database in the same transaction: see
 * {@code follow_batches} in V6__batch.sql. Here batches are accepted, looked at, revoked, retried and checked.
 *
 * <p>Who changes BLOCKED jobs holds the row of their batch first; who holds it waits for no other jobs.
 */
@Singleton
public class BatchStore {

    private static final int JOBS_AN_INSERT = 1_000;
    private static final int EDGES_AN_INSERT = 20_000;

    private final Database database;

    public BatchStore(Database database) {
        this.database = database;
    }

    private static final String INSERT_BATCH = """
            INSERT INTO batch (id, name, on_parent_failure, total, callback_url, project_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """;

    // The columns and first parameters are those of JobStore.SUBMIT, and must stay so.
    private static final String INSERT_JOBS = """
            INSERT INTO job (id, task, queue, priority, state, due_at, eta, hinted_at, expires_at, max_retries, retry_delay,
                             soft_time_limit, time_limit, result_ttl, args, trace_id, project_id, tags, rate_key, callback_url,
                             created_at, batch_id)
            SELECT u.id, u.task, u.queue, u.priority, CASE WHEN u.blocked THEN 'BLOCKED' ELSE u.state END,
                   CASE WHEN NOT u.blocked THEN u.due_at END, u.due_at, now(), u.expires_at, u.max_retries, u.retry_delay,
                   u.soft_time_limit, u.time_limit, u.result_ttl, u.args::jsonb, u.trace_id, u.project_id,
                   CASE WHEN u.tags IS NULL THEN '{}' ELSE ARRAY(SELECT jsonb_array_elements_text(u.tags::jsonb)) END,
                   u.rate_key, u.callback_url, u.created_at, $20
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                        $8::int[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::text[], $14::text[],
                        $15::text[], $16::text[], $17::text[], $18::text[], $19::timestamptz[], $21::boolean[])
              AS u(id, task, queue, priority, state, due_at, expires_at, max_retries, retry_delay, soft_time_limit, time_limit,
                   result_ttl, args, trace_id, project_id, tags, rate_key, callback_url, created_at, blocked)
            """;

    private static final String INSERT_MEMBERS = """
            INSERT INTO batch_job (job_id, batch_id, key, runs_anyway, open_parents)
            SELECT u.id, $1, u.key, u.runs_anyway, u.open_parents
            FROM unnest($2::uuid[], $3::text[], $4::boolean[], $5::int[]) AS u(id, key, runs_anyway, open_parents)
            """;

    private static final String INSERT_DEPENDENCIES = """
            INSERT INTO dependency (parent_id, child_id) SELECT u.parent, u.child FROM unnest($1::uuid[], $2::uuid[]) AS u(parent, child)
            """;

    /** Accepts a batch: when this returns, all of it is committed. */
    public void submit(NewBatch batch) {
        database.inTransaction(sql -> {
            sql.run(
                    INSERT_BATCH,
                    Tuple.tuple()
                            .addUUID(batch.id())
                            .addString(batch.name())
                            .addString(batch.onParentFailure().wireName())
                            .addInteger(batch.jobs().size())
                            .addString(batch.callbackUrl())
                            .addString(batch.projectId())
                            .addOffsetDateTime(Instant.ofEpochMilli(batch.id().getMostSignificantBits() >>> 16)
                                    .atOffset(ZoneOffset.UTC)));
            for (int from = 0; from < batch.jobs().size(); from += JOBS_AN_INSERT) {
                insertJobs(sql, batch, from, Math.min(batch.jobs().size(), from + JOBS_AN_INSERT));
            }
            return insertDependencies(sql, batch);
        });
    }

    private static void insertJobs(Sql sql, NewBatch batch, int from, int to) {
        BatchGraph graph = batch.graph();
        int size = to - from;
        var ids = new UUID[size];
        var keys = new String[size];
        var runsAnyway = new Boolean[size];
        var blocked = new Boolean[size];
        var openParents = new Integer[size];
        for (int i = 0; i < size; i++) {
            NewBatch.Member member = batch.jobs().get(from + i);
            ids[i] = member.job().id();
            keys[i] = graph.key(from + i);
            runsAnyway[i] = member.runsAnyway();
            openParents[i] = graph.parents(from + i).size();
            blocked[i] = openParents[i] > 0;
        }
        sql.run(
                INSERT_JOBS,
                JobStore.submission(batch.jobs().subList(from, to).stream()
                                .map(NewBatch.Member::job)
                                .toList())
                        .addUUID(batch.id())
                        .addArrayOfBoolean(blocked));
        sql.run(
                INSERT_MEMBERS,
                Tuple.tuple()
                        .addUUID(batch.id())
                        .addArrayOfUUID(ids)
                        .addArrayOfString(keys)
                        .addArrayOfBoolean(runsAnyway)
                        .addArrayOfInteger(openParents));
    }

    private static int insertDependencies(Sql sql, NewBatch batch) {
        var parents = new ArrayList<UUID>();
        var children = new ArrayList<UUID>();
        for (int child = 0; child < batch.jobs().size(); child++) {
            for (int parent : batch.graph().parents(child)) {
                parents.add(batch.jobs().get(parent).job().id());
                children.add(batch.jobs().get(child).job().id());
            }
        }
        for (int from = 0; from < parents.size(); from += EDGES_AN_INSERT) {
            int to = Math.min(parents.size(), from + EDGES_AN_INSERT);
            sql.run(
                    INSERT_DEPENDENCIES,
                    Tuple.tuple()
                            .addArrayOfUUID(parents.subList(from, to).toArray(UUID[]::new))
                            .addArrayOfUUID(children.subList(from, to).toArray(UUID[]::new)));
        }
        return parents.size();
    }

    // What follows an end is written with it: in one transaction now() is one time, so what was released was hinted,
    // and
    // what was cancelled has finished, at the very time when its parent did. LATERAL with OFFSET keeps every step a
    // look-up.
    private static final String FOLLOWERS = """
            WITH RECURSIVE ended AS (
              SELECT id, finished_at FROM job WHERE id = ANY ($1) AND finished_at IS NOT NULL
            ), behind AS (
              SELECT d.child_id AS id, e.finished_at AS at
              FROM ended e, LATERAL (SELECT child_id FROM dependency WHERE parent_id = e.id OFFSET 0) d
              UNION
              SELECT d.child_id, b.at
              FROM behind b, LATERAL (SELECT child_id FROM dependency WHERE parent_id = b.id OFFSET 0) d
              WHERE (SELECT j.finished_at FROM job j WHERE j.id = b.id AND j.state = 'REVOKED') = b.at
            )
            SELECT j.id, j.claim_seq, j.queue, j.priority, j.trace_id, j.task, j.attempt, j.batch_id, j.project_id, j.state,
                   j.due_at, j.error ->> 'code' AS code, j.error ->> 'exc_type' AS exc_type, j.error ->> 'exc_message' AS exc_message
            FROM behind b, LATERAL (SELECT * FROM job WHERE id = b.id OFFSET 0) j
            WHERE (j.state IN ('PENDING', 'SCHEDULED') AND j.hinted_at = b.at)
               OR (j.state = 'REVOKED' AND j.finished_at = b.at AND j.error ->> 'code' = 'parent_failed')
            """;

    /** What was released or cancelled by the end of these jobs, and what followed from that. */
    public List<Follower> followersOf(Collection<UUID> ended) {
        return ended.isEmpty()
                ? List.of()
                : database.list(
                        FOLLOWERS, Tuple.tuple().addArrayOfUUID(ended.toArray(UUID[]::new)), BatchStore::readFollower);
    }

    // A batch ends in the transaction of its last job's end, and so at the same time.
    private static final String ENDED_WITH = """
            SELECT b.status FROM batch b
            WHERE b.id = ANY (ARRAY(SELECT batch_id FROM job WHERE id = ANY ($1)))
              AND b.finished_at = ANY (ARRAY(SELECT finished_at FROM job WHERE id = ANY ($1)))
            """;

    /** How the batches have ended that ended with these jobs. */
    public List<BatchStatus> endedWith(Collection<UUID> jobs) {
        return jobs.isEmpty()
                ? List.of()
                : database.list(
                        ENDED_WITH,
                        Tuple.tuple().addArrayOfUUID(jobs.toArray(UUID[]::new)),
                        row -> BatchStatus.valueOf(row.getString("status")));
    }

    private static Follower readFollower(Row row) {
        JobState state = JobState.valueOf(row.getString("state"));
        return new Follower(
                DueStore.readHint(row),
                DueStore.readSubject(row),
                state,
                instant(row, "due_at"),
                state == JobState.REVOKED
                        ? new JobEvent.Cause(
                                row.getString("code"), row.getString("exc_type"), row.getString("exc_message"))
                        : null);
    }

    private static final String COLUMNS = """
            id, name, status, total, completed, failed, cancelled, on_parent_failure, callback_url, project_id, created_at,
            started_at, finished_at
            """;

    private static final String GET = "SELECT " + COLUMNS + " FROM batch WHERE id = $1";

    /** The batch of this id. */
    public Optional<Batch> get(UUID id) {
        return database.first(GET, Tuple.of(id), BatchStore::read);
    }

    private static final String LIST = "SELECT " + COLUMNS + """
             FROM batch
            WHERE ($1::text[] IS NULL OR status = ANY ($1))
              AND ($2::text IS NULL OR name = $2)
              AND ($3::timestamptz IS NULL OR created_at > $3)
              AND ($4::timestamptz IS NULL OR created_at < $4)
              AND ($5::uuid IS NULL OR id < $5)
              AND ($7::text IS NULL OR project_id = $7)
            ORDER BY id DESC LIMIT $6
            """;

    /**
     * A page of batches, the newest first.
     *
     * @param after the last id of the page before, null for the first page
     */
    public List<Batch> list(BatchFilter filter, @Nullable UUID after, int limit) {
        String[] statuses = filter.statuses().stream().map(Enum::name).toArray(String[]::new);
        return database.list(
                LIST,
                Tuple.tuple()
                        .addArrayOfString(statuses.length == 0 ? null : statuses)
                        .addString(filter.name())
                        .addOffsetDateTime(utc(filter.createdAfter()))
                        .addOffsetDateTime(utc(filter.createdBefore()))
                        .addUUID(after)
                        .addInteger(limit)
                        .addString(filter.project()),
                BatchStore::read);
    }

    private static final String JOBS = """
            SELECT m.key, m.job_id, coalesce(j.task, f.task) AS task, coalesce(j.state, f.state) AS state
            FROM (
              SELECT job_id, key FROM batch_job WHERE batch_id = $1 AND ($2::uuid IS NULL OR job_id > $2) ORDER BY job_id LIMIT $3
            ) m
            LEFT JOIN LATERAL (SELECT task, state FROM job WHERE id = m.job_id) j ON true
            LEFT JOIN (
              SELECT id, task, state FROM finished_job WHERE batch_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
            ) f ON f.id = m.job_id
            ORDER BY m.job_id
            """;

    /** A page of the jobs of a batch, in the order they were submitted in. */
    public List<BatchJob> jobs(UUID batch, @Nullable UUID after, int limit) {
        return database.list(
                JOBS,
                Tuple.tuple().addUUID(batch).addUUID(after).addInteger(limit),
                row -> new BatchJob(
                        row.getString("key"),
                        row.getUUID("job_id"),
                        row.getString("task"),
                        row.getString("state") == null ? null : JobState.valueOf(row.getString("state"))));
    }

    private static final String IDS_OF = "SELECT key, job_id FROM batch_job WHERE batch_id = $1 AND key = ANY ($2)";

    /** Which jobs of a batch these keys stand for. */
    public Map<String, UUID> idsOf(UUID batch, Collection<String> keys) {
        var ids = new HashMap<String, UUID>();
        database.run(IDS_OF, Tuple.tuple().addUUID(batch).addArrayOfString(keys.toArray(String[]::new)))
                .forEach(row -> ids.put(row.getString("key"), row.getUUID("job_id")));
        return ids;
    }

    private static final String LOCK = "SELECT finished_at IS NULL AS open FROM batch WHERE id = $1 FOR UPDATE";

    private static final String REVOKE_BLOCKED = """
            UPDATE job SET state = 'REVOKED', revoke_requested = true, finished_at = now(),
              error = jsonb_build_object('code', 'revoked', 'exc_type', 'Revoked', 'exc_message', 'its batch was revoked on request')
            WHERE id = ANY (ARRAY(SELECT id FROM job WHERE batch_id = $1 AND state = 'BLOCKED'))
            RETURNING id, task, queue, attempt, batch_id, project_id
            """;

    private static final String REVOKE_REST = """
            WITH asked AS (
              SELECT id, claim_seq, attempt, worker_id, started_at, state FROM job
              WHERE batch_id = $1 AND state IN ('SCHEDULED', 'PENDING', 'STARTED', 'RETRY')
              ORDER BY id
              FOR UPDATE
            ), revoked AS (
              UPDATE job j SET state = 'REVOKED', revoke_requested = true, due_at = NULL, finished_at = now(), progress = NULL,
                error = jsonb_build_object('code', 'revoked', 'exc_type', 'Revoked', 'exc_message', 'its batch was revoked on request')
              WHERE j.id = ANY (ARRAY(SELECT a.id FROM asked a WHERE a.state <> 'STARTED' OR $2))
              RETURNING j.id, j.task, j.queue, j.attempt, j.batch_id, j.project_id
            ), requested AS (
              UPDATE job j SET revoke_requested = true
              WHERE j.id = ANY (ARRAY(SELECT a.id FROM asked a WHERE a.state = 'STARTED' AND NOT $2))
              RETURNING j.id
            ), history AS (
              INSERT INTO attempt (job_id, claim_seq, attempt, worker_id, started_at, outcome, error_code, exc_type, exc_message)
              SELECT id, claim_seq, attempt, worker_id, started_at, 'revoked', 'revoked', 'Revoked', 'terminated on request'
              FROM asked WHERE state = 'STARTED' AND $2
            )
            SELECT * FROM revoked
            """;

    /**
     * Revokes every job of a batch that has not ended; those that run only end at once with {@code terminate}. In two
     * transactions, first what is BLOCKED, because only that may be changed while the batch is locked; if the second is
     * not reached, nothing more is released, and asking again does the rest.
     *
     * @return the jobs that have ended by it; empty if there is no such batch or it has finished
     */
    public Optional<List<Subject>> revokeJobs(UUID id, boolean terminate) {
        var revoked = new ArrayList<Subject>();
        boolean open = database.inTransaction(sql -> {
            boolean found =
                    sql.first(LOCK, Tuple.of(id), row -> row.getBoolean("open")).orElse(false);
            if (found) {
                revoked.addAll(sql.list(REVOKE_BLOCKED, Tuple.of(id), DueStore::readSubject));
            }
            return found;
        });
        if (!open) {
            return Optional.empty();
        }
        revoked.addAll(database.list(REVOKE_REST, Tuple.of(id, terminate), DueStore::readSubject));
        return Optional.of(revoked);
    }

    /** As {@link #revokeJobs}. @return false if there is no such batch or it has finished */
    public boolean revoke(UUID id, boolean terminate) {
        return revokeJobs(id, terminate).isPresent();
    }

    private static final String BROKEN_AND_GONE =
            "SELECT id FROM finished_job WHERE batch_id = $1 AND state IN ('FAILURE', 'REVOKED')";

    private static final String LOCK_BROKEN = """
            SELECT id FROM job WHERE batch_id = $1 AND state IN ('FAILURE', 'REVOKED') ORDER BY id FOR UPDATE
            """;

    // A parent that has not succeeded is open: it runs, waits, or runs again with this very statement.
    private static final String RETRY = """
            WITH broken AS (
              SELECT id FROM job WHERE batch_id = $1 AND state IN ('FAILURE', 'REVOKED')
            ), waiting AS (
              SELECT DISTINCT child_id AS id FROM dependency
              WHERE parent_id = ANY (ARRAY(SELECT id FROM job WHERE batch_id = $1 AND state <> 'SUCCESS'))
            ), again AS (
              UPDATE job j
              SET state = CASE WHEN j.id IN (SELECT id FROM waiting) THEN 'BLOCKED' WHEN j.eta > now() THEN 'SCHEDULED' ELSE 'PENDING' END,
                  due_at = CASE WHEN j.eta > now() AND NOT j.id IN (SELECT id FROM waiting) THEN j.eta END,
                  failures = 0, losses = 0, revoke_requested = false, finished_at = NULL, error = NULL, result = NULL,
                  result_gzip = NULL, expires_at = NULL, hinted_at = now()
              WHERE j.id = ANY (ARRAY(SELECT id FROM broken)) AND j.state IN ('FAILURE', 'REVOKED')
              RETURNING j.id, j.claim_seq, j.queue, j.priority, j.trace_id, j.state, j.due_at, j.task, j.attempt, j.batch_id,
                j.project_id
            )
            SELECT * FROM again
            """;

    private static final String COUNT_OPEN_PARENTS = """
            WITH open AS (
              SELECT child_id, count(*)::int AS parents FROM dependency
              WHERE parent_id = ANY (ARRAY(
                SELECT id FROM job WHERE batch_id = $1 AND state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED')))
              GROUP BY child_id
            )
            UPDATE batch_job c SET open_parents = open.parents
            FROM open
            WHERE c.job_id = open.child_id AND c.open_parents <> open.parents
              AND c.job_id = ANY (ARRAY(SELECT id FROM job WHERE batch_id = $1 AND state = 'BLOCKED'))
            """;

    /**
     * What a retry has brought about.
     *
     * @param again the jobs that will run again, those included that wait for others, with what they have become
     */
    public record Retried(List<Follower> again) {

        /** How many they are. */
        public int jobs() {
            return again.size();
        }

        /** Of those that may run at once. */
        public List<Hint> hints() {
            return again.stream()
                    .filter(each -> each.state() == JobState.PENDING)
                    .map(Follower::hint)
                    .toList();
        }
    }

    /**
     * Lets the part of a batch run again that has failed or was cancelled: each job with a fresh start, after those of
     * its parents that run again too. What has succeeded stays as it is.
     */
    public Retried retry(UUID id) {
        return database.inTransaction(sql -> {
            FinishedStore.bringBack(sql, sql.list(BROKEN_AND_GONE, Tuple.of(id), row -> row.getUUID("id")));
            // Before the batch, as everybody does who changes what is not BLOCKED.
            sql.run(LOCK_BROKEN, Tuple.of(id));
            sql.run(LOCK, Tuple.of(id));
            List<Follower> again = sql.list(
                    RETRY,
                    Tuple.of(id),
                    row -> new Follower(
                            DueStore.readHint(row),
                            DueStore.readSubject(row),
                            JobState.valueOf(row.getString("state")),
                            instant(row, "due_at"),
                            null));
            sql.run(COUNT_OPEN_PARENTS, Tuple.of(id));
            return new Retried(again);
        });
    }

    private static final String OPEN =
            "SELECT id FROM batch WHERE finished_at IS NULL AND id > $1 ORDER BY id LIMIT $2";

    /** Batches that have not finished, the oldest first, a page at a time. */
    public List<UUID> open(UUID after, int limit) {
        return database.list(OPEN, Tuple.of(after, limit), row -> row.getUUID("id"));
    }

    // Only where every job is still there: what has been deleted cannot be counted.
    private static final String RECOUNT = """
            WITH there AS (
              SELECT count(*) AS found,
                count(*) FILTER (WHERE state = 'SUCCESS')::int AS completed,
                count(*) FILTER (WHERE state = 'FAILURE')::int AS failed,
                count(*) FILTER (WHERE state = 'REVOKED')::int AS cancelled
              FROM (SELECT state FROM job WHERE batch_id = $1 UNION ALL SELECT state FROM finished_job WHERE batch_id = $1) jobs
            )
            UPDATE batch b
            SET completed = t.completed, failed = t.failed, cancelled = t.cancelled,
                finished_at = CASE WHEN t.completed + t.failed + t.cancelled = b.total THEN coalesce(b.finished_at, now()) END,
                callback_due_at = CASE WHEN t.completed + t.failed + t.cancelled < b.total OR b.callback_url IS NULL THEN NULL
                                       WHEN b.finished_at IS NULL THEN now()
                                       ELSE b.callback_due_at END
            FROM there t
            WHERE b.id = $1 AND t.found = b.total
              AND (b.completed, b.failed, b.cancelled) IS DISTINCT FROM (t.completed, t.failed, t.cancelled)
            """;

    private static final String FREE_STUCK = """
            WITH stuck AS (
              SELECT j.id FROM job j
              WHERE j.batch_id = $1 AND j.state = 'BLOCKED'
                AND NOT j.id IN (
                  SELECT child_id FROM dependency
                  WHERE parent_id = ANY (ARRAY(
                    SELECT id FROM job WHERE batch_id = $1 AND state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED'))))
            ), freed AS (
              UPDATE batch_job SET open_parents = 0 WHERE job_id = ANY (ARRAY(SELECT id FROM stuck)) RETURNING job_id, runs_anyway
            ), broken AS (
              SELECT d.child_id AS id FROM dependency d
              WHERE d.parent_id = ANY (ARRAY(SELECT id FROM job WHERE batch_id = $1 AND state IN ('FAILURE', 'REVOKED')))
            ), fate AS (
              SELECT job_id AS id, NOT runs_anyway AND job_id IN (SELECT id FROM broken) AS cancelled FROM freed
            )
            UPDATE job j
            SET state = CASE WHEN f.cancelled THEN 'REVOKED' WHEN j.eta > now() THEN 'SCHEDULED' ELSE 'PENDING' END,
                due_at = CASE WHEN NOT f.cancelled AND j.eta > now() THEN j.eta END,
                hinted_at = now(),
                finished_at = CASE WHEN f.cancelled THEN now() END,
                error = CASE WHEN f.cancelled THEN jsonb_build_object('code', 'parent_failed', 'exc_type', 'ParentFailed',
                                                                      'exc_message', 'parent failed') END
            FROM fate f
            WHERE j.id = f.id AND j.id = ANY (ARRAY(SELECT id FROM fate))
            RETURNING j.id, j.claim_seq, j.queue, j.priority, j.trace_id, j.state
            """;

    /**
     * A batch that was looked at.
     *
     * @param repaired whether its counters disagreed with its jobs, or a job waited for nothing; as happens only where
     *     rows were changed behind the triggers' back, such as by a partial restore
     */
    public record Checked(Batch batch, boolean repaired) {}

    /** Compares the counters and what is BLOCKED with the jobs themselves, and mends what disagrees. */
    public Optional<Checked> check(UUID id) {
        return database.inTransaction(sql -> {
            if (sql.run(LOCK, Tuple.of(id)).rowCount() == 0) {
                return Optional.empty();
            }
            int mended = sql.run(RECOUNT, Tuple.of(id)).rowCount();
            mended += sql.run(COUNT_OPEN_PARENTS, Tuple.of(id)).rowCount();
            // What is freed gets its hint from the sweep.
            mended += sql.run(FREE_STUCK, Tuple.of(id)).rowCount();
            boolean repaired = mended > 0;
            return sql.first(GET, Tuple.of(id), BatchStore::read).map(batch -> new Checked(batch, repaired));
        });
    }

    private static Batch read(Row row) {
        return new Batch(
                row.getUUID("id"),
                row.getString("name"),
                BatchStatus.valueOf(row.getString("status")),
                new BatchCounts(
                        row.getInteger("total"),
                        row.getInteger("completed"),
                        row.getInteger("failed"),
                        row.getInteger("cancelled")),
                OnParentFailure.of(row.getString("on_parent_failure")).orElseThrow(),
                row.getString("callback_url"),
                row.getString("project_id"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "started_at"),
                instant(row, "finished_at"));
    }
}
