package io.millrace.api.job;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a submission as OpenAPI shows it. {@link SubmissionReader} reads the same fields without going through
 * this record; a test holds the two together.
 */
@Schema(name = "JobRequest", description = "A job to be run. Only `task` is required; the task's own values stand in.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record JobRequest(
        @Schema(required = true, description = "Kind of work, see GET /tasks", examples = "demo.echo")
        String task,

        @Schema(description = "Arguments, checked against the task's schema", examples = "{\"message\": \"hello\"}")
        @Nullable
        Map<String, Object> args,

        @Schema(description = "Queue, if not the task's") @Nullable
        String queue,

        @Schema(description = "0 (last) to 10 (first)", minimum = "0", maximum = "10") @Nullable
        Integer priority,

        @Schema(description = "Seconds to wait before it may run") @Nullable
        Double countdown,

        @Schema(description = "When it may run; a past time means at once") @Nullable
        Instant eta,

        @Schema(
                description = "When it is no longer worth running: seconds from now, or a time",
                oneOf = {Double.class, Instant.class})
        @Nullable
        Object expires,

        @Schema(description = "Failures that are followed by another attempt") @Nullable
        Integer maxRetries,

        @Schema(description = "Seconds before the first retry, growing from there") @Nullable
        Double retryDelay,

        @Schema(description = "Seconds after which a run is asked to end") @Nullable
        Double softTimeLimit,

        @Schema(description = "Seconds after which a run is ended") @Nullable
        Double timeLimit,

        @Schema(description = "Seconds the result is kept") @Nullable
        Double resultTtl,

        @Schema(description = "Whether the result is not kept at all") @Nullable
        Boolean ignoreResult,

        @Schema(description = "http(s) address to be told of the end") @Nullable
        String callbackUrl,

        @Nullable String traceId,
        @Nullable String projectId,

        @Schema(description = "Words to find it by, at most 20") @Nullable
        List<String> tags,

        @Schema(description = "What a rate limit by key counts by") @Nullable
        String rateKey,

        @Schema(description = "The same key and job again answer with the first job") @Nullable
        String idempotencyKey,

        @Schema(description = "Accept it only if no other has its place; false: even if its task says so") @Nullable
        UniqueRequest unique) {

    /** The same of a submission that wants to be the only one of its kind. */
    @Schema(name = "Unique", description = "The same task and arguments, or the same key, in one project")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record UniqueRequest(
            @Schema(description = "What it is the only one of; its task with its arguments if not given") @Nullable
            String key,

            @Schema(description = "The arguments that count where no key is given; all of them if empty") @Nullable
            List<String> by,

            @Schema(name = "for", description = "Seconds from now in which there is no other, finished or not")
            @Nullable
            Double forSeconds,

            @Schema(
                    name = "while",
                    description = "As long as it has not finished; so it is if `for` is not given",
                    enumeration = {"unfinished"})
            @Nullable
            String during,

            @Schema(
                    description =
                            "return: answer 200 with the other job. reject: 409 `job_not_unique`. replace: revoke the other; if it runs, it may finish",
                    enumeration = {"return", "reject", "replace"},
                    defaultValue = "return")
            @Nullable
            String onConflict) {}
}
