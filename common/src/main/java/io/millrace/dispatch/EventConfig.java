package io.millrace.dispatch;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;

/** Events of jobs on Kafka's topic {@code millrace.events}; the same for all three services. */
@ConfigMapping(prefix = "millrace.events")
public interface EventConfig {

    /** Whether events are written. Without them streams of one job still work, by looking at its row; those of all are silent. */
    @WithDefault("true")
    boolean enabled();

    /** Which events are written, by name, such as {@code job.succeeded,job.failed}; {@code *} is all. */
    @WithDefault("*")
    List<String> include();

    /** How long Kafka keeps events. */
    @WithDefault("24h")
    Duration retention();

    /** How much of them Kafka keeps at most, per partition; a busy hour writes gigabytes. */
    @WithDefault("1G")
    MemorySize retentionSize();

    /** Partitions of the topic when it is made. Order is kept within one only. */
    @WithDefault("1")
    int partitions();

    /** Events that may wait in memory to be written. Those beyond it are dropped. */
    @WithDefault("50000")
    int backlog();

    /** How long events gather before they are written, many to a record. */
    @WithDefault("10ms")
    Duration gather();

    /** How long Kafka may take for a record before its events count as lost. */
    @WithDefault("10s")
    Duration deliveryTimeout();
}
