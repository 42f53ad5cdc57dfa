package io.millrace.api.job;

import io.millrace.job.RetryPolicy;
import io.millrace.task.TaskDefinition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What tests of submissions are made of. */
final class Submissions {

    static final String PIPELINE_SCHEMA = """
            {"type": "object", "required": ["pipeline_id"], "additionalProperties": false,
             "properties": {"pipeline_id": {"type": "integer", "minimum": 1},
                            "names": {"type": "array", "items": {"type": "string"}}}}
            """;

    static final SubmissionBounds BOUNDS = new SubmissionBounds() {
        @Override
        public int maxRetries() {
            return 1000;
        }

        @Override
        public Duration maxRetryDelay() {
            return Duration.ofDays(7);
        }

        @Override
        public Duration maxTimeLimit() {
            return Duration.ofDays(7);
        }

        @Override
        public Duration maxResultTtl() {
            return Duration.ofDays(90);
        }

        @Override
        public Duration maxAhead() {
            return Duration.ofDays(3650);
        }
    };

    private Submissions() {}

    static Submission read(String json) {
        return SubmissionReader.readOne(json.getBytes(StandardCharsets.UTF_8));
    }

    static TaskDefinition task(String name, String schema) {
        return task(name, schema, Duration.ofSeconds(50), Duration.ofSeconds(60));
    }

    static TaskDefinition task(
            String name, String schema, @Nullable Duration softTimeLimit, @Nullable Duration timeLimit) {
        return new TaskDefinition(
                name,
                "celery",
                7,
                new RetryPolicy(3, Duration.ofSeconds(2), 2, Duration.ofSeconds(600), true),
                softTimeLimit,
                timeLimit,
                Duration.ofHours(1),
                null,
                false,
                schema);
    }
}
