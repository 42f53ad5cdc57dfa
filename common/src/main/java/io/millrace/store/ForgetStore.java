package io.millrace.store;

import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;

/** What is kept for a time beside jobs: workers that are gone, batches, counts by the minute. Deleted in bounded steps. */
@Singleton
public class ForgetStore {

    private final Database database;

    public ForgetStore(Database database) {
        this.database = database;
    }

    private static final String WORKERS = """
            DELETE FROM worker WHERE id = ANY (ARRAY(
              SELECT id FROM worker
              WHERE (state = 'STOPPED' OR (state = 'LOST' AND rescued_at IS NOT NULL))
                AND last_heartbeat < now() - $1::float8 * interval '1 second'
              ORDER BY last_heartbeat LIMIT $2 FOR UPDATE SKIP LOCKED
            ))
            """;

    /** Forgets workers that have stopped, or were lost and rescued, and gave their last sign of life so long ago. */
    public int workers(Duration age, int limit) {
        return database.run(WORKERS, Tuple.of(seconds(age), limit)).rowCount();
    }

    private static final String MINUTES = """
            DELETE FROM job_minute WHERE ctid = ANY (ARRAY(
              SELECT ctid FROM job_minute WHERE minute < now() - $1::float8 * interval '1 second' ORDER BY minute LIMIT $2
              FOR UPDATE SKIP LOCKED
            ))
            """;

    /** Forgets how many jobs ended in minutes that are so long ago. */
    public int minutes(Duration age, int limit) {
        return database.run(MINUTES, Tuple.of(seconds(age), limit)).rowCount();
    }

    // Ids are UUIDv7, so what is older than its age lies before an id that is made of the time; the walk along the
    // primary
    // key ends there. A batch goes last, when none of its members are left.
    private static final String BATCH = """
            WITH old AS (
              SELECT id FROM batch
              WHERE id < (lpad(to_hex((extract(epoch FROM now() - $1::float8 * interval '1 second') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
                AND finished_at < now() - $1::float8 * interval '1 second' AND callback_due_at IS NULL
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
            ), members AS (
              DELETE FROM batch_job WHERE job_id = ANY (ARRAY(
                SELECT job_id FROM batch_job WHERE batch_id = (SELECT id FROM old) ORDER BY job_id LIMIT $2))
              RETURNING job_id
            ), edges AS (
              DELETE FROM dependency WHERE parent_id = ANY (ARRAY(SELECT job_id FROM members))
            ), gone AS (
              DELETE FROM batch WHERE id = (SELECT id FROM old) AND (SELECT count(*) FROM members) < $2 RETURNING id
            )
            SELECT (SELECT count(*) FROM members) AS members, (SELECT count(*) FROM gone) AS batches
            """;

    /**
     * Forgets the graph of the oldest batch that finished so long ago, or a part of it. Its jobs go by their own age.
     *
     * @param limit how many of its jobs to take out of it at most
     * @return whether there was one
     */
    public boolean batch(Duration age, int limit) {
        return database.first(
                                BATCH,
                                Tuple.of(seconds(age), limit),
                                row -> row.getLong("members") + row.getLong("batches"))
                        .orElse(0L)
                > 0;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
