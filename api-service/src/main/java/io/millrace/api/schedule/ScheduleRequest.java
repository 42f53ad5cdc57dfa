package io.millrace.api.schedule;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of a schedule as OpenAPI shows it; {@link ScheduleReader} reads the same fields. */
@Schema(name = "ScheduleRequest", description = "A job that recurs. It has exactly one of cron, every and at.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ScheduleRequest(
        @Schema(required = true, description = "Letters, digits, '.', '_' and '-', at most 80", examples = "nightly")
        String name,

        @Schema(required = true, description = "Kind of work, see GET /tasks", examples = "demo.echo")
        String task,

        @Schema(description = "Arguments of its jobs", examples = "{\"message\": \"hello\"}") @Nullable
        Map<String, Object> args,

        @Schema(description = "Queue, if not the task's") @Nullable
        String queue,

        @Schema(description = "0 (last) to 10 (first), if not the task's") @Nullable
        Integer priority,

        @Schema(
                description =
                        "Minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly, @yearly",
                examples = "*/5 * * * *")
        @Nullable
        String cron,

        @Schema(description = "Time zone of cron, UTC by default", examples = "Europe/Amsterdam") @Nullable
        String timezone,

        @Schema(description = "Seconds from one job to the next, at least 1", examples = "3600") @Nullable
        Double every,

        @Schema(description = "With every: the first time; one interval from now by default") @Nullable
        Instant startsAt,

        @Schema(description = "The time of a single job") @Nullable
        Instant at,

        @Schema(description = "Whether it fires, true by default") @Nullable
        Boolean enabled,

        @Schema(
                description = "What becomes of ticks that nobody noticed in time",
                enumeration = {"skip", "once", "all"})
        @Nullable
        String misfire,

        @Schema(description = "With misfire all: how many at most, the newest; 10 by default") @Nullable
        Integer misfireLimit,

        @Schema(
                description = "What becomes of a tick whose previous job has not finished",
                enumeration = {"allow", "skip", "cancel_previous"})
        @Nullable
        String overlap) {}
