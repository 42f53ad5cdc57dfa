package io.millrace.api.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.access.ApiKey;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An API key as the wire has it: never its hash, and its secret only in the answer that makes it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "ApiKey")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record KeyView(
        String keyId,
        String name,
        String role,

        @Nullable String projectId,

        @Schema(description = "active, expired or revoked") String state,

        @Schema(description = "What to send as Authorization: Bearer; shown only when it is made or rotated")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        String key,

        String createdBy,

        Instant createdAt,

        @Nullable Instant expiresAt,

        @Nullable Instant rotatedAt,

        @Nullable Instant revokedAt,

        @Schema(description = "Within half a minute") @Nullable
        Instant lastUsedAt) {

    static KeyView of(ApiKey key, @Nullable String text, Instant now) {
        String state = key.revokedAt() != null ? "revoked" : key.usable(now) ? "active" : "expired";
        return new KeyView(
                key.id(),
                key.name(),
                key.role().wireName(),
                key.project(),
                state,
                text,
                key.createdBy(),
                key.createdAt(),
                key.expiresAt(),
                key.rotatedAt(),
                key.revokedAt(),
                key.lastUsedAt());
    }

    /** Without the secret: what is printed may be logged. */
    @Override
    public String toString() {
        return "KeyView[" + keyId + "]";
    }

    /** A page of keys. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "ApiKeyPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(List<KeyView> keys, @Nullable String nextCursor) {}
}
