package io.millrace.job;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as its row stands, for reading. JSON columns are JSON text. Limits and TTLs are seconds.
 */
public record Job(
        UUID id,
        String task,
        String queue,
        int priority,
        JobState state,
        int attempt,
        int failures,
        int losses,
        int maxRetries,
        String args,
        @Nullable String result,
        @Nullable String error,
        @Nullable String progress,
        @Nullable String workerId,
        @Nullable String traceId,
        @Nullable String projectId,
        @Nullable UUID batchId,
        @Nullable UUID parentId,
        @Nullable UUID rootId,
        List<String> tags,
        @Nullable String callbackUrl,
        Instant createdAt,
        @Nullable Instant eta,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant expiresAt,
        double resultTtl,
        @Nullable Double softTimeLimit,
        @Nullable Double timeLimit) {

    /** The state as users see it: a started job that has sent progress is in PROGRESS. */
    public JobState reportedState() {
        return state == JobState.STARTED && progress != null ? JobState.PROGRESS : state;
    }

    /** When the result of this job may be forgotten, null while it has none. */
    public @Nullable Instant resultExpiresAt() {
        return finishedAt == null || state != JobState.SUCCESS
                ? null
                : finishedAt.plusMillis((long) (resultTtl * 1000));
    }
}
