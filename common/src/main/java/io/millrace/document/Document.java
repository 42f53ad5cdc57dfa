package io.millrace.document;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A document, without its bytes.
 *
 * @param jobId the job that transforms it
 * @param format what it is, null until it is fetched
 * @param sourceBytes how large it is, null until it is fetched
 * @param contentCharacters how long what it was transformed into is, null until it is
 */
public record Document(
        UUID id,
        UUID jobId,
        @Nullable String projectId,
        @Nullable String name,
        @Nullable String sourceUrl,
        @Nullable DocumentFormat format,
        DocumentFormat target,
        @Nullable Long sourceBytes,
        @Nullable Long contentCharacters,
        Instant createdAt,
        @Nullable Instant transformedAt) {

    /**
     * A document that is to be transformed: given, or to be fetched.
     *
     * @param source its bytes, with its format; null where it is to be fetched from {@code sourceUrl}
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared: it is only carried from its reader to its row.
    public record New(
            UUID id,
            @Nullable String projectId,
            @Nullable String name,
            @Nullable String sourceUrl,
            @Nullable DocumentFormat format,
            byte @Nullable [] source,
            DocumentFormat target) {}

    /** The bytes of a document and what they are. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Source(DocumentFormat format, byte[] bytes) {}
}
