package io.millrace.worker.task;

import java.time.Duration;

/** Thrown by a task that failed and knows when another attempt makes sense, such as after HTTP 429. Counts as a failure. */
public class RetryAfter extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration delay;

    /** @param delay how long to wait at least; the policy's own backoff applies if it is longer */
    public RetryAfter(String message, Duration delay) {
        super(message);
        this.delay = delay;
    }

    /** How long to wait at least. */
    public Duration delay() {
        return delay;
    }
}
