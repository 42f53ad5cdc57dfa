package io.millrace.store;

import static io.millrace.store.Columns.instant;

import io.millrace.document.Document;
import io.millrace.document.DocumentFormat;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Documents in rows of their own: as they came, and as they were transformed. Both are bounded before they come here. */
@Singleton
public class DocumentStore {

    /** The function that transforms a document. */
    public static final String FUNCTION = "documents.transform";

    private final Database database;

    public DocumentStore(Database database) {
        this.database = database;
    }

    private static final String ADD = """
            INSERT INTO document (id, job_id, project_id, name, source_url, format, source, target)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """;

    /**
     * Keeps a document and submits the job that transforms it, both or neither.
     *
     * @return the job's id
     * @throws io.vertx.pgclient.PgException {@code MR001} to {@code MR004} if the job is refused
     */
    public UUID add(Document.New document, JobWishes wishes) {
        return database.inTransaction(sql -> {
            var args = new JsonObject()
                    .put("function_path", FUNCTION)
                    // Parsers of what strangers have written run where they can do no harm.
                    .put("isolated", true)
                    .put(
                            "request_data",
                            new JsonObject().put("document_id", document.id().toString()));
            UUID job = Submit.in(sql, LlmStore.TASK, args, wishes);
            sql.run(
                    ADD,
                    Tuple.tuple()
                            .addUUID(document.id())
                            .addUUID(job)
                            .addString(document.projectId())
                            .addString(document.name())
                            .addString(document.sourceUrl())
                            .addString(name(document.format()))
                            .addBuffer(document.source() == null ? null : Buffer.buffer(document.source()))
                            .addString(document.target().wireName()));
            return job;
        });
    }

    private static final String GET = """
            SELECT id, job_id, project_id, name, source_url, format, target, length(source)::bigint AS source_bytes,
              length(content)::bigint AS content_characters, created_at, transformed_at
            FROM document WHERE id = $1
            """;

    /** The document of this id. */
    public Optional<Document> get(UUID id) {
        return database.first(GET, Tuple.of(id), DocumentStore::read);
    }

    private static final String SOURCE = "SELECT format, source FROM document WHERE id = $1 AND source IS NOT NULL";

    /** A document as it came; nothing where it was not fetched yet. */
    public Optional<Document.Source> source(UUID id) {
        return database.first(
                SOURCE,
                Tuple.of(id),
                row -> new Document.Source(
                        DocumentFormat.of(row.getString("format")),
                        row.getBuffer("source").getBytes()));
    }

    private static final String CONTENT = "SELECT content FROM document WHERE id = $1 AND content IS NOT NULL";

    /** What a document was transformed into; nothing where it was not yet. */
    public Optional<String> content(UUID id) {
        return database.first(CONTENT, Tuple.of(id), row -> row.getString("content"));
    }

    private static final String FETCHED = "UPDATE document SET format = $2, source = $3 WHERE id = $1";

    /** Keeps what was fetched, so that a second run need not fetch it again. */
    public void fetched(UUID id, Document.Source source) {
        database.run(
                FETCHED,
                Tuple.tuple()
                        .addUUID(id)
                        .addString(source.format().wireName())
                        .addBuffer(Buffer.buffer(source.bytes())));
    }

    private static final String TRANSFORMED = "UPDATE document SET content = $2, transformed_at = now() WHERE id = $1";

    /** Keeps what a document was transformed into. */
    public void transformed(UUID id, String content) {
        database.run(TRANSFORMED, Tuple.of(id, content));
    }

    // Ids are UUIDv7, so what is older lies before an id made of the time; the walk along the primary key ends there.
    private static final String FORGET = """
            DELETE FROM document WHERE id = ANY (ARRAY(
              SELECT id FROM document
              WHERE id < (lpad(to_hex((extract(epoch FROM now() - $1::float8 * interval '1 second') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
              ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
            ))
            """;

    /** Forgets documents that came so long ago, a bounded number. @return how many */
    public int forget(Duration age, int limit) {
        return database.run(FORGET, Tuple.of(age.toMillis() / 1000.0, limit)).rowCount();
    }

    private static @Nullable String name(@Nullable DocumentFormat format) {
        return format == null ? null : format.wireName();
    }

    private static Document read(Row row) {
        String format = row.getString("format");
        return new Document(
                row.getUUID("id"),
                row.getUUID("job_id"),
                row.getString("project_id"),
                row.getString("name"),
                row.getString("source_url"),
                format == null ? null : DocumentFormat.of(format),
                DocumentFormat.of(row.getString("target")),
                row.getLong("source_bytes"),
                row.getLong("content_characters"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "transformed_at"));
    }
}
