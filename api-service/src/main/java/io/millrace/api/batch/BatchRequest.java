package io.millrace.api.batch;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A batch as OpenAPI shows it; {@link BatchReader} reads it. */
@Schema(name = "BatchRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record BatchRequest(
        @Nullable String name,

        @Schema(required = true) List<Member> jobs,

        @Schema(
                description =
                        "What becomes of a job when one it depends on fails or is cancelled: cancel (the default) or run",
                examples = "cancel")
        @Nullable
        String onParentFailure,

        @Schema(description = "http(s) address to be told of the end") @Nullable
        String callbackUrl,

        @Nullable String projectId) {

    /** A job of it: these, and every field of a job but idempotency_key and unique. */
    @Schema(
            name = "BatchJobRequest",
            description = "Has every other field of a job as well, but idempotency_key and unique")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Member(
            @Schema(description = "What others call it; its place in the list if it has none", examples = "b") @Nullable
            String key,

            @Schema(required = true, examples = "demo.add") String task,

            @Schema(
                    description =
                            "{\"$result\": \"a\"} anywhere in them becomes the result of job a, and means that this one depends on it",
                    examples = "{\"values\": [1, {\"$result\": \"a\"}]}")
            @Nullable
            Map<String, Object> args,

            @Schema(description = "Keys of the jobs that must have ended before", examples = "[\"a\"]") @Nullable
            List<String> dependsOn,

            @Schema(description = "For this job, instead of the batch's") @Nullable
            String onParentFailure) {}
}
