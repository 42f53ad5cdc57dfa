package io.millrace.dispatch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How hints are written to Kafka. The broker's address and its security are {@code kafka.*}, as in every Quarkus application. */
@ConfigMapping(prefix = "millrace.dispatch")
public interface DispatchConfig {

    /** Partitions of a lane's topic when it is made. Share groups need no more than one for any number of workers. */
    @WithDefault("1")
    int partitions();

    /** Replication factor of a lane's topic when it is made; -1 takes the broker's default. */
    @WithDefault("-1")
    short replicationFactor();

    /** Hints that may wait in memory for Kafka. Those beyond it are dropped; the sweep writes them again. */
    @WithDefault("100000")
    int backlog();

    /** How long Kafka may take for one hint before it counts as lost. */
    @WithDefault("10s")
    Duration deliveryTimeout();

    /** How long Kafka may take for an answer to an administrative question. */
    @WithDefault("10s")
    Duration adminTimeout();
}
