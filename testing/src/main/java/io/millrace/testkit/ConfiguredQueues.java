package io.millrace.testkit;

import io.millrace.dispatch.DefaultsConfig;
import io.millrace.dispatch.DispatchConfig;
import io.millrace.dispatch.QueueConfig;
import io.millrace.dispatch.Queues;
import io.millrace.store.Database;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

/** The queues and routes that a worker with this class path would have: read from the same files, by the same rules. */
final class ConfiguredQueues {

    private ConfiguredQueues() {}

    static Queues read(Database none) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .forClassLoader(ConfiguredQueues.class.getClassLoader())
                .addPropertiesSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withProfile("test")
                .withMapping(QueueConfig.class)
                .withMapping(DefaultsConfig.class)
                .withMapping(DispatchConfig.class)
                // The files hold the settings of the rest of the worker, too.
                .withValidateUnknown(false)
                .build();
        return Queues.configured(
                config.getConfigMapping(QueueConfig.class),
                config.getConfigMapping(DefaultsConfig.class),
                config.getConfigMapping(DispatchConfig.class),
                none);
    }
}
