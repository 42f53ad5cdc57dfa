package io.millrace.store;

import static io.millrace.store.Columns.instant;
import static io.millrace.store.Columns.utc;

import io.millrace.access.ApiKey;
import io.millrace.access.Kind;
import io.millrace.access.Role;
import io.millrace.access.Secret;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** API keys, the sessions opened with them, and to which project things belong. */
@Singleton
public class AccessStore {

    private final Database database;

    public AccessStore(Database database) {
        this.database = database;
    }

    private static final String COLUMNS = """
            id, name, role, project_id, secret_hash, previous_hash, previous_until, created_by, created_at, expires_at, rotated_at,
            revoked_at, last_used_at
            """;

    private static final String GET = "SELECT " + COLUMNS + " FROM api_key WHERE id = $1";

    /** The key of this id, usable or not. */
    public Optional<ApiKey> get(String id) {
        return database.first(GET, Tuple.of(id), AccessStore::read);
    }

    private static final String LIST = "SELECT " + COLUMNS + """
             FROM api_key WHERE $1::text IS NULL OR (created_at, id) < (SELECT created_at, id FROM api_key WHERE id = $1)
            ORDER BY created_at DESC, id DESC LIMIT $2
            """;

    /**
     * A page of keys, the newest first.
     *
     * @param after the last id of the page before, null for the first page
     */
    public List<ApiKey> list(@Nullable String after, int limit) {
        return database.list(LIST, Tuple.tuple().addString(after).addInteger(limit), AccessStore::read);
    }

    private static final String ANY = """
            SELECT EXISTS (SELECT 1 FROM api_key WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())) AS any_key
            """;

    /** Whether anybody has a key that can be used. */
    public boolean anyUsable() {
        return database.first(ANY, Tuple.tuple(), row -> row.getBoolean("any_key"))
                .orElse(false);
    }

    private static final String CREATE = """
            INSERT INTO api_key (id, name, role, project_id, secret_hash, created_by, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            RETURNING
            """ + COLUMNS;

    /** A key to be made. */
    public record NewKey(
            String id,
            String name,
            Role role,
            @Nullable String project,
            Secret secret,
            String createdBy,
            @Nullable Instant expiresAt) {}

    /** Makes a key. */
    public ApiKey create(NewKey key) {
        var parameters = Tuple.tuple()
                .addString(key.id())
                .addString(key.name())
                .addString(key.role().wireName())
                .addString(key.project())
                .addString(key.secret().hash())
                .addString(key.createdBy())
                .addOffsetDateTime(utc(key.expiresAt()));
        return database.first(CREATE, parameters, AccessStore::read).orElseThrow();
    }

    private static final String REVOKE = """
            WITH ended AS (DELETE FROM session WHERE key_id = $1)
            UPDATE api_key SET revoked_at = coalesce(revoked_at, now()), previous_hash = NULL, previous_until = NULL WHERE id = $1
            RETURNING
            """ + COLUMNS;

    /** Revokes a key, and ends its sessions. Empty if there is none of this id. */
    public Optional<ApiKey> revoke(String id) {
        return database.first(REVOKE, Tuple.of(id), AccessStore::read);
    }

    // SET reads the row as it was: what is current becomes what was before.
    private static final String ROTATE = """
            WITH ended AS (DELETE FROM session WHERE key_id = $1)
            UPDATE api_key SET secret_hash = $2, rotated_at = now(),
              previous_hash = CASE WHEN $3::timestamptz IS NOT NULL THEN secret_hash END, previous_until = $3
            WHERE id = $1 AND revoked_at IS NULL
            RETURNING
            """ + COLUMNS;

    /**
     * Gives a key another secret, and ends its sessions. The one before is good until a time; with null, at once no more.
     *
     * @return empty if there is none of this id that is not revoked
     */
    public Optional<ApiKey> rotate(String id, Secret secret, @Nullable Instant previousUntil) {
        var parameters = Tuple.tuple().addString(id).addString(secret.hash()).addOffsetDateTime(utc(previousUntil));
        return database.first(ROTATE, parameters, AccessStore::read);
    }

    private static final String USED = """
            UPDATE api_key SET last_used_at = greatest(last_used_at, u.at)
            FROM unnest($1::text[], $2::timestamptz[]) AS u(id, at)
            WHERE api_key.id = u.id
            """;

    /** Notes when keys were last used. */
    public void used(Map<String, Instant> times) {
        List<String> ids = times.keySet().stream().sorted().toList();
        database.run(
                USED,
                Tuple.tuple()
                        .addArrayOfString(ids.toArray(String[]::new))
                        .addArrayOfOffsetDateTime(
                                ids.stream().map(times::get).map(Columns::utc).toArray(OffsetDateTime[]::new)));
    }

    private static ApiKey read(Row row) {
        String previous = row.getString("previous_hash");
        return new ApiKey(
                row.getString("id"),
                row.getString("name"),
                Role.of(row.getString("role")).orElseThrow(),
                row.getString("project_id"),
                new Secret(row.getString("secret_hash")),
                previous == null ? null : new Secret(previous),
                instant(row, "previous_until"),
                row.getString("created_by"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "expires_at"),
                instant(row, "rotated_at"),
                instant(row, "revoked_at"),
                instant(row, "last_used_at"));
    }

    private static final String OPEN_SESSION =
            "INSERT INTO session (token_hash, key_id, expires_at) VALUES ($1, $2, $3)";

    /** Opens a session. */
    public void openSession(Secret token, Session session) {
        database.run(OPEN_SESSION, Tuple.of(token.hash(), session.keyId(), utc(session.expiresAt())));
    }

    /** What a browser was let in with, and until when. */
    public record Session(String keyId, Instant expiresAt) {}

    private static final String SESSION =
            "SELECT key_id, expires_at FROM session WHERE token_hash = $1 AND expires_at > now()";

    /** The session of a token. */
    public Optional<Session> session(Secret token) {
        return database.first(
                SESSION,
                Tuple.of(token.hash()),
                row -> new Session(
                        row.getString("key_id"),
                        row.getOffsetDateTime("expires_at").toInstant()));
    }

    private static final String CLOSE_SESSION = "DELETE FROM session WHERE token_hash = $1";

    /** Ends a session. */
    public void closeSession(Secret token) {
        database.run(CLOSE_SESSION, Tuple.of(token.hash()));
    }

    private static final String FORGET_SESSIONS = """
            DELETE FROM session WHERE token_hash = ANY (ARRAY(
              SELECT token_hash FROM session WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))
            """;

    /** Forgets sessions that have expired, a bounded number. @return how many */
    public int forgetSessions(int limit) {
        return database.run(FORGET_SESSIONS, Tuple.of(limit)).rowCount();
    }

    // As of one moment, a job is in one of both tables.
    private static final String JOB_OF = """
            SELECT EXISTS (SELECT 1 FROM job WHERE id = $1 AND project_id = $2)
                OR EXISTS (SELECT 1 FROM finished_job WHERE id = $1 AND project_id = $2) AS owned
            """;

    private static final String OF = "SELECT EXISTS (SELECT 1 FROM %s WHERE id = $1 AND project_id = $2) AS owned";
    private static final String BATCH_OF = OF.formatted("batch");
    private static final String CALLBACK_OF = OF.formatted("callback");
    private static final String WORKFLOW_BATCH_OF = OF.formatted("workflow_batch");
    private static final String WORKFLOW_JOB_OF = OF.formatted("workflow_job");
    private static final String DOCUMENT_OF = OF.formatted("document");
    private static final String AUDIO_JOB_OF = OF.formatted("audio_job");
    private static final String LLM_CALL_OF =
            "SELECT EXISTS (SELECT 1 FROM llm_call WHERE job_id = $1 AND project_id = $2) AS owned";

    /** Whether there is such a thing, and it belongs to the project. */
    public boolean owns(String project, Kind kind, UUID id) {
        String statement = switch (kind) {
            case JOB -> JOB_OF;
            case BATCH -> BATCH_OF;
            case CALLBACK -> CALLBACK_OF;
            case WORKFLOW_BATCH -> WORKFLOW_BATCH_OF;
            case WORKFLOW_JOB -> WORKFLOW_JOB_OF;
            case LLM_CALL -> LLM_CALL_OF;
            case DOCUMENT -> DOCUMENT_OF;
            case AUDIO_JOB -> AUDIO_JOB_OF;
        };
        return database.first(statement, Tuple.of(id, project), row -> row.getBoolean("owned"))
                .orElse(false);
    }
}
