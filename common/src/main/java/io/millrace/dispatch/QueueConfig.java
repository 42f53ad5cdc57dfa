package io.millrace.dispatch;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** The queues there are and which task goes to which; the same for all three services. */
@ConfigMapping(prefix = "millrace")
public interface QueueConfig {

    /** The queues, by name. Each has four lanes, that is four Kafka topics. */
    Map<String, Queue> queues();

    /** Which queue a task goes to that names none: pattern of the task's name → queue; {@code *} is any text. */
    Map<String, String> routes();

    /** One queue, with what its jobs get that neither they nor their task say. */
    interface Queue extends DefaultsConfig.Values {}
}
