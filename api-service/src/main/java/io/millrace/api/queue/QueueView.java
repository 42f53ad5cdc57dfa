package io.millrace.api.queue;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.queue.QueueStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A queue as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Queue")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record QueueView(
        String name,
        int priority,
        boolean paused,
        @Schema(description = "Jobs that are due and wait") long depth,

        @Schema(description = "Jobs that are not due yet, retries included")
        long scheduled,

        @Schema(description = "Jobs that a worker holds") long running,
        double oldestAgeSeconds,

        @Schema(description = "Workers that receive from it")
        int workers,

        long completedPerMinute,
        long failedPerMinute,
        @Nullable String rateLimit,
        @Nullable Integer maxConcurrency,

        @Schema(
                description = "The highest severity of what is wrong with it; GET /alerts?active=true says what",
                enumeration = {"NONE", "INFO", "WARNING", "CRITICAL"})
        String alertLevel) {

    private static final String NO_ALERT = "NONE";

    static QueueView of(QueueStatus queue, double oldestAgeSeconds) {
        return new QueueView(
                queue.name(),
                queue.priority(),
                queue.paused(),
                queue.depth(),
                queue.scheduled(),
                queue.running(),
                oldestAgeSeconds,
                queue.workers(),
                queue.completedPerMinute(),
                queue.failedPerMinute(),
                queue.rateLimit(),
                queue.maxConcurrency(),
                queue.alertLevel() == null ? NO_ALERT : queue.alertLevel().name());
    }
}
