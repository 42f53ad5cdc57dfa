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
 * @param maxConcurrency how many of its jobs may run at a time over all workers, null for any number
 * @param isolated whether each run gets a process of its own
 * @param argsSchema JSON Schema (2020-12) of the arguments, as JSON text
 * @param says what the task's code says itself; the values above are Millrace's own where it says nothing, and what a
 *     job gets then is {@link Precedence}'s to say
 * @param prioritySet what somebody has set over HTTP, before all that is configured or coded; null if nobody has
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
        @Nullable Integer maxConcurrency,
        boolean isolated,
        String argsSchema,
        Defaults says,
        @Nullable Integer prioritySet) {

    /** A task that says all of this itself. */
    public TaskDefinition(
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
        this(
                name,
                queue,
                priority,
                retry,
                softTimeLimit,
                timeLimit,
                resultTtl,
                rateLimit,
                null,
                isolated,
                argsSchema,
                new Defaults(
                        timeLimit,
                        softTimeLimit,
                        retry.maxRetries(),
                        retry.delay(),
                        retry.factor(),
                        retry.cap(),
                        retry.jitter(),
                        resultTtl,
                        priority,
                        null,
                        null),
                null);
    }

    public TaskDefinition {
        if (name.isBlank() || name.length() > 200) {
            throw new IllegalArgumentException("a task's name has 1 to 200 characters, but this one is '" + name + "'");
        }
        if (softTimeLimit != null && timeLimit != null && softTimeLimit.compareTo(timeLimit) > 0) {
            throw new IllegalArgumentException(
                    "task " + name + ": the soft time limit " + softTimeLimit + " is beyond the hard one " + timeLimit);
        }
    }

    /** The same task, saying this and no more. */
    public TaskDefinition saying(Defaults said) {
        return new TaskDefinition(
                name,
                queue,
                priority,
                retry,
                softTimeLimit,
                timeLimit,
                resultTtl,
                rateLimit,
                maxConcurrency,
                isolated,
                argsSchema,
                said,
                prioritySet);
    }

    /** The same task with a priority set over HTTP, null for none. */
    public TaskDefinition withPrioritySet(@Nullable Integer set) {
        return new TaskDefinition(
                name,
                queue,
                priority,
                retry,
                softTimeLimit,
                timeLimit,
                resultTtl,
                rateLimit,
                maxConcurrency,
                isolated,
                argsSchema,
                says,
                set);
    }

    /** The same task with so many of its jobs running at a time, null for any number. */
    public TaskDefinition withMaxConcurrency(@Nullable Integer most) {
        return new TaskDefinition(
                name,
                queue,
                priority,
                retry,
                softTimeLimit,
                timeLimit,
                resultTtl,
                rateLimit,
                most,
                isolated,
                argsSchema,
                says,
                prioritySet);
    }
}
