package io.millrace.store;

import static io.millrace.store.Columns.column;
import static io.millrace.store.Columns.utc;

import io.millrace.pipeline.Anomaly;
import io.millrace.pipeline.PipelineExecution;
import io.millrace.pipeline.ZScore;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Anomalies in the metrics of executions. */
@Singleton
public class AnomalyStore {

    private final Database database;

    public AnomalyStore(Database database) {
        this.database = database;
    }

    private static final String FORGET_OTHERS = """
            DELETE FROM pipeline_anomaly WHERE execution_id = $1 AND NOT metric = ANY ($2)
            """;

    // A row that was there keeps the time it was found first; xmax is 0 only where a row is new.
    private static final String NOTE = """
            INSERT INTO pipeline_anomaly AS known (execution_id, pipeline_id, metric, value, mean, standard_deviation, z_score, samples, detected_at)
            SELECT $1::bigint, $2::bigint, u.metric, u.value, u.mean, u.standard_deviation, u.z_score, u.samples, $9::timestamptz
            FROM unnest($3::text[], $4::float8[], $5::float8[], $6::float8[], $7::float8[], $8::int[])
              AS u(metric, value, mean, standard_deviation, z_score, samples)
            ON CONFLICT (execution_id, metric) DO UPDATE
            SET value = excluded.value, mean = excluded.mean, standard_deviation = excluded.standard_deviation,
                z_score = excluded.z_score, samples = excluded.samples
            RETURNING metric, known.xmax = 0 AS is_new
            """;

    /**
     * Notes the anomalies of an execution, all of them: what was found of it before and is none any more is forgotten.
     *
     * @return those that nobody has known before, so that they are to be told
     */
    public List<Anomaly> record(PipelineExecution execution, List<Anomaly> found) {
        return database.inTransaction(sql -> {
            sql.run(
                    FORGET_OTHERS,
                    Tuple.tuple()
                            .addLong(execution.id())
                            .addArrayOfString(column(found, Anomaly::metric, String[]::new)));
            if (found.isEmpty()) {
                return List.of();
            }
            Set<String> news = new HashSet<>();
            sql.run(
                            NOTE,
                            Tuple.tuple()
                                    .addLong(execution.id())
                                    .addLong(execution.pipelineId())
                                    .addArrayOfString(column(found, Anomaly::metric, String[]::new))
                                    .addArrayOfDouble(column(
                                            found, anomaly -> anomaly.score().value(), Double[]::new))
                                    .addArrayOfDouble(column(
                                            found, anomaly -> anomaly.score().mean(), Double[]::new))
                                    .addArrayOfDouble(column(
                                            found, anomaly -> anomaly.score().standardDeviation(), Double[]::new))
                                    .addArrayOfDouble(column(
                                            found,
                                            anomaly -> finite(anomaly.score().z()),
                                            Double[]::new))
                                    .addArrayOfInteger(column(found, Anomaly::samples, Integer[]::new))
                                    .addOffsetDateTime(utc(found.getFirst().detectedAt())))
                    .forEach(row -> {
                        if (row.getBoolean("is_new")) {
                            news.add(row.getString("metric"));
                        }
                    });
            return found.stream()
                    .filter(anomaly -> news.contains(anomaly.metric()))
                    .toList();
        });
    }

    private static final String LIST = """
            SELECT * FROM pipeline_anomaly
            WHERE pipeline_id = $1 AND ($2::bigint IS NULL OR (execution_id, metric) < ($2, $3))
              AND ($4::text IS NULL OR metric = $4) AND ($5::bigint IS NULL OR execution_id = $5)
            ORDER BY execution_id DESC, metric DESC
            LIMIT $6
            """;

    /** A place in a listing. */
    public record Place(long executionId, String metric) {}

    /**
     * Anomalies of a pipeline, those of the newest execution first.
     *
     * @param before behind this place, null for from the beginning
     * @param metric only of this one, null for all
     * @param executionId only of this one, null for all
     */
    public List<Anomaly> of(
            long pipelineId, @Nullable Place before, @Nullable String metric, @Nullable Long executionId, int limit) {
        return database.list(
                LIST,
                Tuple.tuple()
                        .addLong(pipelineId)
                        .addLong(before == null ? null : before.executionId())
                        .addString(before == null ? null : before.metric())
                        .addString(metric)
                        .addLong(executionId)
                        .addInteger(limit),
                AnomalyStore::read);
    }

    private static Anomaly read(Row row) {
        double value = row.getDouble("value");
        double mean = row.getDouble("mean");
        Double z = row.getDouble("z_score");
        return new Anomaly(
                row.getLong("pipeline_id"),
                row.getLong("execution_id"),
                row.getString("metric"),
                new ZScore(
                        value,
                        mean,
                        row.getDouble("standard_deviation"),
                        z == null ? Math.copySign(Double.POSITIVE_INFINITY, value - mean) : z),
                row.getInteger("samples"),
                row.getOffsetDateTime("detected_at").toInstant());
    }

    private static @Nullable Double finite(double z) {
        return Double.isInfinite(z) ? null : z;
    }
}
