package io.millrace.testkit;

import io.millrace.dispatch.Queues;
import io.millrace.task.TaskDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A job about to be submitted. What is not said is the task's, as in production. */
public final class Submission {

    final String task;
    final Instant createdAt;
    int maxRetries;
    int priority;
    String queue;
    String args = "{}";
    Duration retryDelay;

    @Nullable
    Duration softTimeLimit;

    @Nullable
    Duration timeLimit;

    @Nullable
    Instant dueAt;

    @Nullable
    Instant expiresAt;

    @Nullable
    String traceId;

    @Nullable
    String projectId;

    final boolean keepsResult;

    private final TaskDefinition definition;
    private final Queues queues;
    private final Function<Object, String> write;
    private final Function<Submission, TestJob> accept;

    Submission(
            TaskDefinition definition,
            Queues queues,
            Instant now,
            Function<Object, String> write,
            Function<Submission, TestJob> accept) {
        this.definition = definition;
        this.queues = queues;
        this.write = write;
        this.accept = accept;
        this.createdAt = now;
        this.task = definition.name();
        this.queue = definition.queue();
        this.priority = definition.priority();
        this.maxRetries = definition.retry().maxRetries();
        this.retryDelay = definition.retry().delay();
        this.softTimeLimit = definition.softTimeLimit();
        this.timeLimit = definition.timeLimit();
        this.keepsResult = !definition.resultTtl().isZero();
    }

    /** The arguments: a record or a map to be written as JSON, or JSON text. */
    public Submission args(Object value) {
        args = value instanceof String json ? json : write.apply(value);
        return this;
    }

    public Submission queue(String value) {
        if (!queues.names().contains(value)) {
            throw new RefusedSubmission("queue_not_found", List.of("There is no queue '" + value + "'."));
        }
        queue = value;
        // A task's priority is meant among the jobs of its own queue.
        priority = value.equals(definition.queue()) ? definition.priority() : queues.priorityOf(value);
        return this;
    }

    /** 0 (last) to 10 (first). To be said after {@link #queue}. */
    public Submission priority(int value) {
        priority = value;
        return this;
    }

    /** How long it waits before it may run. */
    public Submission countdown(Duration value) {
        return eta(createdAt.plus(value));
    }

    /** When it may run. */
    public Submission eta(Instant value) {
        dueAt = value.isAfter(createdAt) ? value : null;
        return this;
    }

    /** After which it is no longer worth running. */
    public Submission expiresIn(Duration value) {
        expiresAt = createdAt.plus(value);
        return this;
    }

    public Submission maxRetries(int value) {
        maxRetries = value;
        return this;
    }

    /** The wait after the first failure. */
    public Submission retryDelay(Duration value) {
        retryDelay = value;
        return this;
    }

    public Submission softTimeLimit(Duration value) {
        softTimeLimit = value;
        return this;
    }

    public Submission timeLimit(Duration value) {
        timeLimit = value;
        return this;
    }

    public Submission traceId(String value) {
        traceId = value;
        return this;
    }

    public Submission projectId(String value) {
        projectId = value;
        return this;
    }

    /**
     * Submits it.
     *
     * @throws RefusedSubmission if the arguments do not fit the task's schema
     */
    public TestJob submit() {
        List<String> errors = ArgsCheck.errors(definition, args);
        if (!errors.isEmpty()) {
            throw new RefusedSubmission("invalid_args", errors);
        }
        return accept.apply(this);
    }
}
