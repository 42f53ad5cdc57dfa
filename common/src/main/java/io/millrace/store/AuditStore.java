package io.millrace.store;

import static io.millrace.store.Columns.column;
import static io.millrace.store.Columns.utc;

import io.millrace.access.AuditEntry;
import io.millrace.access.Role;
import io.millrace.job.JobIds;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What was changed by whom. Only ever added to, and forgotten when it is old. */
@Singleton
public class AuditStore {

    private final Database database;
    private final JobIds ids = new JobIds();

    public AuditStore(Database database) {
        this.database = database;
    }

    private static final String WRITE = """
            INSERT INTO audit (id, at, caller, role, project_id, method, route, target, status, address, trace_id)
            SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                 $8::text[], $9::smallint[], $10::text[], $11::text[])
            """;

    /** Writes entries, in order. */
    public void write(List<AuditEntry> entries) {
        database.run(
                WRITE,
                Tuple.tuple()
                        .addArrayOfUUID(column(entries, _ -> ids.next(), UUID[]::new))
                        .addArrayOfOffsetDateTime(column(entries, each -> utc(each.at()), OffsetDateTime[]::new))
                        .addArrayOfString(column(entries, AuditEntry::caller, String[]::new))
                        .addArrayOfString(column(entries, each -> each.role().wireName(), String[]::new))
                        .addArrayOfString(column(entries, AuditEntry::project, String[]::new))
                        .addArrayOfString(column(entries, AuditEntry::method, String[]::new))
                        .addArrayOfString(column(entries, AuditEntry::route, String[]::new))
                        .addArrayOfString(column(entries, AuditEntry::target, String[]::new))
                        .addArrayOfShort(column(entries, each -> (short) each.status(), Short[]::new))
                        .addArrayOfString(column(entries, AuditEntry::address, String[]::new))
                        .addArrayOfString(column(entries, AuditEntry::traceId, String[]::new)));
    }

    /**
     * An entry as it was written.
     *
     * @param callerName of the API key that it was made with, null for other callers
     */
    public record Written(
            UUID id, AuditEntry entry, @Nullable String callerName) {}

    private static final String LIST = """
            SELECT id, at, caller, role, project_id, method, route, target, status, address, trace_id,
              (SELECT k.name FROM api_key k WHERE k.id = substr(a.caller, 5) AND a.caller LIKE 'key:%') AS caller_name
            FROM audit a
            WHERE ($1::text IS NULL OR caller = $1) AND ($2::text IS NULL OR route = $2) AND ($3::text IS NULL OR target = $3)
              AND ($4::uuid IS NULL OR id < $4)
            ORDER BY id DESC LIMIT $5
            """;

    /**
     * A page of entries, the newest first. A null leaves that aspect open.
     *
     * @param after the last id of the page before, null for the first page
     */
    public List<Written> list(
            @Nullable String caller, @Nullable String route, @Nullable String target, @Nullable UUID after, int limit) {
        var parameters = Tuple.tuple()
                .addString(caller)
                .addString(route)
                .addString(target)
                .addUUID(after)
                .addInteger(limit);
        return database.list(LIST, parameters, AuditStore::read);
    }

    private static Written read(Row row) {
        return new Written(
                row.getUUID("id"),
                new AuditEntry(
                        row.getOffsetDateTime("at").toInstant(),
                        row.getString("caller"),
                        Role.of(row.getString("role")).orElseThrow(),
                        row.getString("project_id"),
                        row.getString("method"),
                        row.getString("route"),
                        row.getString("target"),
                        row.getShort("status"),
                        row.getString("address"),
                        row.getString("trace_id")),
                row.getString("caller_name"));
    }

    private static final String FORGET = """
            DELETE FROM audit WHERE id = ANY (ARRAY(
              SELECT id FROM audit
              WHERE id < (lpad(to_hex((extract(epoch FROM now() - $1::float8 * interval '1 second') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
              ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED))
            """;

    /** Forgets entries that are so old, a bounded number. @return how many */
    public int forget(Duration age, int limit) {
        return database.run(FORGET, Tuple.of(age.toMillis() / 1000.0, limit)).rowCount();
    }
}
