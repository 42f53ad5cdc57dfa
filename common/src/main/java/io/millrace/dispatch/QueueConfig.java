package io.millrace.dispatch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;

/** The queues there are and which task goes to which; the same for all three services. */
@ConfigMapping(prefix = "millrace")
public interface QueueConfig {

    /** The queues, by name. Each has four lanes, that is four Kafka topics. */
    Map<String, Queue> queues();

    /**
     * The queue of tasks that name none, by a pattern of their names: {@code *} is any text, the most specific pattern
     * wins, and there must be one for {@code *}.
     */
    Map<String, String> routes();

    /** One queue. */
    interface Queue {
        /**
         * A queue there is, and what a job gets whose submission and task name no priority: 0 (last) to 10 (first).
         * Names match {@code [a-z0-9][a-z0-9_-]{0,62}}.
         */
        @WithDefault("5")
        int priority();
    }
}
