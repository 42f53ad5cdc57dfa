package io.millrace.batch;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A batch as its row stands, for reading. */
public record Batch(
        UUID id,
        @Nullable String name,
        BatchStatus status,
        BatchCounts counts,
        OnParentFailure onParentFailure,
        @Nullable String callbackUrl,
        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {}
