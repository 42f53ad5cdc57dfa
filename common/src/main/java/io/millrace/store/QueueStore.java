package io.millrace.store;

import io.millrace.alert.Severity;
import io.millrace.limit.DeclaredLimit;
import io.millrace.queue.Lane;
import io.millrace.queue.QueueStatus;
import io.millrace.task.Precedence;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Queues, their lanes and how they stand. */
@Singleton
public class QueueStore {

    private final Database database;

    public QueueStore(Database database) {
        this.database = database;
    }

    private static final String DECLARE = """
            INSERT INTO queue (name, priority, rate_limit, max_concurrency, says)
            SELECT name, priority, rate_limit, max_concurrency, says::jsonb
            FROM unnest($1::text[], $2::smallint[], $3::text[], $4::int[], $5::text[])
              AS u(name, priority, rate_limit, max_concurrency, says)
            ORDER BY name
            ON CONFLICT (name) DO UPDATE
            SET rate_limit = excluded.rate_limit, max_concurrency = excluded.max_concurrency, says = excluded.says
            WHERE (queue.rate_limit, queue.max_concurrency, queue.says)
              IS DISTINCT FROM (excluded.rate_limit, excluded.max_concurrency, excluded.says)
            """;

    /** Makes queues known that are not yet, of which nothing is declared but their priority. */
    public void declare(Map<String, Integer> priorityByName) {
        declare(priorityByName, Map.of(), Precedence.NOTHING_CONFIGURED);
    }

    /**
     * Makes queues known that are not yet, and what is declared of all: their limits, and what their jobs get. What an
     * operator has set stays: the priority here, and limits among the rules.
     */
    public void declare(
            Map<String, Integer> priorityByName, Map<String, DeclaredLimit> limitByName, Precedence defaults) {
        var names = priorityByName.keySet().stream().sorted().toArray(String[]::new);
        var priorities = new Short[names.length];
        for (int i = 0; i < names.length; i++) {
            priorities[i] = priorityByName.getOrDefault(names[i], 0).shortValue();
        }
        List<DeclaredLimit> limits = Stream.of(names)
                .map(name -> limitByName.getOrDefault(name, DeclaredLimit.NONE))
                .toList();
        database.run(
                DECLARE,
                Tuple.tuple()
                        .addArrayOfString(names)
                        .addArrayOfShort(priorities)
                        .addArrayOfString(
                                limits.stream().map(DeclaredLimit::rateOrNull).toArray(String[]::new))
                        .addArrayOfInteger(limits.stream()
                                .map(DeclaredLimit::maxConcurrencyOrNull)
                                .toArray(Integer[]::new))
                        .addArrayOfString(Stream.of(names)
                                .map(name -> Saying.json(defaults.ofQueue(name)))
                                .toArray(String[]::new)));
    }

    private static final String SET_PRIORITY = "UPDATE queue SET priority = $2 WHERE name = $1";

    /** Sets the priority that jobs of this queue get which name none. */
    public void setPriority(String queue, int priority) {
        database.run(SET_PRIORITY, Tuple.of(queue, (short) priority));
    }

    private static final String PRIORITIES = "SELECT name, priority FROM queue";

    /** The priority of every queue, by name. */
    public Map<String, Integer> priorities() {
        var priorities = new HashMap<String, Integer>();
        database.run(PRIORITIES, Tuple.tuple())
                .forEach(row -> priorities.put(row.getString("name"), (int) row.getShort("priority")));
        return priorities;
    }

    private static final String STATUS = """
            WITH counted AS (
              SELECT queue, state, sum(n) AS n
              FROM (SELECT queue, state, count AS n FROM job_count UNION ALL SELECT queue, state, delta FROM job_count_delta) c
              GROUP BY queue, state
            ), per_minute AS (
              SELECT queue,
                     sum(count) FILTER (WHERE state = 'SUCCESS') AS completed,
                     sum(count) FILTER (WHERE state = 'FAILURE') AS failed
              FROM job_minute WHERE minute = date_trunc('minute', now()) - interval '1 minute' GROUP BY queue
            )
            SELECT q.name, q.priority, q.paused,
                   nullif(coalesce(r.rate_limit, q.rate_limit), 'none') AS rate_limit,
                   nullif(coalesce(r.max_concurrency, q.max_concurrency), 0) AS max_concurrency,
                   coalesce((SELECT n FROM counted c WHERE c.queue = q.name AND c.state = 'PENDING'), 0)::bigint AS depth,
                   coalesce((SELECT sum(n) FROM counted c WHERE c.queue = q.name AND c.state IN ('SCHEDULED', 'RETRY')), 0)::bigint AS scheduled,
                   coalesce((SELECT n FROM counted c WHERE c.queue = q.name AND c.state = 'STARTED'), 0)::bigint AS running,
                   (SELECT count(*) FROM worker w WHERE w.state = 'ACTIVE' AND q.name = ANY (w.queues))::int AS workers,
                   coalesce(m.completed, 0)::bigint AS completed, coalesce(m.failed, 0)::bigint AS failed,
                   greatest(extract(epoch FROM now() - q.waiting_since), 0)::float8 AS oldest_age,
                   (SELECT max(a.level)::text FROM queue_alert a WHERE a.queue = q.name) AS alert_level
            FROM queue q LEFT JOIN per_minute m ON m.queue = q.name
              LEFT JOIN limit_rule r ON r.scope = 'queue' AND r.name = q.name
            ORDER BY q.name
            """;

    // Waiting jobs are found in order of age. The bound keeps a queue whose jobs are far behind others' from costing
    // a scan of the whole table.
    private static final String OLDEST = """
            SELECT extract(epoch FROM now() - coalesce(hinted_at, created_at))::float8 AS age
            FROM (SELECT * FROM job ORDER BY id LIMIT 20000) oldest
            WHERE queue = $1 AND state = 'PENDING' AND NOT %s ORDER BY id LIMIT 1
            """.formatted(LimitStore.PARKED_AT_KEYS.formatted("oldest.id"));

    /** Every queue as it stands, by name. */
    public List<QueueStatus> status() {
        return database.list(STATUS, Tuple.tuple(), this::readStatus);
    }

    private QueueStatus readStatus(Row row) {
        return new QueueStatus(
                row.getString("name"),
                row.getShort("priority"),
                row.getBoolean("paused"),
                row.getLong("depth"),
                row.getLong("scheduled"),
                row.getLong("running"),
                Objects.requireNonNullElse(row.getDouble("oldest_age"), 0.0),
                row.getInteger("workers"),
                row.getLong("completed"),
                row.getLong("failed"),
                row.getString("rate_limit"),
                row.getInteger("max_concurrency"),
                Optional.ofNullable(row.getString("alert_level"))
                        .map(Severity::valueOf)
                        .orElse(null));
    }

    /**
     * How long the oldest waiting job of a queue has waited, in seconds; empty where none is among the oldest jobs of all:
     * then {@link QueueStatus#oldestAgeSeconds} says what the sweep has seen.
     */
    public OptionalDouble oldestAgeSeconds(String queue) {
        return database.list(OLDEST, Tuple.of(queue), row -> row.getDouble("age")).stream()
                .mapToDouble(Double::doubleValue)
                .findFirst();
    }

    private static final String WAITING_SINCE = """
            UPDATE queue q SET waiting_since = w.since
            FROM (
              SELECT name, now() - u.seconds * interval '1 second' AS since
              FROM queue LEFT JOIN unnest($1::text[], $2::float8[]) AS u(name, seconds) USING (name)
            ) w
            WHERE w.name = q.name AND (q.waiting_since IS NULL OR w.since IS NULL OR abs(extract(epoch FROM q.waiting_since - w.since)) > 1)
              AND q.waiting_since IS DISTINCT FROM w.since
            """;

    /**
     * Notes what a whole round of the sweep has seen.
     *
     * @param oldest how long the oldest waiting job of a queue has waited; a queue where none waits is not in it
     */
    public void waiting(Map<String, Duration> oldest) {
        var names = new ArrayList<String>();
        var seconds = new ArrayList<Double>();
        oldest.forEach((name, age) -> {
            names.add(name);
            seconds.add(age.toMillis() / 1000.0);
        });
        database.run(
                WAITING_SINCE,
                Tuple.tuple()
                        .addArrayOfString(names.toArray(String[]::new))
                        .addArrayOfDouble(seconds.toArray(Double[]::new)));
    }

    /** How far a lane has been received. */
    public record Received(String queue, Lane lane, Instant through) {}

    private static final String RECEIVED = """
            INSERT INTO lane (queue, lane, received_through)
            SELECT queue, lane, least(through, now())
            FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS u(queue, lane, through) ORDER BY queue, lane
            ON CONFLICT (queue, lane) DO UPDATE SET received_through = excluded.received_through
            WHERE lane.received_through < excluded.received_through
            """;

    /** Notes how far lanes have been received. A mark never goes back, and never beyond now: clocks differ. */
    public void received(Collection<Received> marks) {
        database.run(
                RECEIVED,
                Tuple.tuple()
                        .addArrayOfString(marks.stream().map(Received::queue).toArray(String[]::new))
                        .addArrayOfString(
                                marks.stream().map(m -> m.lane().wireName()).toArray(String[]::new))
                        .addArrayOfOffsetDateTime(marks.stream()
                                .map(m -> m.through().atOffset(ZoneOffset.UTC))
                                .toArray(java.time.OffsetDateTime[]::new)));
    }
}
