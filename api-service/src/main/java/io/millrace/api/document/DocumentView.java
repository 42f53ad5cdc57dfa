package io.millrace.api.document;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.document.Document;
import io.millrace.job.DomainStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A document as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Document")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record DocumentView(
        UUID documentId,
        UUID jobId,

        @Schema(description = "pending, processing, success or failed; the job says why")
        String status,

        @Nullable String name,

        @Schema(description = "text, markdown, html, pdf or docx; null until it is fetched") @Nullable
        String from,

        @Schema(description = "text, markdown or html") String to,

        @Nullable String sourceUrl,
        @Nullable Long sourceBytes,
        @Nullable Long contentCharacters,

        @Schema(description = "Where it is once it is transformed") @Nullable
        String contentUrl,

        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant transformedAt) {

    static DocumentView of(Document document, DomainStatus status) {
        return new DocumentView(
                document.id(),
                document.jobId(),
                status.wireName(),
                document.name(),
                document.format() == null ? null : document.format().wireName(),
                document.target().wireName(),
                document.sourceUrl(),
                document.sourceBytes(),
                document.contentCharacters(),
                document.transformedAt() == null ? null : "/api/v1/documents/" + document.id() + "/content",
                document.projectId(),
                document.createdAt(),
                document.transformedAt());
    }

    /** A document that was accepted. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AcceptedDocument")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Accepted(UUID jobId, UUID documentId, String status) {}

    /** A document that is to be fetched, as it is posted; for the documentation only. */
    @Schema(name = "NewDocument")
    record Posted(
            String source_url,
            @Nullable String to,
            @Nullable String name,
            @Nullable String project_id,
            @Nullable String trace_id,
            @Nullable String callback_url) {}
}
