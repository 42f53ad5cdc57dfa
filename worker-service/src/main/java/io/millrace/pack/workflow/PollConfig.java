package io.millrace.pack.workflow;

import io.millrace.workflow.PollPacing;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How workflows at the remote side are followed. */
@ConfigMapping(prefix = "millrace.workflow.poll")
interface PollConfig {

    /** How long after its submission a workflow is polled for the first time. */
    @WithDefault("5s")
    Duration firstDelay();

    /** By what each further wait is longer than the one before. */
    @WithDefault("1.5")
    double factor();

    /** The longest wait between two polls, unless the remote side asks for a longer one. */
    @WithDefault("60s")
    Duration maxDelay();

    /** Which part of a wait is drawn by lot, 0 to 1, so that what began together is not polled together for ever. */
    @WithDefault("0.2")
    double jitter();

    /** How long a workflow is followed from its submission on; then its job is FAILED. A number is of seconds. */
    @WithDefault("${POLL_MAX_DURATION_SECONDS:86400}")
    Duration maxDuration();

    /** The same as a rule. @throws IllegalArgumentException if the values contradict each other */
    default PollPacing pacing() {
        return new PollPacing(firstDelay(), factor(), maxDelay(), jitter(), maxDuration());
    }
}
