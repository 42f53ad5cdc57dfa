package io.millrace.store;

import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How many jobs are in which state, kept by the database itself as jobs change: see the triggers of the job table. */
@Singleton
public class CountStore {

    private final Database database;

    public CountStore(Database database) {
        this.database = database;
    }

    // One statement, so the changes leave the log and enter the sums together. Ends are also entered by the minute.
    private static final String FOLD = """
            WITH folded AS (
              DELETE FROM job_count_delta WHERE ctid = ANY (ARRAY(SELECT ctid FROM job_count_delta LIMIT $1 FOR UPDATE SKIP LOCKED))
              RETURNING queue, task, state, delta
            ), summed AS (
              SELECT queue, task, state, sum(delta) AS delta FROM folded GROUP BY queue, task, state ORDER BY queue, task, state
            ), counted AS (
              INSERT INTO job_count AS c (queue, task, state, count)
              SELECT queue, task, state, delta FROM summed
              ON CONFLICT (queue, task, state) DO UPDATE SET count = c.count + excluded.count
            ), by_minute AS (
              INSERT INTO job_minute AS m (minute, queue, task, state, count)
              SELECT date_trunc('minute', now()), queue, task, state, delta
              FROM summed WHERE state IN ('SUCCESS', 'FAILURE', 'REVOKED') AND delta > 0
              ON CONFLICT (minute, queue, task, state) DO UPDATE SET count = m.count + excluded.count
            )
            SELECT count(*) AS folded FROM folded
            """;

    /** Folds logged changes into the sums. @return how many were folded */
    public long fold(int limit) {
        return database.first(FOLD, Tuple.of(limit), row -> row.getLong("folded"))
                .orElse(0L);
    }

    /** How many jobs of a task are in a state. */
    public record Count(String queue, String task, String state, long count) {}

    private static final String ALL = """
            SELECT queue, task, state, sum(n)::bigint AS n
            FROM (SELECT queue, task, state, count AS n FROM job_count UNION ALL SELECT queue, task, state, delta FROM job_count_delta) c
            GROUP BY queue, task, state HAVING sum(n) <> 0 ORDER BY queue, task, state
            """;

    /** The exact number of jobs in each state, by queue and task. */
    public List<Count> all() {
        return database.list(
                ALL,
                Tuple.tuple(),
                row -> new Count(
                        row.getString("queue"), row.getString("task"), row.getString("state"), row.getLong("n")));
    }

    /** How many jobs ended in a state in a minute. */
    public record Minute(Instant minute, String queue, String state, long count) {}

    private static final String MINUTES = """
            SELECT minute, queue, state, sum(count)::bigint AS n FROM job_minute
            WHERE minute > now() - $1::int * interval '1 minute'
            GROUP BY minute, queue, state ORDER BY minute, queue, state
            """;

    /** What ended in each of the last minutes. */
    public List<Minute> minutes(int last) {
        return database.list(
                MINUTES,
                Tuple.of(last),
                row -> new Minute(
                        row.getOffsetDateTime("minute").toInstant(),
                        row.getString("queue"),
                        row.getString("state"),
                        row.getLong("n")));
    }

    /** How many jobs of a queue have succeeded or failed, and how many of them failed. */
    public record Ended(String queue, long ended, long failed) {}

    private static final String ENDED = """
            SELECT queue, sum(count)::bigint AS ended, coalesce(sum(count) FILTER (WHERE state = 'FAILURE'), 0)::bigint AS failed
            FROM job_minute WHERE minute > now() - $1::float8 * interval '1 second' AND state IN ('SUCCESS', 'FAILURE')
            GROUP BY queue
            """;

    /** What has ended in the last minutes, by queue. */
    public List<Ended> ended(Duration window) {
        return database.list(
                ENDED,
                Tuple.of(window.toMillis() / 1000.0),
                row -> new Ended(row.getString("queue"), row.getLong("ended"), row.getLong("failed")));
    }
}
