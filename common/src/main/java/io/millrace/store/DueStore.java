package io.millrace.store;

import io.millrace.event.Subject;
import io.millrace.queue.Hint;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the clock and the sweep do to waiting jobs. Any number of schedulers may run these side by side. */
@Singleton
public class DueStore {

    private final Database database;

    public DueStore(Database database) {
        this.database = database;
    }

    // = ANY (ARRAY (…)), here and below, because a join with an unknown number of rows tempts the planner to read the
    // whole table: this way it is always a look-up by primary key.
    private static final String DISPATCH = """
            UPDATE job SET state = 'PENDING', due_at = NULL, hinted_at = now()
            WHERE id = ANY (ARRAY(SELECT id FROM job WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED))
            RETURNING id, claim_seq, queue, priority, trace_id, task, attempt, batch_id, project_id
            """;

    /** Makes due jobs PENDING. */
    public List<Dispatched> dispatchDue(int limit) {
        return database.list(DISPATCH, Tuple.of(limit), DueStore::readDispatched);
    }

    private static final String UNTIL_NEXT = """
            SELECT extract(epoch FROM min(due_at) - now())::float8 AS seconds FROM job WHERE due_at IS NOT NULL
            """;

    /** How long until the next job becomes due; empty where none is scheduled. */
    public Optional<Duration> untilNextDue() {
        return database.first(UNTIL_NEXT, Tuple.tuple(), row -> Optional.ofNullable(row.getDouble("seconds")))
                .flatMap(seconds -> seconds)
                .map(seconds -> Duration.ofMillis((long) Math.ceil(Math.clamp(seconds, 0.0, 86_400.0) * 1000)));
    }

    private static final String LATENESS = """
            SELECT greatest(extract(epoch FROM now() - min(due_at)), 0)::float8 AS seconds FROM job WHERE due_at IS NOT NULL
            """;

    /** How late the job is that should have become PENDING first; zero where none should have. */
    public Duration lateness() {
        return database.first(LATENESS, Tuple.tuple(), row -> row.getDouble("seconds"))
                .map(seconds -> Duration.ofMillis((long) (seconds * 1000)))
                .orElse(Duration.ZERO);
    }

    /**
     * One step of the walk through the hot table.
     *
     * @param last the last id looked at, empty when the walk has come to the end and begins anew
     * @param looked how many rows were looked at
     * @param newest the last id of the step, empty if there was none to look at
     * @param oldestOpen the first of them that has not finished, empty if all have
     * @param expired waiting jobs that had expired and were revoked
     * @param lost hints that must be written again
     * @param waiting how long the oldest PENDING job of each queue among them has waited since its hint, those aside that
     *     wait for others of their key
     */
    public record Step(
            Optional<UUID> last,
            long looked,
            Optional<UUID> newest,
            Optional<UUID> oldestOpen,
            List<Subject> expired,
            List<Hint> lost,
            Map<String, Duration> waiting) {}

    // Not what is BLOCKED: only who holds its batch may change that. It expires once it is released.
    private static final String WALK = """
            WITH step AS (
              SELECT id, claim_seq, queue, priority, state, trace_id, hinted_at, expires_at, created_at FROM job WHERE id > $1 ORDER BY id LIMIT $2
            ), expired AS (
              UPDATE job j SET state = 'REVOKED', due_at = NULL, finished_at = now(),
                error = jsonb_build_object('code', 'expired', 'exc_type', 'Expired', 'exc_message', 'not started before ' || j.expires_at)
              WHERE j.id = ANY (ARRAY(SELECT id FROM step WHERE expires_at <= now() AND state IN ('SCHEDULED', 'PENDING', 'RETRY')))
                AND j.state IN ('SCHEDULED', 'PENDING', 'RETRY')
              RETURNING j.id, j.task, j.queue, j.attempt, j.batch_id, j.project_id
            ), lost AS (
              SELECT s.id, s.claim_seq, s.queue, s.priority, s.trace_id
              FROM step s JOIN lane l ON l.queue = s.queue AND l.lane = lane_of(s.priority)
              JOIN queue q ON q.name = s.queue AND NOT q.paused
              WHERE s.state = 'PENDING' AND (s.expires_at IS NULL OR s.expires_at > now())
                AND (s.hinted_at IS NULL OR s.hinted_at < l.received_through - $3::float8 * interval '1 second')
                AND (SELECT p.job_id FROM parked p WHERE p.job_id = s.id) IS NULL
              ORDER BY s.id
              LIMIT $4
            ), walked AS (
              SELECT count(*) AS looked, (SELECT id FROM step ORDER BY id DESC LIMIT 1) AS last,
                (SELECT id FROM step WHERE state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED') ORDER BY id LIMIT 1) AS oldest_open,
                (SELECT jsonb_agg(jsonb_build_array(e.id, e.task, e.queue, e.attempt, e.batch_id, e.project_id))::text FROM expired e) AS expired,
                (SELECT jsonb_object_agg(o.queue, o.seconds)::text FROM (
                   SELECT queue, extract(epoch FROM now() - min(coalesce(hinted_at, created_at)))::float8 AS seconds
                   FROM step s WHERE state = 'PENDING' AND NOT %s GROUP BY queue) o) AS waiting
              FROM step
            )
            SELECT w.looked, w.last, w.oldest_open, w.expired, w.waiting, l.* FROM walked w LEFT JOIN lost l ON true
            """.formatted(LimitStore.PARKED_AT_KEYS.formatted("s.id"));

    /**
     * Looks at the next rows in order of age for PENDING jobs whose hint is lost: written more than {@code grace}
     * before what has since been received on their lane. A job that waits in a deep backlog is not among them, nor is one
     * of a paused queue. Waiting jobs that have expired are revoked on the way.
     *
     * @param limit how many lost ones to return at most; the walk then stays where it is
     */
    public Step walk(UUID after, int rows, Duration grace, int limit) {
        var found = database.run(WALK, Tuple.of(after, rows, grace.toMillis() / 1000.0, limit));
        Row first = found.iterator().next();
        long looked = first.getLong("looked");
        List<Hint> lost = first.getUUID("id") == null ? List.of() : database.map(found, DueStore::readHint);
        Optional<UUID> last = looked < rows && lost.size() < limit
                ? Optional.empty()
                : Optional.of(
                        lost.size() < limit
                                ? first.getUUID("last")
                                : lost.getLast().jobId());
        return new Step(
                last,
                looked,
                Optional.ofNullable(first.getUUID("last")),
                Optional.ofNullable(first.getUUID("oldest_open")),
                readExpired(first.getString("expired")),
                lost,
                readWaiting(first.getString("waiting")));
    }

    private static final String HINTED = """
            UPDATE job j SET hinted_at = now()
            FROM unnest($1::uuid[], $2::int[]) AS u(id, claim_seq)
            WHERE j.id = u.id AND j.claim_seq = u.claim_seq AND j.state = 'PENDING'
            """;

    /** Notes that these hints have been written again, and with Kafka's word for it. */
    public void hinted(List<Hint> hints) {
        database.run(
                HINTED,
                Tuple.tuple()
                        .addArrayOfUUID(hints.stream().map(Hint::jobId).toArray(UUID[]::new))
                        .addArrayOfInteger(hints.stream().map(Hint::claimSeq).toArray(Integer[]::new)));
    }

    private static final String ORPHANS = """
            SELECT DISTINCT j.worker_id
            FROM job j LEFT JOIN worker w ON w.id = j.worker_id
            WHERE j.id > $1 AND j.state = 'STARTED' AND (w.id IS NULL OR w.state IN ('LOST', 'STOPPED'))
            """;

    private static List<Subject> readExpired(@Nullable String rows) {
        return rows == null
                ? List.of()
                : new JsonArray(rows)
                        .stream()
                                .map(JsonArray.class::cast)
                                .map(row -> new Subject(
                                        UUID.fromString(row.getString(0)),
                                        row.getString(1),
                                        row.getString(2),
                                        row.getInteger(3),
                                        row.getString(4) == null ? null : UUID.fromString(row.getString(4)),
                                        row.getString(5)))
                                .toList();
    }

    private static Map<String, Duration> readWaiting(@Nullable String seconds) {
        var waiting = new HashMap<String, Duration>();
        if (seconds != null) {
            new JsonObject(seconds)
                    .forEach(each -> waiting.put(each.getKey(), Duration.ofMillis((long)
                            (((Number) each.getValue()).doubleValue() * 1000))));
        }
        return waiting;
    }

    static Dispatched readDispatched(Row row) {
        return new Dispatched(readHint(row), readSubject(row));
    }

    static Subject readSubject(Row row) {
        return new Subject(
                row.getUUID("id"),
                row.getString("task"),
                row.getString("queue"),
                row.getInteger("attempt"),
                row.getUUID("batch_id"),
                row.getString("project_id"));
    }

    static Hint readHint(Row row) {
        return new Hint(
                row.getUUID("id"),
                row.getInteger("claim_seq"),
                row.getString("queue"),
                row.getShort("priority"),
                row.getString("trace_id"));
    }

    /**
     * Workers that are gone and yet hold jobs: a claim that was on its way when its worker was declared lost.
     *
     * @param after only jobs with a later id
     */
    public List<String> workersWithOrphans(UUID after) {
        return database.list(ORPHANS, Tuple.of(after), row -> row.getString("worker_id"));
    }
}
