package io.millrace.api.job;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How far a submission may override what its task says. */
@ConfigMapping(prefix = "millrace.submission")
interface SubmissionBounds {

    /** The most retries a submission may ask for. */
    @WithDefault("1000")
    int maxRetries();

    /** The longest first retry delay a submission may ask for. */
    @WithDefault("7d")
    Duration maxRetryDelay();

    /** The longest time limit, soft or hard, a submission may ask for. */
    @WithDefault("7d")
    Duration maxTimeLimit();

    /** The longest time a submission may have its result kept. */
    @WithDefault("90d")
    Duration maxResultTtl();

    /** How far in the future a job may be scheduled or may expire. */
    @WithDefault("3650d")
    Duration maxAhead();
}
