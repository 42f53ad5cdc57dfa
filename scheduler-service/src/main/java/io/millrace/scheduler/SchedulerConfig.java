package io.millrace.scheduler;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** A scheduler process. */
@ConfigMapping(prefix = "millrace.scheduler")
interface SchedulerConfig {

    /**
     * The longest rest between two looks for due jobs. They rest until the next one is due and are told of one that is
     * due earlier; this bounds the delay where they are not told. At most 10s.
     */
    @WithDefault("5s")
    Duration dueInterval();

    /** The longest rest between two looks for ticks of schedules, and so for schedules whose task has just been registered. */
    @WithDefault("5s")
    Duration scheduleInterval();

    /** How late a tick may be noticed without having been missed; what becomes of one that was is the schedule's misfire policy. */
    @WithDefault("30s")
    Duration misfireGrace();

    /** How long the history of schedules' ticks is kept. */
    @WithDefault("30d")
    Duration ticksKept();

    /**
     * How long callbacks are kept, for looking and for delivering them again, counted from the end they tell of. Longer
     * than their tries last, which is about a day.
     */
    @WithDefault("30d")
    Duration callbacksKept();

    /**
     * How long what a registered function has returned is kept, so that the same job id is not done again. Not shorter than
     * the tries of a job last.
     */
    @WithDefault("7d")
    Duration functionResultsKept();

    /** How long documents are kept, as they came and as they were transformed, counted from when they came. */
    @WithDefault("30d")
    Duration documentsKept();

    /** The longest rest between two looks for jobs submitted in SQL; their notice ends it at once. */
    @WithDefault("5s")
    Duration submissionInterval();

    /** How often workers are checked for signs of life. */
    @WithDefault("1s")
    Duration rescueInterval();

    /** How long a worker may give no sign of life before its jobs run elsewhere. Several times its heartbeat. */
    @WithDefault("8s")
    Duration lease();

    /**
     * The rest after a walk over the whole table for lost hints; between the steps of the walk, a twentieth of it.
     */
    @WithDefault("2s")
    Duration sweepInterval();

    /** How much older than what has been received on its lane a hint must be to count as lost. */
    @WithDefault("10s")
    Duration hintGrace();

    /** How often the gauges of the whole cluster are read. */
    @WithDefault("5s")
    Duration gaugeInterval();

    /** How often changes of job counts are folded into their sums. */
    @WithDefault("1s")
    Duration countInterval();

    /** How long an idempotency key is kept, at least. */
    @WithDefault("7d")
    Duration keepIdempotencyKeys();

    /** How often old idempotency keys and the places of unique jobs that have ended are cleared away. */
    @WithDefault("30s")
    Duration keyInterval();

    /** How often parked jobs are looked at whose limits may have room again. */
    @WithDefault("25ms")
    Duration callInterval();

    /** How often the scheduler looks whether any job is parked, while none is and nobody tells it of one. */
    @WithDefault("5s")
    Duration idleCallInterval();
}
