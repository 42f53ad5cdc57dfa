package io.millrace.audio;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A sound and what becomes of it.
 *
 * @param fileName as the uploader calls it, null where he does not
 * @param format {@code wav} or {@code flac}
 * @param sizeBytes of the file
 * @param inputKey where the file is in the storage
 * @param status as it is now: a job whose task has ended without a word about it has failed
 * @param error why it has failed
 * @param taskJobId the job of Millrace that separates it, or was the last to do so
 */
public record AudioJob(
        UUID id,
        @Nullable String fileName,
        String format,
        long sizeBytes,
        String inputKey,
        AudioStatus status,
        @Nullable String error,
        UUID taskJobId,
        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant finishedAt) {}
