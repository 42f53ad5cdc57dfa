package io.millrace.store;

import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What registered functions have returned, by the job id of the domain they were run for. */
@Singleton
public class FunctionStore {

    private final Database database;

    public FunctionStore(Database database) {
        this.database = database;
    }

    private static final String RESULT = """
            SELECT result FROM function_result WHERE project_id = $1 AND function_path = $2 AND job_id = $3
            """;

    /**
     * What a function has returned for a job id of this project, as JSON text.
     *
     * @param project null for none
     */
    public Optional<String> result(@Nullable String project, String function, String jobId) {
        return database.first(RESULT, key(project, function, jobId), row -> row.getString("result"));
    }

    private static final String RETURNED = """
            INSERT INTO function_result (project_id, function_path, job_id, task_id, result)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (project_id, function_path, job_id) DO NOTHING
            """;

    /** Notes what a function has returned. Of two that have run at once, the first is kept. */
    public void returned(@Nullable String project, String function, String jobId, UUID task, String result) {
        database.run(RETURNED, key(project, function, jobId).addUUID(task).addString(result));
    }

    private static Tuple key(@Nullable String project, String function, String jobId) {
        return Tuple.tuple()
                .addString(project == null ? "" : project)
                .addString(function)
                .addString(jobId);
    }

    private static final String FORGET = """
            DELETE FROM function_result
            WHERE ctid = ANY (ARRAY(
              SELECT ctid FROM function_result
              WHERE finished_at < now() - $1::float8 * interval '1 second'
              ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED
            ))
            """;

    /** Forgets results that are older than this, a bounded number. @return how many */
    public int forget(Duration age, int limit) {
        return database.run(FORGET, Tuple.of(age.toMillis() / 1000.0, limit)).rowCount();
    }
}
