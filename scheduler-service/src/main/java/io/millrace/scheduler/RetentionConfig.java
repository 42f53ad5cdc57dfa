package io.millrace.scheduler;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** For how long what has ended is kept. All schedulers must have the same. */
@ConfigMapping(prefix = "millrace.retention")
interface RetentionConfig {

    /**
     * How long a job that succeeded is kept, at least; one whose result is kept for longer stays as long as that. What
     * is kept for up to two days is forgotten at the end of an hour, up to 45 days at the end of a day, beyond at the end
     * of a week or of four.
     */
    @WithDefault("7d")
    Duration success();

    /** How long a job that failed is kept, with its history. */
    @WithDefault("30d")
    Duration failure();

    /** How long a job that was revoked is kept. */
    @WithDefault("7d")
    Duration revoked();

    /** How long a batch is kept that has finished: its name, its counts, its graph. Its jobs go by their own age. */
    @WithDefault("30d")
    Duration batches();

    /** How long a worker is kept that has stopped or was lost. */
    @WithDefault("7d")
    Duration workers();

    /** How long it is kept how many jobs ended in each minute. */
    @WithDefault("7d")
    Duration minutes();

    /** How long it is kept who changed what. */
    @WithDefault("90d")
    Duration audit();

    /** How long after its end a job leaves the hot table for the finished ones; nobody sees a difference. */
    @WithDefault("1m")
    Duration moveAfter();

    /**
     * How long after its end a job may be in the hot table without any hurry: until then, moving takes a tenth of the time
     * only, so that a burst of jobs goes before, and half of it from then on.
     */
    @WithDefault("3m")
    Duration moveWithin();

    /** The rest between two walks through the hot table for jobs that have finished; longer where walks find little. */
    @WithDefault("10s")
    Duration moveInterval();

    /** How often the scheduler looks for what can be forgotten. */
    @WithDefault("1m")
    Duration forgetInterval();
}
