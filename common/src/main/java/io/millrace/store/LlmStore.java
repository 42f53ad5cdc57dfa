package io.millrace.store;

import static io.millrace.store.Columns.instant;

import io.millrace.llm.LlmCall;
import io.millrace.llm.LlmConfig;
import io.millrace.llm.Usage;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Configurations of calls of language models, and the calls, each written down with the job that makes it. */
@Singleton
public class LlmStore {

    /** The task that makes calls: somebody waits for the answer. */
    static final String TASK = "execute_high_priority_task";

    /** The function that makes a call. */
    public static final String FUNCTION = "llm.call";

    private final Database database;

    public LlmStore(Database database) {
        this.database = database;
    }

    // One statement: the row of the name is locked until its version is there, so two at once have numbers in a row.
    private static final String ADD_VERSION = """
            WITH named AS (
              INSERT INTO llm_config AS c (project_id, name) VALUES ($1, $2)
              ON CONFLICT (project_id, name) DO UPDATE SET last_version = c.last_version + 1
              RETURNING id, last_version
            )
            INSERT INTO llm_config_version (config_id, version, provider, model, parameters)
            SELECT id, last_version, $3, $4, $5::text::jsonb FROM named
            RETURNING config_id AS id, version, $1::text AS project_id, $2::text AS name, provider, model,
              parameters::text AS parameters_text, created_at
            """;

    /** Makes the first version of a configuration, or the next one if there is one of this name in its project. */
    public LlmConfig addVersion(LlmConfig.New config) {
        return database.first(
                        ADD_VERSION,
                        Tuple.tuple()
                                .addString(config.projectId())
                                .addString(config.name())
                                .addString(config.provider())
                                .addString(config.model())
                                .addString(config.parameters()),
                        LlmStore::readConfig)
                .orElseThrow();
    }

    private static final String CONFIG = """
            SELECT c.id, v.version, c.project_id, c.name, v.provider, v.model, v.parameters::text AS parameters_text, v.created_at
            FROM llm_config c JOIN llm_config_version v ON v.config_id = c.id AND v.version = coalesce($2, c.last_version)
            WHERE c.id = $1
            """;

    /** A version of a configuration; the last one where none is named. */
    public Optional<LlmConfig> config(long id, @Nullable Integer version) {
        return database.first(CONFIG, Tuple.tuple().addLong(id).addInteger(version), LlmStore::readConfig);
    }

    private static final String CONFIGS = """
            SELECT c.id, v.version, c.project_id, c.name, v.provider, v.model, v.parameters::text AS parameters_text, v.created_at
            FROM llm_config c JOIN llm_config_version v ON v.config_id = c.id AND v.version = c.last_version
            WHERE c.id > $1 AND ($2::text IS NULL OR c.name = $2) AND ($3::text IS NULL OR c.project_id = $3)
            ORDER BY c.id
            LIMIT $4
            """;

    /**
     * The last version of each configuration, in the order of their ids.
     *
     * @param after behind this id
     * @param name only those of this name, null for all
     * @param project only those of this project, null for all
     */
    public List<LlmConfig> configs(long after, @Nullable String name, @Nullable String project, int limit) {
        return database.list(
                CONFIGS,
                Tuple.tuple().addLong(after).addString(name).addString(project).addInteger(limit),
                LlmStore::readConfig);
    }

    private static final String SUBMITTED = """
            INSERT INTO llm_call (job_id, config_id, config_version, project_id, organization_id)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (job_id) DO NOTHING
            """;

    /**
     * A call that was submitted.
     *
     * @param isNew false if the idempotency key stood for one that was there before
     */
    public record Submitted(UUID jobId, boolean isNew) {}

    /**
     * Writes a call down and submits its job, both or neither. The configuration was looked up before.
     *
     * @throws io.vertx.pgclient.PgException {@code MR001} to {@code MR005} if the job is refused
     */
    public Submitted submit(LlmCall.New call, JobWishes wishes) {
        return database.inTransaction(sql -> {
            var request = new JsonObject()
                    .put("config", new JsonObject().put("id", call.configId()).put("version", call.configVersion()))
                    .put("query", call.query());
            var args = new JsonObject().put("function_path", FUNCTION).put("request_data", request);
            if (call.organizationId() != null) {
                args.put("organization_id", call.organizationId());
            }
            UUID job = Submit.in(sql, TASK, args, wishes);
            Tuple row = Tuple.tuple()
                    .addUUID(job)
                    .addLong(call.configId())
                    .addInteger(call.configVersion())
                    .addString(call.projectId())
                    .addString(call.organizationId());
            return new Submitted(job, sql.run(SUBMITTED, row).rowCount() == 1);
        });
    }

    private static final String ANSWERED = """
            INSERT INTO llm_call (job_id, config_id, config_version, project_id, organization_id, input_tokens, output_tokens, answered_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, now())
            ON CONFLICT (job_id) DO UPDATE
            SET input_tokens = $6, output_tokens = $7, answered_at = now()
            """;

    /** Notes what a call has cost. One whose job was submitted by itself is written down now. */
    public void answered(
            UUID job, LlmConfig config, @Nullable String project, @Nullable String organization, Usage usage) {
        database.run(
                ANSWERED,
                Tuple.tuple()
                        .addUUID(job)
                        .addLong(config.id())
                        .addInteger(config.version())
                        .addString(project)
                        .addString(organization)
                        .addLong(usage.inputTokens())
                        .addLong(usage.outputTokens()));
    }

    private static final String CALL = "SELECT * FROM llm_call WHERE job_id = $1";

    /** The call that this job makes. */
    public Optional<LlmCall> call(UUID job) {
        return database.first(CALL, Tuple.of(job), LlmStore::readCall);
    }

    private static final String CALLS = """
            SELECT * FROM llm_call WHERE job_id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY job_id DESC LIMIT $2
            """;

    private static final String CALLS_OF_A_PROJECT = """
            SELECT * FROM llm_call
            WHERE project_id = $3 AND job_id < coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY job_id DESC LIMIT $2
            """;

    /**
     * Calls, the newest first.
     *
     * @param before only those submitted before that of this job, null for all
     * @param project only those of this project, null for all
     */
    public List<LlmCall> calls(@Nullable UUID before, @Nullable String project, int limit) {
        return project == null
                ? database.list(CALLS, Tuple.of(before, limit), LlmStore::readCall)
                : database.list(CALLS_OF_A_PROJECT, Tuple.of(before, limit, project), LlmStore::readCall);
    }

    private static LlmConfig readConfig(Row row) {
        return new LlmConfig(
                row.getLong("id"),
                row.getInteger("version"),
                row.getString("project_id"),
                row.getString("name"),
                row.getString("provider"),
                row.getString("model"),
                row.getString("parameters_text"),
                row.getOffsetDateTime("created_at").toInstant());
    }

    private static LlmCall readCall(Row row) {
        Long input = row.getLong("input_tokens");
        Long output = row.getLong("output_tokens");
        return new LlmCall(
                row.getUUID("job_id"),
                row.getLong("config_id"),
                row.getInteger("config_version"),
                row.getString("project_id"),
                row.getString("organization_id"),
                input == null || output == null ? null : new Usage(input, output),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "answered_at"));
    }
}
