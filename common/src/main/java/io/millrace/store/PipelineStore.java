package io.millrace.store;

import static io.millrace.store.Columns.instant;
import static io.millrace.store.Columns.utc;

import io.millrace.pipeline.Pipeline;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pipelines and what is expected of them. What they do is in {@link ExecutionStore}. */
@Singleton
public class PipelineStore {

    private static final String UNIQUE_VIOLATION = "23505";

    private final Database database;

    public PipelineStore(Database database) {
        this.database = database;
    }

    private static final String CREATE = """
            INSERT INTO pipeline (name, freshness_seconds, timeliness_seconds, sample_window, min_samples, threshold, active)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (name) DO NOTHING
            RETURNING *
            """;

    /** Makes a pipeline. @return empty if there is one of this name */
    public Optional<Pipeline> create(Pipeline.Settings settings) {
        return database.first(CREATE, parameters(Tuple.tuple(), settings), PipelineStore::read);
    }

    private static final String UPDATE = """
            UPDATE pipeline
            SET name = $2, freshness_seconds = $3, timeliness_seconds = $4, sample_window = $5, min_samples = $6, threshold = $7,
                active = $8
            WHERE id = $1
            RETURNING *
            """;

    /** Changes what is expected of a pipeline. @return empty if another one has this name */
    public Optional<Pipeline> update(long id, Pipeline.Settings settings) {
        try {
            return database.first(UPDATE, parameters(Tuple.of(id), settings), PipelineStore::read);
        } catch (PgException e) {
            if (UNIQUE_VIOLATION.equals(e.getSqlState())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static final String GET = "SELECT * FROM pipeline WHERE id = $1";

    /** The pipeline with this id. */
    public Optional<Pipeline> get(long id) {
        return get(database, id);
    }

    /** The same as a part of something larger. */
    static Optional<Pipeline> get(Sql sql, long id) {
        return sql.first(GET, Tuple.of(id), PipelineStore::read);
    }

    private static final String LIST = """
            SELECT * FROM pipeline WHERE id > $1 AND ($2::text IS NULL OR name = $2) ORDER BY id LIMIT $3
            """;

    /**
     * Pipelines in the order of their ids.
     *
     * @param after behind this id
     * @param name only one of this name, null for all
     */
    public List<Pipeline> list(long after, @Nullable String name, int limit) {
        return database.list(LIST, Tuple.tuple().addLong(after).addString(name).addInteger(limit), PipelineStore::read);
    }

    private static final String FRESHNESS_EXPECTED = """
            SELECT * FROM pipeline WHERE id > $1 AND active AND freshness_seconds IS NOT NULL ORDER BY id LIMIT $2
            """;

    /** Pipelines whose freshness is to be checked, in the order of their ids, behind this one. */
    public List<Pipeline> freshnessExpected(long after, int limit) {
        return database.list(FRESHNESS_EXPECTED, Tuple.of(after, limit), PipelineStore::read);
    }

    private static final String BECAME_STALE = """
            UPDATE pipeline SET stale_since = $2
            WHERE id = $1 AND stale_since IS NULL
              AND coalesce(greatest(last_insert_at, last_update_at, last_soft_delete_at), created_at) = $3
            """;

    /**
     * Notes that a pipeline's data are stale.
     *
     * @param judgedBy the change by which that was found; if another has come meanwhile, it does not hold
     * @return whether they were not before, so that it is to be told
     */
    public boolean becameStale(long id, Instant judgedBy, Instant now) {
        return database.run(
                                BECAME_STALE,
                                Tuple.tuple()
                                        .addLong(id)
                                        .addOffsetDateTime(utc(now))
                                        .addOffsetDateTime(utc(judgedBy)))
                        .rowCount()
                == 1;
    }

    private static final String BECAME_FRESH =
            "UPDATE pipeline SET stale_since = NULL WHERE id = $1 AND stale_since IS NOT NULL";

    /** Notes that a pipeline's data are fresh. */
    public void becameFresh(long id) {
        database.run(BECAME_FRESH, Tuple.of(id));
    }

    private static Tuple parameters(Tuple tuple, Pipeline.Settings settings) {
        return tuple.addString(settings.name())
                .addDouble(seconds(settings.freshness()))
                .addDouble(seconds(settings.timeliness()))
                .addInteger(settings.window())
                .addInteger(settings.minSamples())
                .addDouble(settings.threshold())
                .addBoolean(settings.active());
    }

    private static Pipeline read(Row row) {
        return new Pipeline(
                row.getLong("id"),
                new Pipeline.Settings(
                        row.getString("name"),
                        duration(row.getDouble("freshness_seconds")),
                        duration(row.getDouble("timeliness_seconds")),
                        row.getInteger("sample_window"),
                        row.getInteger("min_samples"),
                        row.getDouble("threshold"),
                        row.getBoolean("active")),
                new Pipeline.Modified(
                        instant(row.getOffsetDateTime("last_insert_at")),
                        instant(row.getOffsetDateTime("last_update_at")),
                        instant(row.getOffsetDateTime("last_soft_delete_at"))),
                instant(row.getOffsetDateTime("stale_since")),
                row.getOffsetDateTime("created_at").toInstant());
    }

    static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis() / 1000.0;
    }

    static @Nullable Duration duration(@Nullable Double seconds) {
        return seconds == null ? null : Duration.ofMillis(Math.round(seconds * 1000));
    }
}
