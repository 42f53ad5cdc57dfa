package io.millrace.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finished jobs: they are moved out of the hot table, come back if they are to run again, and are forgotten, a whole
 * partition at a time ({@code docs/decisions/0017-finished-jobs-leave-by-whole-partitions.md}). A job is in one of the
 * two tables at any moment. Any number of schedulers may do all of this side by side.
 */
@Singleton
public class FinishedStore {

    /** A step moves no more than this and one job, so that large arguments and results make it no long one. */
    private static final long BYTES_A_STEP = 8L << 20;

    /** What the row of a job has in both tables. */
    private static final String COLUMNS = """
            id, task, queue, priority, state, claim_seq, attempt, failures, losses, worker_id, created_at, started_at, finished_at, eta,
            expires_at, max_retries, retry_delay, soft_time_limit, time_limit, result_ttl, args, error, trace_id, project_id, batch_id,
            parent_id, root_id, tags, rate_key, callback_url
            """;

    private final Database database;

    public FinishedStore(Database database) {
        this.database = database;
    }

    /** How long finished jobs are kept, at least; one that has a result no shorter than that. */
    public record Kept(Duration success, Duration failure, Duration revoked) {}

    /**
     * One step of a walk through the hot table.
     *
     * @param last the last id looked at, empty when the walk has come to the end and begins anew
     * @param looked how many rows were looked at
     * @param moved how many jobs have left
     * @param lain how long they had lain there since they finished, the longest of them; zero if none has left
     * @param quiet how long none of the rows looked at will finish by itself, because all wait for a time or for others;
     *     zero if any may, or if fewer rows were looked at than was asked for
     */
    public record Step(Optional<UUID> last, long looked, int moved, Duration lain, Duration quiet) {}

    // Jobs of an open batch stay, because their results are passed on and they may be run again together. All that is
    // asked is an aggregate of one walk over the rows.
    private static final String LOOK =
            """
            WITH looked AS (
              SELECT id, state, finished_at, due_at, result_ttl, result IS NOT NULL OR result_gzip IS NOT NULL AS has_result,
                pg_column_size(args) + coalesce(pg_column_size(result), 0) + coalesce(pg_column_size(result_gzip), 0) AS bytes,
                state IN ('SUCCESS', 'FAILURE', 'REVOKED') AND finished_at <= now() - $6::float8 * interval '1 second'
                  AND (batch_id IS NULL
                    OR coalesce((SELECT b.finished_at IS NOT NULL FROM batch b WHERE b.id = job.batch_id), true)) AS ripe
              FROM job WHERE id > $4 ORDER BY id LIMIT $5
            ), summed AS (
              SELECT *, count(*) FILTER (WHERE ripe) OVER so_far AS place, sum(bytes) FILTER (WHERE ripe) OVER so_far - bytes AS bytes_before
              FROM looked WINDOW so_far AS (ORDER BY id ROWS UNBOUNDED PRECEDING)
            ), judged AS (
              SELECT *, ripe AND place <= $7 AND bytes_before < $8::bigint AS goes FROM summed
            ), timed AS (
              SELECT *, CASE WHEN goes THEN %1$s END AS forget_at, CASE WHEN goes AND %2$s THEN %3$s END AS result_forget_at
              FROM judged
            )
            SELECT now() AS as_of,
              count(*) AS looked,
              (array_agg(id ORDER BY id))[count(*)] AS last,
              array_agg(id ORDER BY id) FILTER (WHERE goes) AS ids,
              bool_or(ripe AND NOT goes) AS more,
              extract(epoch FROM now() - min(finished_at) FILTER (WHERE goes))::float8 AS lain,
              array_agg(DISTINCT forget_at) FILTER (WHERE goes) AS partitions,
              array_agg(DISTINCT result_forget_at) FILTER (WHERE result_forget_at IS NOT NULL) AS result_partitions,
              bool_and(state IN ('SCHEDULED', 'BLOCKED', 'RETRY')) AS quiet,
              extract(epoch FROM min(due_at) - now())::float8 AS due_in
            FROM timed
            """.formatted(forgetAt("now()"), resultIsKept("has_result", "now()"), resultForgetAt("now()"));

    // What somebody else has locked is on its way out, or about to run again. Attempts belong to few jobs; one that
    // succeeded at once has none.
    private static final String MOVE = """
            WITH taken AS (
              SELECT id FROM job
              WHERE id = ANY ($5) AND state IN ('SUCCESS', 'FAILURE', 'REVOKED') AND finished_at IS NOT NULL
              ORDER BY id FOR UPDATE SKIP LOCKED
            ), gone AS (
              DELETE FROM job WHERE id = ANY (ARRAY(SELECT id FROM taken))
              RETURNING %1$s, result, result_gzip, %2$s AS forget_at, CASE WHEN %3$s THEN %4$s END AS result_forget_at,
                claim_seq > 1 OR state <> 'SUCCESS' AS has_past
            ), kept AS (
              INSERT INTO finished_job (%1$s, forget_at, result_forget_at, attempts)
              SELECT %1$s, forget_at, result_forget_at,
                CASE WHEN has_past THEN
                  (SELECT jsonb_agg(to_jsonb(a) - 'job_id' ORDER BY a.claim_seq) FROM attempt a WHERE a.job_id = gone.id) END
              FROM gone
              RETURNING forget_at, queue, task, state
            ), results AS (
              INSERT INTO finished_result (job_id, forget_at, result, result_gzip)
              SELECT id, result_forget_at, result, result_gzip FROM gone WHERE result_forget_at IS NOT NULL
            ), past AS (
              DELETE FROM attempt WHERE job_id = ANY (ARRAY(SELECT id FROM gone WHERE has_past))
            ), tallied AS (
              INSERT INTO finished_tally (forget_at, queue, task, state, count)
              SELECT forget_at, queue, task, state, count(*) FROM kept GROUP BY forget_at, queue, task, state
            )
            SELECT count(*)::int AS moved FROM kept
            """.formatted(
                    COLUMNS,
                    forgetAt("$4"),
                    resultIsKept("(result IS NOT NULL OR result_gzip IS NOT NULL)", "$4"),
                    resultForgetAt("$4"));

    private static String forgetAt(String asOf) {
        return "forget_at(finished_at, CASE state WHEN 'SUCCESS' THEN greatest($1::float8, result_ttl) WHEN 'FAILURE' THEN $2::float8"
                + " ELSE $3::float8 END, " + asOf + "::timestamptz)";
    }

    private static String resultForgetAt(String asOf) {
        return "forget_at(finished_at, result_ttl, " + asOf + "::timestamptz)";
    }

    private static String resultIsKept(String hasResult, String asOf) {
        return hasResult + " AND state = 'SUCCESS' AND finished_at + result_ttl * interval '1 second' > " + asOf
                + "::timestamptz";
    }

    private static final String MAKE_PARTITIONS = """
            SELECT make_partition(u.of_table, u.forget_at)
            FROM (SELECT 'finished_job' AS of_table, unnest($1::timestamptz[]) AS forget_at
                  UNION ALL SELECT 'finished_result', unnest($2::timestamptz[])) u
            """;

    /**
     * Looks at the next rows of the hot table in order of age, and moves the jobs among them that finished a while ago,
     * with their history and, as long as it is to be kept, their result.
     *
     * @param rows how many rows to look at
     * @param after how long a job must have finished before it is moved
     * @param limit how many to move at most; the walk then goes on behind them
     */
    public Step move(UUID position, int rows, Duration after, Kept kept, int limit) {
        Row look = database.run(
                        LOOK,
                        ages(kept)
                                .addUUID(position)
                                .addInteger(rows)
                                .addDouble(seconds(after))
                                .addInteger(limit)
                                .addLong(BYTES_A_STEP))
                .iterator()
                .next();
        long looked = look.getLong("looked");
        UUID[] ids = look.getArrayOfUUIDs("ids");
        int moved = ids == null ? 0 : move(look, ids, kept);
        Optional<UUID> last = ids != null && look.getBoolean("more")
                ? Optional.of(ids[ids.length - 1])
                : looked < rows ? Optional.empty() : Optional.of(look.getUUID("last"));
        boolean quiet = looked == rows && look.getBoolean("quiet");
        return new Step(
                last,
                looked,
                moved,
                moved == 0 ? Duration.ZERO : Duration.ofMillis((long) (look.getDouble("lain") * 1000)),
                quiet ? until(look.getDouble("due_in")) : Duration.ZERO);
    }

    private int move(Row look, UUID[] ids, Kept kept) {
        OffsetDateTime[] partitions = look.getArrayOfOffsetDateTimes("partitions");
        OffsetDateTime[] resultPartitions = look.getArrayOfOffsetDateTimes("result_partitions");
        database.run(
                MAKE_PARTITIONS,
                Tuple.tuple().addArrayOfOffsetDateTime(partitions).addArrayOfOffsetDateTime(resultPartitions));
        return database.first(
                        MOVE,
                        ages(kept)
                                .addOffsetDateTime(look.getOffsetDateTime("as_of"))
                                .addArrayOfUUID(ids),
                        row -> row.getInteger("moved"))
                .orElseThrow();
    }

    /** The first three parameters of what decides when something is forgotten. */
    private static Tuple ages(Kept kept) {
        return Tuple.tuple()
                .addDouble(seconds(kept.success()))
                .addDouble(seconds(kept.failure()))
                .addDouble(seconds(kept.revoked()));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** Where nothing has a time, as in a batch that waits for others, there is none to tell. */
    private static Duration until(@Nullable Double seconds) {
        return seconds == null
                ? Duration.ofDays(1)
                : Duration.ofMillis((long) (Math.clamp(seconds, 0.0, 86_400.0) * 1000));
    }

    // claim_seq goes on from where it was. A finished row is not counted as a new job: see job_count_inserted.
    private static final String BRING_BACK = """
            WITH back AS (
              DELETE FROM finished_job WHERE id = ANY ($1) AND state IN ('FAILURE', 'REVOKED') RETURNING *
            ), history AS (
              INSERT INTO attempt (job_id, claim_seq, attempt, worker_id, started_at, finished_at, outcome, error_code, exc_type,
                                   exc_message, traceback, retry_delay_seconds)
              SELECT b.id, a.* FROM back b CROSS JOIN LATERAL %2$s
            ), tallied AS (
              INSERT INTO finished_tally (forget_at, queue, task, state, count)
              SELECT forget_at, queue, task, state, -count(*) FROM back GROUP BY forget_at, queue, task, state
            )
            INSERT INTO job (%1$s, hinted_at) SELECT %1$s, now() FROM back
            """.formatted(COLUMNS, attemptsOf("b"));

    /** The attempts of a finished job as rows {@code a}, which have the columns of the table, but not the job's id. */
    static String attemptsOf(String job) {
        return """
            jsonb_to_recordset(%s.attempts) AS a(
              claim_seq int, attempt int, worker_id text, started_at timestamptz, finished_at timestamptz, outcome text,
              error_code text, exc_type text, exc_message text, traceback text, retry_delay_seconds float8)""".formatted(job);
    }

    /**
     * Brings those of these jobs back into the hot table that have failed or were revoked and have left it, as they
     * were; for whoever lets them run again in the same transaction.
     */
    static void bringBack(Sql sql, Collection<UUID> ids) {
        if (!ids.isEmpty()) {
            sql.run(BRING_BACK, Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)));
        }
    }

    private static final String FORGET = "SELECT dropped, jobs, busy FROM forget_partition(now())";

    /**
     * What became of an attempt to forget.
     *
     * @param partition what was dropped, empty if nothing was
     * @param jobs how many finished jobs were in it
     * @param busy whether there may be something to forget that others were using
     */
    public record Forgotten(Optional<String> partition, long jobs, boolean busy) {}

    /** Forgets the finished jobs or results of one partition whose time has come: drops it, or leaves it for later. */
    public Forgotten forget() {
        return database.first(
                        FORGET,
                        Tuple.tuple(),
                        row -> new Forgotten(
                                Optional.ofNullable(row.getString("dropped")),
                                row.getLong("jobs"),
                                row.getBoolean("busy")))
                .orElseThrow();
    }

    private static final String SIZES = """
            SELECT (SELECT n_live_tup FROM pg_stat_user_tables WHERE relid = 'job'::regclass) AS hot_rows,
              pg_table_size('job') AS hot_bytes,
              (SELECT count(*) FROM finished_partition) AS partitions,
              (SELECT coalesce(sum(pg_total_relation_size(to_regclass(name))), 0)::bigint FROM finished_partition) AS finished_bytes
            """;

    /**
     * What there is.
     *
     * @param hotRows rows of the hot table, as PostgreSQL estimates them
     * @param finishedBytes of finished jobs and their results, with indexes
     */
    public record Sizes(long hotRows, long hotBytes, long partitions, long finishedBytes) {}

    /** How much room the hot table and the finished jobs take. Asks for the sizes of files, reads no row. */
    public Sizes sizes() {
        return database.first(
                        SIZES,
                        Tuple.tuple(),
                        row -> new Sizes(
                                row.getLong("hot_rows"),
                                row.getLong("hot_bytes"),
                                row.getLong("partitions"),
                                row.getLong("finished_bytes")))
                .orElseThrow();
    }

    /** The names of what a job has in both tables. */
    static List<String> columns() {
        return Arrays.stream(COLUMNS.split(",")).map(String::strip).toList();
    }
}
