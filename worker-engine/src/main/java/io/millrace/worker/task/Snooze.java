package io.millrace.worker.task;

import java.time.Duration;

/** Thrown by a task that wants to be called again later. This is no failure and costs no attempt. */
public class Snooze extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration delay;

    public Snooze(Duration delay) {
        super("snoozed for " + delay);
        this.delay = delay;
    }

    /** How long to wait. */
    public Duration delay() {
        return delay;
    }
}
