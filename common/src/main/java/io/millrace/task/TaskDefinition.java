package io.millrace.task;

import io.millrace.job.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A kind of work as a worker registers it and as the API checks submissions against it.
 *
 * @param priority what a job gets that names none, 0 to 10
 * @param softTimeLimit after which a run is asked to end, null for never
 * @param timeLimit after which a run is ended, null for never
 * @param resultTtl how long a result is kept
 * @param rateLimit such as {@code 15/s}, null for none
 * @param isolated whether each run gets a process of its own
 * @param argsSchema JSON Schema (2020-12) of the arguments, as JSON text
 */
public record TaskDefinition(
        String name,
        String queue,
        int priority,
        RetryPolicy retry,
        @Nullable Duration softTimeLimit,
        @Nullable Duration timeLimit,
        Duration resultTtl,
        @Nullable String rateLimit,
        boolean isolated,
        String argsSchema) {

    public TaskDefinition {
        if (name.isBlank() || name.length() > 200) {
            throw new IllegalArgumentException("a task's name has 1 to 200 characters, but this one is '" + name + "'");
        }
        if (softTimeLimit != null && timeLimit != null && softTimeLimit.compareTo(timeLimit) > 0) {
            throw new IllegalArgumentException(
                    "task " + name + ": the soft time limit " + softTimeLimit + " is beyond the hard one " + timeLimit);
        }
    }
}
