package io.millrace.job;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job about to be accepted, with every default resolved: what one row of the table begins as.
 *
 * @param dueAt when it becomes due, null for at once
 * @param args JSON text
 * @param retryDelaySeconds,softTimeLimitSeconds,timeLimitSeconds,resultTtlSeconds in seconds; a result with a time of 0
 *     is not stored at all
 */
public record NewJob(
        UUID id,
        String task,
        String queue,
        int priority,
        @Nullable Instant dueAt,
        @Nullable Instant expiresAt,
        int maxRetries,
        double retryDelaySeconds,
        @Nullable Double softTimeLimitSeconds,
        @Nullable Double timeLimitSeconds,
        double resultTtlSeconds,
        String args,
        @Nullable String traceId,
        @Nullable String projectId,
        List<String> tags,
        @Nullable String rateKey,
        @Nullable String callbackUrl) {

    /** When it was made, as its id says: so age and the order of ids are one. */
    public Instant createdAt() {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** The same in another trace. */
    public NewJob withTraceId(String other) {
        return new NewJob(
                id,
                task,
                queue,
                priority,
                dueAt,
                expiresAt,
                maxRetries,
                retryDelaySeconds,
                softTimeLimitSeconds,
                timeLimitSeconds,
                resultTtlSeconds,
                args,
                other,
                projectId,
                tags,
                rateKey,
                callbackUrl);
    }

    /** The state its row begins in. */
    public JobState state() {
        return dueAt == null ? JobState.PENDING : JobState.SCHEDULED;
    }
}
