package io.millrace.store;

import static io.millrace.store.Columns.instant;

import io.millrace.job.JobState;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the dashboard asks besides jobs, counters and queues. Nothing here is counted over all jobs: every answer is taken
 * from a bounded number of the newest rows along an index, so it costs the same with a thousand finished jobs and with a
 * million, and says how many rows it is about.
 */
@Singleton
public class DashboardStore {

    private static final int SLICE_SECONDS = 30;

    /** Jobs looked at in each slice of half a minute, and in each of the two tables. */
    private static final int JOBS_A_SLICE = 100;

    /** Finished jobs of each task that its percentiles are about, and the newest jobs of the hot table beside them. */
    private static final int JOBS_A_TASK = 200;

    /** How many of a task are looked at for those, where many were revoked and never ran, as by a purge. */
    private static final int LOOKED_AT_A_TASK = 100_000;

    private static final int HOT_JOBS = 2_000;

    private final Database database;

    public DashboardStore(Database database) {
        this.database = database;
    }

    /**
     * How long jobs took.
     *
     * @param waited seconds from when a job could have run to its first start, at these shares of them; empty where none
     *     has started
     * @param ran seconds of the run that succeeded; empty where none has
     */
    public record Times(int jobs, List<Double> waited, List<Double> ran) {}

    /** The times of some jobs that were submitted in a minute. */
    public record Minute(Instant minute, Times times) {}

    // A job that waited for a time of its own, or was tried again, did not wait for a worker from the start.
    private static final String MINUTES = """
            WITH slice AS (
              SELECT * FROM unnest($1::int[], $2::uuid[], $3::uuid[]) AS s(minute, low, high)
            ), looked_at AS (
              SELECT s.minute, j.* FROM slice s CROSS JOIN LATERAL (
                (SELECT state, attempt, created_at, eta, started_at, finished_at FROM finished_job
                 WHERE id >= s.low AND id < s.high ORDER BY id DESC LIMIT $4)
                UNION ALL
                (SELECT state, attempt, created_at, eta, started_at, finished_at FROM job
                 WHERE id >= s.low AND id < s.high ORDER BY id DESC LIMIT $4)
              ) j
            ), timed AS (
              SELECT minute,
                CASE WHEN attempt = 1 THEN greatest(extract(epoch FROM started_at - greatest(created_at, eta)), 0)::float8 END AS wait,
                CASE WHEN state = 'SUCCESS' THEN extract(epoch FROM finished_at - started_at)::float8 END AS run
              FROM looked_at
            )
            SELECT minute, count(*)::int AS jobs,
              percentile_cont($5::float8[]) WITHIN GROUP (ORDER BY wait) AS wait,
              percentile_cont($5::float8[]) WITHIN GROUP (ORDER BY run) AS run
            FROM timed GROUP BY minute ORDER BY minute
            """;

    /**
     * How long jobs took that were submitted in each of the last minutes, from the newest of each half of a minute.
     * Minutes without jobs are left out.
     *
     * @param shares such as 0.5 for the median
     */
    public List<Minute> minutes(int last, List<Double> shares, Instant now) {
        Instant first = now.truncatedTo(ChronoUnit.MINUTES).minus(last - 1L, ChronoUnit.MINUTES);
        int slices = last * 60 / SLICE_SECONDS;
        var minutes = new Integer[slices];
        var low = new UUID[slices];
        var high = new UUID[slices];
        for (int i = 0; i < slices; i++) {
            Instant from = first.plusSeconds((long) i * SLICE_SECONDS);
            minutes[i] = i * SLICE_SECONDS / 60;
            low[i] = firstIdOf(from);
            high[i] = firstIdOf(from.plusSeconds(SLICE_SECONDS));
        }
        var parameters = Tuple.tuple()
                .addArrayOfInteger(minutes)
                .addArrayOfUUID(low)
                .addArrayOfUUID(high)
                .addInteger(JOBS_A_SLICE)
                .addArrayOfDouble(shares.toArray(Double[]::new));
        return database.list(
                MINUTES,
                parameters,
                row -> new Minute(first.plus(row.getInteger("minute"), ChronoUnit.MINUTES), readTimes(row)));
    }

    /** The least UUIDv7 of a time. */
    private static UUID firstIdOf(Instant time) {
        return new UUID(time.toEpochMilli() << 16, 0);
    }

    /**
     * How a task does.
     *
     * @param succeeded in the window, exactly
     * @param failed in the window, exactly
     * @param times of its newest jobs that have finished, whenever that was
     */
    public record TaskHealth(
            String task,
            long succeeded,
            long failed,
            Times times,
            @Nullable Instant lastFinishedAt) {}

    private static final String TASKS = """
            WITH ended AS (
              SELECT task, coalesce(sum(count) FILTER (WHERE state = 'SUCCESS'), 0)::bigint AS succeeded,
                coalesce(sum(count) FILTER (WHERE state = 'FAILURE'), 0)::bigint AS failed
              FROM job_minute WHERE minute > now() - $1::float8 * interval '1 second' GROUP BY task
            ), hot AS MATERIALIZED (
              SELECT task, state, attempt, created_at, eta, started_at, finished_at
              FROM (SELECT * FROM job ORDER BY id DESC LIMIT $2) newest WHERE finished_at IS NOT NULL AND state <> 'REVOKED'
            )
            SELECT t.name AS task, coalesce(e.succeeded, 0) AS succeeded, coalesce(e.failed, 0) AS failed, s.*
            FROM task t LEFT JOIN ended e ON e.task = t.name CROSS JOIN LATERAL (
              SELECT count(*)::int AS jobs, max(finished_at) AS last_finished_at,
                percentile_cont($4::float8[]) WITHIN GROUP (ORDER BY
                  CASE WHEN attempt = 1 THEN greatest(extract(epoch FROM started_at - greatest(created_at, eta)), 0)::float8 END) AS wait,
                percentile_cont($4::float8[]) WITHIN GROUP (ORDER BY
                  CASE WHEN state = 'SUCCESS' THEN extract(epoch FROM finished_at - started_at)::float8 END) AS run
              FROM (
                (SELECT state, attempt, created_at, eta, started_at, finished_at FROM hot h WHERE h.task = t.name LIMIT $3)
                UNION ALL
                (SELECT state, attempt, created_at, eta, started_at, finished_at
                 FROM (SELECT * FROM finished_job f WHERE f.task = t.name ORDER BY f.id DESC LIMIT $5) looked_at
                 WHERE state <> 'REVOKED' LIMIT $3)
              ) newest
            ) s
            ORDER BY t.name
            """;

    /** Every registered task: what has ended of it in the window, and how long its newest jobs took. */
    public List<TaskHealth> tasks(Duration window, List<Double> shares) {
        return database.list(
                TASKS,
                Tuple.tuple()
                        .addDouble(window.toMillis() / 1000.0)
                        .addInteger(HOT_JOBS)
                        .addInteger(JOBS_A_TASK)
                        .addArrayOfDouble(shares.toArray(Double[]::new))
                        .addInteger(LOOKED_AT_A_TASK),
                row -> new TaskHealth(
                        row.getString("task"),
                        row.getLong("succeeded"),
                        row.getLong("failed"),
                        readTimes(row),
                        instant(row, "last_finished_at")));
    }

    private static Times readTimes(Row row) {
        return new Times(row.getInteger("jobs"), seconds(row, "wait"), seconds(row, "run"));
    }

    private static List<Double> seconds(Row row, String column) {
        Double[] values = row.getArrayOfDoubles(column);
        return values == null || values.length == 0 || values[0] == null ? List.of() : List.of(values);
    }

    /** A job that has failed for good. */
    public record Failure(
            UUID jobId,
            String task,
            @Nullable String excType,
            @Nullable String excMessage,
            Instant finishedAt) {}

    // Along the index of what has failed, so that very many that were revoked, as by a purge, hide none.
    private static final String FAILURES = """
            SELECT id, task, error ->> 'exc_type' AS exc_type, left(error ->> 'exc_message', 500) AS exc_message, finished_at
            FROM (
              (SELECT id, task, state, project_id, error, finished_at FROM job ORDER BY id DESC LIMIT $1)
              UNION ALL
              (SELECT id, task, state, project_id, error, finished_at FROM finished_job
               WHERE state = 'FAILURE' ORDER BY id DESC LIMIT $1)
            ) newest
            WHERE state = 'FAILURE' AND finished_at IS NOT NULL
              AND ($2::text IS NULL OR task = $2) AND ($3::text IS NULL OR project_id = $3)
            ORDER BY finished_at DESC
            """;

    /**
     * The newest failed jobs, the last one first.
     *
     * @param task of this task only, null for all
     * @param project of this project only, null for all
     */
    public List<Failure> failures(@Nullable String task, @Nullable String project, int looked) {
        return database.list(
                FAILURES,
                Tuple.tuple().addInteger(looked).addString(task).addString(project),
                row -> new Failure(
                        row.getUUID("id"),
                        row.getString("task"),
                        row.getString("exc_type"),
                        row.getString("exc_message"),
                        row.getOffsetDateTime("finished_at").toInstant()));
    }

    /**
     * A job in the graph of its batch.
     *
     * @param task null, like the state, once the job is no longer kept
     */
    public record Node(
            UUID jobId,
            String key,
            @Nullable String task,
            @Nullable JobState state,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt) {}

    /** That one job waits for another. */
    public record Edge(UUID parent, UUID child) {}

    /** A batch as a graph, or the first jobs of it and what is between them. */
    public record Graph(List<Node> nodes, List<Edge> edges) {}

    private static final String NODES = """
            SELECT m.job_id, m.key, coalesce(j.task, f.task) AS task, coalesce(j.state, f.state) AS state,
              coalesce(j.started_at, f.started_at) AS started_at, coalesce(j.finished_at, f.finished_at) AS finished_at
            FROM (SELECT job_id, key FROM batch_job WHERE batch_id = $1 ORDER BY job_id LIMIT $2) m
            LEFT JOIN LATERAL (SELECT task, state, started_at, finished_at FROM job WHERE id = m.job_id) j ON true
            LEFT JOIN (
              SELECT id, task, state, started_at, finished_at FROM finished_job WHERE batch_id = $1 ORDER BY id LIMIT $2
            ) f ON f.id = m.job_id
            ORDER BY m.job_id
            """;

    private static final String EDGES = """
            SELECT e.parent_id, e.child_id
            FROM unnest($1::uuid[]) AS p(id),
              LATERAL (SELECT parent_id, child_id FROM dependency WHERE parent_id = p.id OFFSET 0) e
            WHERE e.child_id = ANY ($1) LIMIT $2
            """;

    /** The graph of a batch: at most so many of its jobs, in the order they were submitted in. */
    public Graph graph(UUID batch, int mostNodes, int mostEdges) {
        List<Node> nodes = database.list(NODES, Tuple.of(batch, mostNodes), DashboardStore::readNode);
        var ids = nodes.stream().map(Node::jobId).toArray(UUID[]::new);
        List<Edge> edges = database.list(
                EDGES,
                Tuple.tuple().addArrayOfUUID(ids).addInteger(mostEdges),
                row -> new Edge(row.getUUID("parent_id"), row.getUUID("child_id")));
        return new Graph(nodes, edges);
    }

    private static final String AROUND = """
            SELECT parent_id, child_id FROM (
              SELECT m.job_id FROM batch_job m WHERE m.batch_id = $2 ORDER BY m.job_id LIMIT $4
            ) member, LATERAL (SELECT parent_id, child_id FROM dependency WHERE parent_id = member.job_id AND child_id = $1 OFFSET 0) d
            UNION ALL
            (SELECT parent_id, child_id FROM dependency WHERE parent_id = $1 LIMIT $3)
            """;

    private static final String SOME_NODES = """
            SELECT m.job_id, m.key, coalesce(j.task, f.task) AS task, coalesce(j.state, f.state) AS state,
              coalesce(j.started_at, f.started_at) AS started_at, coalesce(j.finished_at, f.finished_at) AS finished_at
            FROM (SELECT job_id, key FROM batch_job WHERE job_id = ANY ($1)) m
            LEFT JOIN LATERAL (SELECT task, state, started_at, finished_at FROM job WHERE id = m.job_id) j ON true
            LEFT JOIN LATERAL (SELECT task, state, started_at, finished_at FROM finished_job WHERE id = m.job_id LIMIT 1) f ON true
            ORDER BY m.job_id
            """;

    /** What a job waits for and what waits for it. */
    public record Relatives(List<Node> parents, List<Node> children) {}

    /** The jobs beside one in the graph of its batch, at most so many on each side. */
    public Relatives relatives(UUID job, UUID batch, int most, int mostMembers) {
        List<Edge> edges = database.list(
                AROUND,
                Tuple.of(job, batch, most, mostMembers),
                row -> new Edge(row.getUUID("parent_id"), row.getUUID("child_id")));
        List<UUID> parents = edges.stream()
                .filter(edge -> edge.child().equals(job))
                .map(Edge::parent)
                .limit(most)
                .toList();
        List<UUID> children = edges.stream()
                .filter(edge -> edge.parent().equals(job))
                .map(Edge::child)
                .toList();
        Map<UUID, Node> nodes = nodes(parents, children);
        return new Relatives(in(nodes, parents), in(nodes, children));
    }

    private Map<UUID, Node> nodes(List<UUID> parents, List<UUID> children) {
        var ids = new ArrayList<>(parents);
        ids.addAll(children);
        var nodes = new HashMap<UUID, Node>();
        for (Node node : database.list(
                SOME_NODES, Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new)), DashboardStore::readNode)) {
            nodes.put(node.jobId(), node);
        }
        return nodes;
    }

    private static List<Node> in(Map<UUID, Node> nodes, List<UUID> ids) {
        return ids.stream().filter(nodes::containsKey).map(nodes::get).toList();
    }

    private static Node readNode(Row row) {
        String state = row.getString("state");
        return new Node(
                row.getUUID("job_id"),
                row.getString("key"),
                row.getString("task"),
                state == null ? null : JobState.valueOf(state),
                instant(row, "started_at"),
                instant(row, "finished_at"));
    }
}
