package io.millrace.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.access.Caller;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.Unique;
import io.millrace.task.UniqueDefault;
import java.time.Duration;
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
        @Nullable Boolean ignoreResult,
        @Nullable String callbackUrl,
        @Nullable String traceId,
        @Nullable String projectId,
        List<String> tags,
        @Nullable String rateKey,
        @Nullable String idempotencyKey,
        @Nullable Uniqueness unique) {

    /**
     * Of what it wants to be the only one.
     *
     * @param key null for its task with its arguments
     * @param by the arguments that count, empty for all
     * @param forSeconds for how long, null for no such period
     * @param whileUnfinished whether as long as it has not finished
     */
    record Uniqueness(
            @Nullable String key,
            List<String> by,
            @Nullable Double forSeconds,
            boolean whileUnfinished,
            Unique.OnConflict onConflict) {

        /** It wants to be one of any number, whatever its task says. */
        static final Uniqueness NOT = new Uniqueness(null, List.of(), null, false, Unique.OnConflict.RETURN);

        /** As its task says. */
        static Uniqueness of(UniqueDefault said) {
            Duration period = said.period();
            return new Uniqueness(
                    null,
                    said.by(),
                    period == null ? null : period.toMillis() / 1000.0,
                    said.whileUnfinished(),
                    said.onConflict());
        }
    }

    /** Of what it wants to be the only one, null for nothing. */
    @Nullable
    Uniqueness wantsToBeUnique() {
        return Uniqueness.NOT.equals(unique) ? null : unique;
    }

    /** The same, as its task says where it does not say itself whether it wants to be the only one. */
    Submission orUnique(@Nullable UniqueDefault said) {
        return unique != null || said == null ? this : with(idempotencyKey, Uniqueness.of(said));
    }

    /** The same with the key of a header; both at once must agree. */
    Submission withKey(@Nullable String header) {
        if (header == null || header.equals(idempotencyKey)) {
            return this;
        }
        if (idempotencyKey != null) {
            throw Problem.of(
                    ProblemCode.INVALID_REQUEST,
                    List.of(new FieldError("Idempotency-Key", "differs from idempotency_key in the body")));
        }
        return with(header, unique);
    }

    /** The same in the caller's project. @throws io.millrace.api.problem.Problem if it names another */
    Submission of(Caller caller) {
        return with(idempotencyKey, unique, Callers.project(caller, projectId));
    }

    private Submission with(@Nullable String key, @Nullable Uniqueness wish) {
        return with(key, wish, projectId);
    }

    private Submission with(@Nullable String key, @Nullable Uniqueness wish, @Nullable String project) {
        return new Submission(
                task,
                args,
                argsText,
                queue,
                priority,
                countdown,
                eta,
                expiresIn,
                expiresAt,
                maxRetries,
                retryDelay,
                softTimeLimit,
                timeLimit,
                resultTtl,
                ignoreResult,
                callbackUrl,
                traceId,
                project,
                tags,
                rateKey,
                key,
                wish);
    }
}
