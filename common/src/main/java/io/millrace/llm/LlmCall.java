package io.millrace.llm;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A call as its row stands.
 *
 * @param usage what it has cost, null before it was answered
 */
public record LlmCall(
        UUID jobId,
        long configId,
        int configVersion,
        @Nullable String projectId,
        @Nullable String organizationId,
        @Nullable Usage usage,
        Instant createdAt,
        @Nullable Instant answeredAt) {

    /** A call that is to be made. */
    public record New(
            long configId,
            int configVersion,
            String query,
            @Nullable String projectId,
            @Nullable String organizationId) {}
}
