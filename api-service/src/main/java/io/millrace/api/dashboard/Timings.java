package io.millrace.api.dashboard;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.store.DashboardStore.Minute;
import io.millrace.store.DashboardStore.TaskHealth;
import io.millrace.store.DashboardStore.Times;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How long jobs wait and run, as the wire has it. Times are seconds. */
final class Timings {

    /** Of which percentiles are told. */
    static final List<Double> SHARES = List.of(0.5, 0.95, 0.99);

    private Timings() {}

    /** Percentiles of some durations. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Percentiles")
    public record Percentiles(double p50, double p95, double p99) {
        static @Nullable Percentiles of(List<Double> seconds) {
            return seconds.isEmpty() ? null : new Percentiles(seconds.get(0), seconds.get(1), seconds.get(2));
        }
    }

    /** Jobs that were submitted in a minute. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "MinuteTimings")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record OfMinute(
            Instant minute,

            @Schema(description = "How many of them were looked at")
            int jobs,

            @Schema(description = "From when a job could have run to its first start; null where none has started")
            @Nullable
            Percentiles waited,

            @Schema(description = "Of runs that succeeded; null where none has") @Nullable
            Percentiles ran) {
        static OfMinute of(Minute minute) {
            Times times = minute.times();
            return new OfMinute(
                    minute.minute(), times.jobs(), Percentiles.of(times.waited()), Percentiles.of(times.ran()));
        }
    }

    /** A task: what has ended in the last hour, and how long its newest jobs took. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "TaskHealth")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record OfTask(
            String task,
            @Schema(description = "In the last hour") long succeeded,
            @Schema(description = "In the last hour") long failed,

            @Schema(description = "How many finished jobs the percentiles are about: the newest")
            int jobs,

            @Nullable Percentiles waited,
            @Nullable Percentiles ran,
            @Nullable Instant lastFinishedAt) {
        static OfTask of(TaskHealth health) {
            Times times = health.times();
            return new OfTask(
                    health.task(),
                    health.succeeded(),
                    health.failed(),
                    times.jobs(),
                    Percentiles.of(times.waited()),
                    Percentiles.of(times.ran()),
                    health.lastFinishedAt());
        }
    }
}
