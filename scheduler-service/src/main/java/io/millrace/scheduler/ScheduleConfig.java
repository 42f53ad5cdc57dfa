package io.millrace.scheduler;

import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Schedules declared in configuration, by name. All schedulers must have the same. */
@ConfigMapping(prefix = "millrace.schedules")
interface ScheduleConfig {

    @WithParentName
    Map<String, Declared> schedules();

    /** One schedule; it has exactly one of cron, every and at. */
    interface Declared {

        /** The task of its jobs. Its ticks wait until some worker has registered it. */
        String task();

        /** The arguments of its jobs, a JSON object. */
        @WithDefault("{}")
        String args();

        /** The queue of its jobs, if not the task's. */
        Optional<String> queue();

        /** The priority of its jobs, if not the task's: 0 (last) to 10 (first). */
        OptionalInt priority();

        /** Five fields as in crontab (minute, hour, day of month, month, day of week), or {@code @daily} and its like. */
        Optional<String> cron();

        /** One job each so often, such as {@code 30m}. */
        Optional<Duration> every();

        /** With {@code every}: the first time, such as {@code 2026-01-31T12:00:00Z}; the others follow from it. By default, one interval after the declaration. */
        Optional<String> startsAt();

        /** A single job, at a time such as {@code 2026-01-31T12:00:00Z}. */
        Optional<String> at();

        /** The time zone of {@code cron}. */
        @WithDefault("UTC")
        String timezone();

        /** What becomes of ticks that nobody noticed in time: skip, once (however many there were), or all (up to misfire-limit). */
        @WithDefault("once")
        Misfire misfire();

        /** With {@code misfire=all}: how many missed ticks it fires for at most, the newest. */
        @WithDefault("10")
        int misfireLimit();

        /** What becomes of a tick whose previous job has not finished: allow, skip, or cancel-previous. */
        @WithDefault("allow")
        Overlap overlap();

        /** Whether it fires. */
        @WithDefault("true")
        boolean enabled();
    }
}
