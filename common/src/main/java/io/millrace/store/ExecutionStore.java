package io.millrace.store;

import static io.millrace.store.Columns.instant;
import static io.millrace.store.Columns.utc;

import io.millrace.pipeline.ExecutionChange;
import io.millrace.pipeline.ExecutionStatus;
import io.millrace.pipeline.PipelineExecution;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Executions of pipelines. What is to follow from one (its place in the hierarchy, the analysis of its metrics) is a job
 * that is submitted in the transaction that writes it down.
 */
@Singleton
public class ExecutionStore {

    /** How many executions may be above one. */
    public static final int MAX_DEPTH = 1_000;

    private final Database database;

    public ExecutionStore(Database database) {
        this.database = database;
    }

    /** What became of an execution that was to be begun. */
    public sealed interface Begun {
        /** It has begun. */
        record Execution(PipelineExecution execution) implements Begun {}

        /** There is no such pipeline. */
        record NoPipeline() implements Begun {}

        /** There is no such parent. */
        record NoParent() implements Begun {}

        /** Its parent has as many executions above it as one may have. */
        record TooDeep() implements Begun {}
    }

    private static final String PARENT_DEPTH = "SELECT depth FROM pipeline_execution WHERE id = $1";

    private static final String BEGIN = """
            INSERT INTO pipeline_execution (pipeline_id, parent_id, depth, started_at)
            VALUES ($1, $2, $3, $4)
            RETURNING *, metrics::text AS metrics_text
            """;

    private static final String CLOSURE_JOB = """
            UPDATE pipeline_execution SET closure_job_id = $2 WHERE id = $1 RETURNING *, metrics::text AS metrics_text
            """;

    /**
     * Begins an execution, and submits the job that enters it into the hierarchy.
     *
     * @param parentId the execution, of whatever pipeline, that has started it; null for none
     */
    public Begun begin(long pipelineId, @Nullable Long parentId, Instant startedAt) {
        return database.inTransaction(sql -> {
            if (PipelineStore.get(sql, pipelineId).isEmpty()) {
                return new Begun.NoPipeline();
            }
            int depth = 0;
            if (parentId != null) {
                Optional<Integer> above = sql.first(PARENT_DEPTH, Tuple.of(parentId), row -> row.getInteger("depth"));
                if (above.isEmpty()) {
                    return new Begun.NoParent();
                }
                depth = above.get() + 1;
            }
            if (depth > MAX_DEPTH) {
                return new Begun.TooDeep();
            }
            PipelineExecution begun = sql.first(
                            BEGIN,
                            Tuple.tuple()
                                    .addLong(pipelineId)
                                    .addLong(parentId)
                                    .addInteger(depth)
                                    .addOffsetDateTime(utc(startedAt)),
                            ExecutionStore::read)
                    .orElseThrow();
            var args = new JsonObject().put("execution_id", begun.id());
            if (parentId != null) {
                args.put("parent_id", parentId);
            }
            UUID job = Submit.in(sql, "pipeline_execution_closure_maintain_task", args);
            return new Begun.Execution(sql.first(CLOSURE_JOB, Tuple.of(begun.id(), job), ExecutionStore::read)
                    .orElseThrow());
        });
    }

    /** What became of what an execution has told. */
    public sealed interface Changed {
        /** It is written down. */
        record Execution(PipelineExecution execution) implements Changed {}

        /** It was told before. */
        record ToldBefore(PipelineExecution execution) implements Changed {}

        /** There is no such execution. */
        record NoExecution() implements Changed {}

        /** It has ended already. */
        record Ended(PipelineExecution execution) implements Changed {}

        /** It would end before it has begun. */
        record EndsBeforeStart(PipelineExecution execution) implements Changed {}
    }

    private static final String LOCK = """
            SELECT *, metrics::text AS metrics_text FROM pipeline_execution WHERE id = $1 FOR UPDATE
            """;

    private static final String CHANGE = """
            UPDATE pipeline_execution
            SET status = $2, metrics = metrics || $3::text::jsonb, error = coalesce($4, error), finished_at = $5, analysis_job_id = $6
            WHERE id = $1
            RETURNING *, metrics::text AS metrics_text
            """;

    private static final String MODIFIED = """
            UPDATE pipeline
            SET last_insert_at = CASE WHEN $3 THEN greatest(last_insert_at, $2) ELSE last_insert_at END,
                last_update_at = CASE WHEN $4 THEN greatest(last_update_at, $2) ELSE last_update_at END,
                last_soft_delete_at = CASE WHEN $5 THEN greatest(last_soft_delete_at, $2) ELSE last_soft_delete_at END
            WHERE id = $1
            """;

    /** Writes down what an execution tells; a success is followed by the search for anomalies. */
    public Changed change(long id, ExecutionChange change, Instant now) {
        return database.inTransaction(sql -> {
            Optional<PipelineExecution> found = sql.first(LOCK, Tuple.of(id), ExecutionStore::read);
            if (found.isEmpty()) {
                return new Changed.NoExecution();
            }
            PipelineExecution execution = found.get();
            return switch (change.against(execution)) {
                case APPLIES -> new Changed.Execution(apply(sql, execution, change, now));
                case TOLD_BEFORE -> new Changed.ToldBefore(execution);
                case ENDED -> new Changed.Ended(execution);
                case ENDS_BEFORE_START -> new Changed.EndsBeforeStart(execution);
            };
        });
    }

    private static PipelineExecution apply(Sql sql, PipelineExecution before, ExecutionChange change, Instant now) {
        ExecutionStatus status = change.status() == null ? before.status() : change.status();
        Instant finishedAt = null;
        if (change.ends()) {
            Instant told = change.finishedAt() == null ? now : change.finishedAt();
            finishedAt = told.isBefore(before.startedAt()) ? before.startedAt() : told;
        }
        UUID analysis = status == ExecutionStatus.SUCCESS
                ? Submit.in(
                        sql,
                        "detect_anomalies_task",
                        new JsonObject()
                                .put("pipeline_id", before.pipelineId())
                                .put("pipeline_execution_id", before.id()))
                : null;
        PipelineExecution after = sql.first(
                        CHANGE,
                        Tuple.tuple()
                                .addLong(before.id())
                                .addString(status.wireName())
                                .addString(json(change.metrics()))
                                .addString(change.error())
                                .addOffsetDateTime(utc(finishedAt))
                                .addUUID(analysis),
                        ExecutionStore::read)
                .orElseThrow();
        if (status == ExecutionStatus.SUCCESS) {
            noteModified(sql, after);
        }
        return after;
    }

    private static void noteModified(Sql sql, PipelineExecution ended) {
        boolean inserted = isMore(ended, PipelineExecution.INSERTS);
        boolean updated = isMore(ended, PipelineExecution.UPDATES);
        boolean deleted = isMore(ended, PipelineExecution.SOFT_DELETES);
        if (inserted || updated || deleted) {
            sql.run(
                    MODIFIED,
                    Tuple.tuple()
                            .addLong(ended.pipelineId())
                            .addOffsetDateTime(utc(ended.finishedAt()))
                            .addBoolean(inserted)
                            .addBoolean(updated)
                            .addBoolean(deleted));
        }
    }

    private static boolean isMore(PipelineExecution ended, String metric) {
        return ended.metrics().getOrDefault(metric, 0.0) > 0;
    }

    private static final String GET = """
            SELECT *, metrics::text AS metrics_text FROM pipeline_execution WHERE id = $1
            """;

    /** The execution with this id. */
    public Optional<PipelineExecution> get(long id) {
        return database.first(GET, Tuple.of(id), ExecutionStore::read);
    }

    private static final String OF = """
            SELECT *, metrics::text AS metrics_text
            FROM pipeline_execution
            WHERE pipeline_id = $1 AND id < $2 AND ($3::text[] IS NULL OR status = ANY ($3))
            ORDER BY id DESC
            LIMIT $4
            """;

    /**
     * Executions of a pipeline, the newest first.
     *
     * @param before older than this id
     * @param statuses only those, empty for all
     */
    public List<PipelineExecution> of(long pipelineId, long before, Collection<ExecutionStatus> statuses, int limit) {
        return database.list(
                OF,
                Tuple.tuple()
                        .addLong(pipelineId)
                        .addLong(before)
                        .addArrayOfString(
                                statuses.isEmpty()
                                        ? null
                                        : statuses.stream()
                                                .map(ExecutionStatus::wireName)
                                                .toArray(String[]::new))
                        .addInteger(limit),
                ExecutionStore::read);
    }

    private static final String METRICS_BEFORE = """
            SELECT metrics::text AS metrics_text
            FROM pipeline_execution
            WHERE pipeline_id = $1 AND id < $2 AND status = 'success'
            ORDER BY id DESC
            LIMIT $3
            """;

    /** Metrics of the successful executions before one, the newest first: those that began before it, by their ids. */
    public List<Map<String, Double>> metricsBefore(PipelineExecution execution, int window) {
        return database.list(
                METRICS_BEFORE,
                Tuple.of(execution.pipelineId(), execution.id(), window),
                row -> metrics(row.getString("metrics_text")));
    }

    private static final String ENTER = """
            WITH RECURSIVE up (id, depth) AS (
              SELECT $1::bigint, 0
              UNION ALL
              SELECT e.parent_id, up.depth + 1
              FROM up JOIN pipeline_execution e ON e.id = up.id
              WHERE e.parent_id IS NOT NULL
            )
            INSERT INTO execution_closure (ancestor_id, descendant_id, depth)
            SELECT id, $1, depth FROM up
            ON CONFLICT DO NOTHING
            """;

    /**
     * Enters an execution into the hierarchy, below all that are above it. Whoever else does so meanwhile: what is above
     * it was there before it and never changes, so that these are its rows, in whatever order executions are entered.
     *
     * @return how many rows were missing
     */
    public int enter(long id) {
        return database.run(ENTER, Tuple.of(id)).rowCount();
    }

    /** A relative of an execution, so many executions away. */
    public record Relative(PipelineExecution execution, int distance) {}

    private static final String DESCENDANTS = """
            SELECT e.*, e.metrics::text AS metrics_text, c.depth AS distance
            FROM execution_closure c JOIN pipeline_execution e ON e.id = c.descendant_id
            WHERE c.ancestor_id = $1 AND c.depth > 0 AND (c.depth, c.descendant_id) > ($2, $3)
            ORDER BY c.depth, c.descendant_id
            LIMIT $4
            """;

    /** Executions below one, the nearest first, behind this place. */
    public List<Relative> descendants(long id, int afterDistance, long afterId, int limit) {
        return database.list(DESCENDANTS, Tuple.of(id, afterDistance, afterId, limit), ExecutionStore::readRelative);
    }

    private static final String ANCESTORS = """
            SELECT e.*, e.metrics::text AS metrics_text, c.depth AS distance
            FROM execution_closure c JOIN pipeline_execution e ON e.id = c.ancestor_id
            WHERE c.descendant_id = $1 AND c.depth > 0 AND (c.depth, c.ancestor_id) > ($2, $3)
            ORDER BY c.depth
            LIMIT $4
            """;

    /** Executions above one, the nearest first, behind this place. */
    public List<Relative> ancestors(long id, int afterDistance, long afterId, int limit) {
        return database.list(ANCESTORS, Tuple.of(id, afterDistance, afterId, limit), ExecutionStore::readRelative);
    }

    /** An execution of a pipeline that may take so long. */
    public record Timed(PipelineExecution execution, String pipeline, Duration expected) {}

    private static final String ENDED_SINCE = """
            SELECT e.*, e.metrics::text AS metrics_text, p.name, p.timeliness_seconds
            FROM pipeline_execution e JOIN pipeline p ON p.id = e.pipeline_id
            WHERE e.finished_at >= $1 AND (e.finished_at, e.id) > ($1, $2)
              AND p.active AND p.timeliness_seconds IS NOT NULL
            ORDER BY e.finished_at, e.id
            LIMIT $3
            """;

    /** Executions whose time is limited and that have ended from a time on, by the order of their ends, behind this place. */
    public List<Timed> endedSince(Instant since, long afterId, int limit) {
        return database.list(
                ENDED_SINCE,
                Tuple.tuple().addOffsetDateTime(utc(since)).addLong(afterId).addInteger(limit),
                ExecutionStore::readTimed);
    }

    private static final String STILL_RUNNING = """
            SELECT e.*, e.metrics::text AS metrics_text, p.name, p.timeliness_seconds
            FROM pipeline_execution e JOIN pipeline p ON p.id = e.pipeline_id
            WHERE e.finished_at IS NULL AND e.id > $1 AND p.active AND p.timeliness_seconds IS NOT NULL
            ORDER BY e.id
            LIMIT $2
            """;

    /** Executions whose time is limited and that have not ended, by their ids, behind this one. */
    public List<Timed> stillRunning(long afterId, int limit) {
        return database.list(STILL_RUNNING, Tuple.of(afterId, limit), ExecutionStore::readTimed);
    }

    private static final String NOTE_LATE = """
            UPDATE pipeline_execution SET late_at = $2 WHERE id = ANY ($1) AND late_at IS NULL RETURNING id
            """;

    /** Notes that these take too long. @return those of which nobody has known it before, so that it is to be told */
    public Set<Long> noteLate(Collection<Long> ids, Instant now) {
        return ids.isEmpty()
                ? Set.of()
                : new HashSet<>(database.list(
                        NOTE_LATE,
                        Tuple.tuple().addArrayOfLong(ids.toArray(Long[]::new)).addOffsetDateTime(utc(now)),
                        row -> row.getLong("id")));
    }

    private static Relative readRelative(Row row) {
        return new Relative(read(row), row.getInteger("distance"));
    }

    private static Timed readTimed(Row row) {
        Duration expected = PipelineStore.duration(row.getDouble("timeliness_seconds"));
        return new Timed(read(row), row.getString("name"), expected == null ? Duration.ZERO : expected);
    }

    private static PipelineExecution read(Row row) {
        return new PipelineExecution(
                row.getLong("id"),
                row.getLong("pipeline_id"),
                row.getLong("parent_id"),
                row.getInteger("depth"),
                ExecutionStatus.of(row.getString("status")),
                metrics(row.getString("metrics_text")),
                row.getString("error"),
                row.getOffsetDateTime("started_at").toInstant(),
                instant(row.getOffsetDateTime("finished_at")),
                instant(row.getOffsetDateTime("late_at")),
                row.getUUID("closure_job_id"),
                row.getUUID("analysis_job_id"));
    }

    private static Map<String, Double> metrics(String json) {
        var metrics = new TreeMap<String, Double>();
        for (var metric : new JsonObject(json)) {
            if (metric.getValue() instanceof Number number) {
                metrics.put(metric.getKey(), number.doubleValue());
            }
        }
        return metrics;
    }

    private static String json(Map<String, Double> metrics) {
        var json = new JsonObject();
        metrics.forEach(json::put);
        return json.encode();
    }
}
