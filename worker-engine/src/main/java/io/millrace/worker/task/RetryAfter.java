package io.millrace.worker.task;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Thrown by a task that failed and knows when another attempt makes sense, such as after HTTP 429. Counts as a failure. */
public class RetryAfter extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String type;
    private final Duration delay;

    /** @param delay how long to wait at least; the policy's own backoff applies if it is longer */
    public RetryAfter(String message, Duration delay) {
        super(message);
        this.type = null;
        this.delay = delay;
    }

    /**
     * @param type what users see as {@code exc_type}, instead of the class's name
     * @param delay how long to wait at least; the policy's own backoff applies if it is longer
     */
    public RetryAfter(String type, String message, Duration delay) {
        super(message);
        this.type = type;
        this.delay = delay;
    }

    /** What users see as {@code exc_type}. */
    public String type() {
        return type == null ? getClass().getSimpleName() : type;
    }

    /** How long to wait at least. */
    public Duration delay() {
        return delay;
    }
}
