package io.millrace.api.schedule;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.JobState;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Cron;
import io.millrace.schedule.Schedule;
import io.millrace.schedule.ScheduleStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A schedule as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Schedule")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ScheduleView(
        String name,
        String task,
        @Schema(type = SchemaType.OBJECT) @JsonRawValue String args,
        @Nullable String queue,
        @Nullable Integer priority,
        @Nullable String cron,
        @Schema(description = "Seconds") @Nullable Double every,
        @Nullable Instant startsAt,
        @Nullable Instant at,
        String timezone,
        boolean enabled,
        String misfire,
        int misfireLimit,
        String overlap,

        @Schema(description = "The next five, none where it is disabled")
        List<Instant> nextFireTimes,

        @Nullable Instant lastFireAt,
        @Nullable UUID lastJobId,

        @Schema(description = "What has become of it, null where it is no longer kept") @Nullable
        JobState lastJobState,

        @Schema(description = "Why it does not fire although it should") @Nullable
        String problem,

        @Schema(description = "Whether it comes from the schedulers' configuration")
        boolean declared,

        Instant createdAt,
        Instant updatedAt) {

    private static final int PREVIEW = 5;

    static ScheduleView of(ScheduleStatus status, Instant now) {
        Schedule schedule = status.schedule();
        Cadence cadence = schedule.cadence();
        return new ScheduleView(
                schedule.name(),
                schedule.task(),
                schedule.args(),
                schedule.queue(),
                schedule.priority(),
                cadence instanceof Cron cron ? cron.expression() : null,
                cadence instanceof Cadence.Every(var interval, var _) ? interval.toMillis() / 1000.0 : null,
                cadence instanceof Cadence.Every(var _, var start) ? start : null,
                cadence instanceof Cadence.Once(var at) ? at : null,
                cadence instanceof Cron cron ? cron.zone().getId() : "UTC",
                schedule.enabled(),
                schedule.misfire().name().toLowerCase(Locale.ROOT),
                schedule.misfireLimit(),
                schedule.overlap().name().toLowerCase(Locale.ROOT),
                status.nextFireTimes(now, PREVIEW),
                status.lastFireAt(),
                status.lastJobId(),
                status.lastJobState(),
                status.problem(),
                status.declared(),
                status.createdAt(),
                status.updatedAt());
    }
}
