package io.millrace.store;

import org.jspecify.annotations.Nullable;

/**
 * What a job is to have that follows from something else: where its end is told, whose it is, and what makes a second
 * submission the same as the first.
 */
public record JobWishes(
        @Nullable String callbackUrl,
        @Nullable String traceId,
        @Nullable String projectId,
        @Nullable String idempotencyKey) {}
