package io.millrace.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asked for, as far as its JSON types are right; {@link SubmissionRules} says what it becomes. What was
 * not given is null.
 *
 * @param args the arguments for checking; {@code argsText} is the very text they were sent as, for storing
 * @param countdown,expiresIn,retryDelay,softTimeLimit,timeLimit,resultTtl in seconds
 */
record Submission(
        String task,
        JsonNode args,
        String argsText,
        @Nullable String queue,
        @Nullable Integer priority,
        @Nullable Double countdown,
        @Nullable Instant eta,
        @Nullable Double expiresIn,
        @Nullable Instant expiresAt,
        @Nullable Integer maxRetries,
        @Nullable Double retryDelay,
        @Nullable Double softTimeLimit,
        @Nullable Double timeLimit,
        @Nullable Double resultTtl,
        @Nullable String callbackUrl,
        @Nullable String traceId,
        @Nullable String projectId,
        List<String> tags,
        @Nullable String rateKey) {}
