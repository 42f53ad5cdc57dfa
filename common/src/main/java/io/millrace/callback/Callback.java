package io.millrace.callback;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One end that is told of, and how that goes.
 *
 * @param id the message's, the same for every attempt
 * @param jobId the job that has ended; null where it is a batch
 * @param batchId the batch that has ended; null where it is a job
 * @param event what has happened, such as {@code job.succeeded}
 * @param deliveryId the job that delivers it
 * @param lastStatus what the receiver answered the last time, null where it gave no answer
 * @param nextAttemptAt when it is tried again, null where that is now or never
 */
public record Callback(
        UUID id,
        @Nullable UUID jobId,
        @Nullable UUID batchId,
        String event,
        Instant happenedAt,
        String url,
        @Nullable String projectId,
        UUID deliveryId,
        CallbackStatus status,
        int attempts,
        @Nullable Instant lastAttemptAt,
        @Nullable Integer lastStatus,
        @Nullable String lastError,
        @Nullable Instant nextAttemptAt,
        @Nullable Instant deliveredAt) {}
