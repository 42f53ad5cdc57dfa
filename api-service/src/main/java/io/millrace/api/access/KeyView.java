package io.millrace.api.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.millrace.access.ApiKey;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An API key as the wire has it: never its hash, and its secret only in the answer that makes it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "ApiKey")
@JsonPropertyOrder({
    "key_id",
    "name",
    "role",
    "project_id",
    "state",
    "key",
    "created_by",
    "created_at",
    "expires_at",
    "rotated_at",
    "revoked_at",
    "last_used_at"
})
public record KeyView(
        @JsonProperty("key_id") String keyId,
        String name,
        String role,

        @JsonProperty("project_id") @Nullable String projectId,

        @Schema(description = "active, expired or revoked")
        String state,

        @Schema(description = "What to send as Authorization: Bearer; shown only when it is made or rotated")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        String key,

        @JsonProperty("created_by") String createdBy,

        @JsonProperty("created_at") Instant createdAt,

        @JsonProperty("expires_at") @Nullable Instant expiresAt,

        @JsonProperty("rotated_at") @Nullable Instant rotatedAt,

        @JsonProperty("revoked_at") @Nullable Instant revokedAt,

        @Schema(description = "Within half a minute")
        @JsonProperty("last_used_at")
        @Nullable
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
    public record Page(
            List<KeyView> keys,
            @JsonProperty("next_cursor") @Nullable String nextCursor) {}
}
