package io.millrace.dispatch;

import io.millrace.dispatch.DefaultsConfig.Limited;
import io.millrace.dispatch.DefaultsConfig.Values;
import io.smallrye.config.ConfigMapping;
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

    /**
     * One queue there is, with what its jobs get that neither they nor their task say. Names match
     * {@code [a-z0-9][a-z0-9_-]{0,62}}.
     */
    interface Queue extends Values, Limited {}
}
