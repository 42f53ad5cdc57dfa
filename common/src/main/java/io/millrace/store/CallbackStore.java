package io.millrace.store;

import static io.millrace.store.Columns.instant;

import io.millrace.callback.Callback;
import io.millrace.callback.CallbackStatus;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Callbacks, which the database makes itself when something ends (V12__callback.sql): how their delivery goes. */
@Singleton
public class CallbackStore {

    private final Database database;

    public CallbackStore(Database database) {
        this.database = database;
    }

    // A delivery that is no longer in the hot table has ended, and if it had ended well the callback would say so.
    private static final String LOOK = """
            SELECT c.id, c.job_id, c.batch_id, c.event, c.happened_at, c.url, c.project_id, c.delivery_id, c.attempts, c.last_attempt_at,
              c.last_status, c.last_error, c.delivered_at, d.due_at,
              CASE WHEN c.delivered_at IS NOT NULL THEN 'DELIVERED'
                   WHEN d.state IS NULL OR d.state IN ('SUCCESS', 'FAILURE', 'REVOKED') THEN 'FAILED'
                   WHEN d.failures > 0 THEN 'RETRYING'
                   ELSE 'PENDING' END AS status
            FROM (%s) c
            LEFT JOIN LATERAL (SELECT state, failures, due_at FROM job WHERE id = c.delivery_id) d ON true
            ORDER BY c.id
            """;

    private static final String GET = LOOK.formatted("SELECT * FROM callback WHERE id = $1");

    /** The callback of this id. */
    public Optional<Callback> get(UUID id) {
        return database.first(GET, Tuple.of(id), CallbackStore::read);
    }

    private static final String OF_JOB = LOOK.formatted("""
            SELECT * FROM callback WHERE job_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
            """);

    /**
     * What has been told of a job, the first end first.
     *
     * @param after the last id of the page before, null for the first page
     */
    public List<Callback> ofJob(UUID job, @Nullable UUID after, int limit) {
        return database.list(OF_JOB, page(job, after, limit), CallbackStore::read);
    }

    private static final String OF_BATCH = LOOK.formatted("""
            SELECT * FROM callback WHERE batch_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
            """);

    /** What has been told of a batch, the first end first; of its jobs, {@link #ofJob} tells. */
    public List<Callback> ofBatch(UUID batch, @Nullable UUID after, int limit) {
        return database.list(OF_BATCH, page(batch, after, limit), CallbackStore::read);
    }

    private static Tuple page(UUID of, @Nullable UUID after, int limit) {
        return Tuple.tuple().addUUID(of).addUUID(after).addInteger(limit);
    }

    private static final String RECORD = """
            UPDATE callback
            SET attempts = attempts + 1, last_attempt_at = now(), last_status = $3, last_error = $4,
                delivered_at = CASE WHEN $4::text IS NULL THEN now() END
            WHERE id = $1 AND delivery_id = $2 AND delivered_at IS NULL
            """;

    /**
     * Notes an attempt.
     *
     * @param delivery the job that has made it; one that another has taken the place of notes nothing
     * @param status what the receiver answered, null where it gave no answer
     * @param error why this was no delivery, null if it was
     */
    public void record(UUID id, UUID delivery, @Nullable Integer status, @Nullable String error) {
        database.run(
                RECORD,
                Tuple.tuple().addUUID(id).addUUID(delivery).addInteger(status).addString(error));
    }

    private static final String LOCK = "SELECT id FROM callback WHERE id = $1 FOR UPDATE";

    private static final String DELIVER_AGAIN = """
            UPDATE callback c SET delivery_id = new_job_id(), delivered_at = NULL
            WHERE c.id = $1
              AND NOT EXISTS (SELECT 1 FROM job d WHERE d.id = c.delivery_id AND d.state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED'))
            """;

    private static final String DELIVER = "SELECT deliver_callbacks(ARRAY[$1::uuid])";

    /**
     * Delivers a callback once more, by a new job with tries of its own.
     *
     * @return false if there is no such callback, or its delivery is still under way
     */
    public boolean deliverAgain(UUID id) {
        return database.inTransaction(sql -> {
            // A statement of its own, so that of two that ask at once the second sees what the first has done.
            sql.run(LOCK, Tuple.of(id));
            boolean again = sql.run(DELIVER_AGAIN, Tuple.of(id)).rowCount() == 1;
            if (again) {
                sql.run(DELIVER, Tuple.of(id));
            }
            return again;
        });
    }

    // Ids are UUIDv7, so what is older lies before an id made of the time; the walk along the primary key ends there.
    private static final String FORGET = """
            DELETE FROM callback WHERE id = ANY (ARRAY(
              SELECT id FROM callback
              WHERE id < (lpad(to_hex((extract(epoch FROM now() - $1::float8 * interval '1 second') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
              ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
            ))
            """;

    /** Forgets callbacks that were made so long ago, a bounded number. @return how many */
    public int forget(Duration age, int limit) {
        return database.run(FORGET, Tuple.of(age.toMillis() / 1000.0, limit)).rowCount();
    }

    private static Callback read(Row row) {
        return new Callback(
                row.getUUID("id"),
                row.getUUID("job_id"),
                row.getUUID("batch_id"),
                row.getString("event"),
                row.getOffsetDateTime("happened_at").toInstant(),
                row.getString("url"),
                row.getString("project_id"),
                row.getUUID("delivery_id"),
                CallbackStatus.valueOf(row.getString("status")),
                row.getInteger("attempts"),
                instant(row, "last_attempt_at"),
                row.getInteger("last_status"),
                row.getString("last_error"),
                instant(row, "due_at"),
                instant(row, "delivered_at"));
    }
}
