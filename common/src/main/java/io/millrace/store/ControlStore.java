package io.millrace.store;

import io.millrace.event.Subject;
import io.millrace.job.ArgsChange;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.queue.Hint;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/** What people do to jobs and queues: revoke, run again, pause, resume, purge. All of it is rows, so it outlives everything. */
@Singleton
public class ControlStore {

    private final Database database;

    public ControlStore(Database database) {
        this.database = database;
    }

    // What is BLOCKED is changed only by who has locked its batch before.
    private static final String REVOKE = """
            WITH locked AS (
              SELECT id FROM batch WHERE id = (SELECT batch_id FROM job WHERE id = $1 AND state = 'BLOCKED') FOR UPDATE
            ), asked AS (
              SELECT id, claim_seq, attempt, worker_id, started_at, state FROM job
              WHERE id = $1 AND state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED') AND (SELECT count(*) FROM locked) >= 0
              FOR UPDATE
            ), revoked AS (
              UPDATE job j SET state = 'REVOKED', revoke_requested = true, due_at = NULL, finished_at = now(), progress = NULL,
                error = jsonb_build_object('code', 'revoked', 'exc_type', 'Revoked', 'exc_message', 'revoked on request')
              FROM asked a
              WHERE j.id = a.id AND (a.state <> 'STARTED' OR $2)
              RETURNING j.id
            ), requested AS (
              UPDATE job j SET revoke_requested = true FROM asked a WHERE j.id = a.id AND a.state = 'STARTED' AND NOT $2
              RETURNING j.id
            ), history AS (
              INSERT INTO attempt (job_id, claim_seq, attempt, worker_id, started_at, outcome, error_code, exc_type, exc_message)
              SELECT id, claim_seq, attempt, worker_id, started_at, 'revoked', 'revoked', 'Revoked', 'terminated on request'
              FROM asked WHERE state = 'STARTED' AND $2
            )
            SELECT id FROM revoked UNION ALL SELECT id FROM requested
            """;

    /**
     * Revokes a job. One that waits ends at once. One that runs ends at once with {@code terminate}, and its worker stops
     * the run within a second; without, it may finish, but is not run again if it fails.
     *
     * @return false if there is no such job or it has finished
     */
    public boolean revoke(UUID id, boolean terminate) {
        return revoke(database, id, terminate);
    }

    /** The same as a part of something larger. */
    static boolean revoke(Sql sql, UUID id, boolean terminate) {
        return sql.run(REVOKE, Tuple.of(id, terminate)).rowCount() == 1;
    }

    // A fresh start: failures and losses count anew; claim_seq goes on, so that whatever an old run still writes is
    // refused.
    private static final String AFRESH = """
            UPDATE job SET state = 'PENDING', failures = 0, losses = 0, revoke_requested = false, finished_at = NULL, error = NULL,
              result = NULL, result_gzip = NULL, expires_at = NULL, hinted_at = now()
            """;

    // Arguments that stay are not written anew: large ones lie outside the row.
    private static final String ARGS = """
            , args = CASE WHEN $%2$d::text IS NOT NULL THEN args || $%2$d::text::jsonb ELSE coalesce($%1$d::text::jsonb, args) END
            """;

    private static final String RETURNING = """
            RETURNING id, claim_seq, queue, priority, trace_id, task, attempt, batch_id, project_id,
              CASE WHEN $%1$d::text IS NOT NULL OR $%2$d::text IS NOT NULL THEN args::text END AS changed_args
            """;

    private static final String RUN_AGAIN = AFRESH + ARGS.formatted(2, 3) + """
            WHERE id = $1 AND state IN ('FAILURE', 'REVOKED')
            """ + RETURNING.formatted(2, 3);

    /** Is given the task of a job that runs again and its changed arguments as JSON text, before they are committed. */
    public interface ArgsCheck extends BiConsumer<String, String> {}

    /** Lets a failed or revoked job run again as it was. @return the hint to write; empty if there is none such */
    public Optional<Hint> runAgain(UUID id) {
        return runAgain(id, new ArgsChange.Keep(), (_, _) -> {});
    }

    /**
     * Lets a failed or revoked job run again.
     *
     * @param check what it throws undoes all; not asked where arguments stay
     * @return the hint to write; empty if there is no such job or it has not failed
     */
    public Optional<Hint> runAgain(UUID id, ArgsChange change, ArgsCheck check) {
        var parameters = withChange(Tuple.of(id), change);
        return database.inTransaction(sql -> sql.first(RUN_AGAIN, parameters, row -> readAgain(row, check))
                        .or(() -> {
                            FinishedStore.bringBack(sql, List.of(id));
                            return sql.first(RUN_AGAIN, parameters, row -> readAgain(row, check));
                        }))
                .map(Dispatched::hint);
    }

    private static final String REPLAY =
            AFRESH + ARGS.formatted(12, 13) + """
            WHERE id = ANY (ARRAY(
              SELECT id FROM job
              WHERE state IN ('FAILURE', 'REVOKED') AND %s
              ORDER BY id LIMIT $11 FOR UPDATE SKIP LOCKED
            ))
            """.formatted(JobQueries.FILTER) + RETURNING.formatted(12, 13);

    // The first index condition is a partial index's own; without it all finished jobs would be read.
    private static final String REPLAYABLE = """
            SELECT id FROM (SELECT *, NULL::jsonb AS progress FROM finished_job) finished
            WHERE state <> 'SUCCESS' AND state IN ('FAILURE', 'REVOKED') AND %s
            ORDER BY id LIMIT $11
            """.formatted(JobQueries.FILTER);

    /** Changed arguments are read back to be checked, those of so many jobs at a time: each may be as large as a body. */
    private static final int CHECKED_AT_ONCE = 50;

    /**
     * Lets failed and revoked jobs run again, the oldest first, all or none. Those that have left the hot table come back
     * to it first, as many as may be wanted; what then is not wanted leaves again.
     *
     * @param check what it throws undoes all; not asked where arguments stay
     */
    public List<Dispatched> replay(JobFilter filter, int limit, ArgsChange change, ArgsCheck check) {
        int atOnce = change instanceof ArgsChange.Keep ? limit : CHECKED_AT_ONCE;
        return database.inTransaction(sql -> {
            var wanted = JobQueries.filterParameters(filter).addInteger(limit);
            FinishedStore.bringBack(sql, sql.list(REPLAYABLE, wanted, row -> row.getUUID("id")));
            var again = new ArrayList<Dispatched>();
            int found;
            do {
                int some = Math.min(atOnce, limit - again.size());
                var parameters = withChange(JobQueries.filterParameters(filter).addInteger(some), change);
                List<Dispatched> step = sql.list(REPLAY, parameters, row -> readAgain(row, check));
                again.addAll(step);
                found = step.size();
            } while (found == atOnce && again.size() < limit);
            return again;
        });
    }

    private static Tuple withChange(Tuple parameters, ArgsChange change) {
        return switch (change) {
            case ArgsChange.Keep() -> parameters.addString(null).addString(null);
            case ArgsChange.Replace(String args) -> parameters.addString(args).addString(null);
            case ArgsChange.Patch(String members) -> parameters.addString(null).addString(members);
        };
    }

    private static Dispatched readAgain(Row row, ArgsCheck check) {
        String changed = row.getString("changed_args");
        if (changed != null) {
            check.accept(row.getString("task"), changed);
        }
        return DueStore.readDispatched(row);
    }

    private static final String PAUSE = "UPDATE queue SET paused = $2 WHERE name = $1";

    /** Pauses or resumes a queue. What runs goes on. @return false if there is no such queue */
    public boolean pause(String queue, boolean paused) {
        return database.run(PAUSE, Tuple.of(queue, paused)).rowCount() == 1;
    }

    private static final String WAITING_OF = """
            UPDATE job SET hinted_at = now()
            WHERE id = ANY (ARRAY(SELECT id FROM job WHERE queue = $1 AND state = 'PENDING' ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
            RETURNING id, claim_seq, queue, priority, trace_id
            """;

    /** Hints of the oldest waiting jobs of a queue, to be written when it is resumed; the sweep finds those beyond. */
    public List<Hint> waitingOf(String queue, int limit) {
        return database.list(WAITING_OF, Tuple.of(queue, limit), DueStore::readHint);
    }

    private static final String PURGE = """
            UPDATE job SET state = 'REVOKED', revoke_requested = true, due_at = NULL, finished_at = now(),
              error = jsonb_build_object('code', 'purged', 'exc_type', 'Revoked', 'exc_message', 'its queue was purged')
            WHERE id = ANY (ARRAY(SELECT id FROM job WHERE queue = $1 AND state = $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED))
            RETURNING id, task, queue, attempt, batch_id, project_id
            """;

    /** Revokes jobs of a queue that are due and wait, a bounded number. @return which; call again until there is none */
    public List<Subject> purge(String queue, int limit) {
        return database.list(PURGE, Tuple.of(queue, JobState.PENDING.name(), limit), DueStore::readSubject);
    }

    // One that has left the hot table has finished.
    private static final String FINISHED = """
            SELECT u.id FROM unnest($1::uuid[]) AS u(id)
            WHERE coalesce((SELECT j.state FROM job j WHERE j.id = u.id), 'GONE') IN ('SUCCESS', 'FAILURE', 'REVOKED', 'GONE')
            """;

    /** Which of these jobs have finished; for those who wait for them. */
    public List<UUID> finishedOf(List<UUID> ids) {
        return database.list(
                FINISHED, Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)), row -> row.getUUID("id"));
    }
}
