package io.millrace.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One start of a job and how it ended.
 *
 * @param outcome {@code success}, {@code failure}, {@code retry}, {@code snoozed}, {@code released}, {@code lost},
 *     {@code revoked}, or {@code running} while it has not ended
 * @param traceback of its error, null where there is none or later ones are shown instead
 */
public record Attempt(
        int attempt,
        @Nullable String worker,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        String outcome,
        @Nullable String errorCode,
        @Nullable String excType,
        @Nullable String excMessage,
        @Nullable String traceback,
        @Nullable Double retryDelaySeconds) {}
