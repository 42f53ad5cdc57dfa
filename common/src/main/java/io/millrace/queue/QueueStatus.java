package io.millrace.queue;

import io.millrace.alert.Severity;
import org.jspecify.annotations.Nullable;

/**
 * A queue as an operator wants to see it.
 *
 * @param priority what a job gets whose submission and task name none
 * @param depth jobs that are due and wait
 * @param scheduled jobs that are not due, retries included
 * @param running jobs that a worker holds
 * @param oldestAgeSeconds how long the oldest waiting job has waited as the sweep saw it, 0 where none did
 * @param workers workers that receive from it
 * @param alertLevel the highest severity of what is wrong with it, null for nothing
 */
public record QueueStatus(
        String name,
        int priority,
        boolean paused,
        long depth,
        long scheduled,
        long running,
        double oldestAgeSeconds,
        int workers,
        long completedPerMinute,
        long failedPerMinute,
        @Nullable String rateLimit,
        @Nullable Integer maxConcurrency,
        @Nullable Severity alertLevel) {}
