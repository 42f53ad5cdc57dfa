package io.millrace.pack.pipeline;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How metrics of pipelines are judged that say nothing of it themselves. */
@ConfigMapping(prefix = "millrace.pipeline")
interface DetectionConfig {

    /** How many successful executions before it one is compared with, at most. */
    @WithDefault("30")
    int window();

    /** With fewer values of a metric than this before it, nothing is said of an execution's. */
    @WithDefault("10")
    int minSamples();

    /** Beyond so many standard deviations from the mean a value is an anomaly. */
    @WithDefault("3.0")
    double threshold();
}
