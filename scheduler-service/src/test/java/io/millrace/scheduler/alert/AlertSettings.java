package io.millrace.scheduler.alert;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Settings of alerts as a test says them, without the common prefix. */
public final class AlertSettings {

    private AlertSettings() {}

    /** What is not said is as it is by default. */
    public static AlertConfig config(Map<String, String> settings) {
        var properties = new HashMap<String, String>();
        settings.forEach((key, value) -> properties.put("millrace.alerts." + key, value));
        return new SmallRyeConfigBuilder()
                .withMapping(AlertConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                // Quarkus' way of writing durations, without Quarkus.
                .withConverter(Duration.class, 200, io.quarkus.runtime.configuration.DurationConverter::parseDuration)
                .build()
                .getConfigMapping(AlertConfig.class);
    }

    /** The rules that follow from it. */
    public static AlertRules rules(AlertConfig config, Set<String> queues) {
        return new AlertRules(config, queues);
    }

    /** The channels that follow from it. */
    public static Channels channels(AlertConfig config) {
        return new Channels(config);
    }
}
