package io.millrace.worker;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A worker process. */
@ConfigMapping(prefix = "millrace.worker")
public interface WorkerConfig {

    /** The queues it receives from; all there are if not said. */
    Optional<Set<String>> queues();

    /** How many jobs it runs at once; the number of processors if not said. */
    Optional<Integer> concurrency();

    /** The name of its host in listings; the machine's own if not said. */
    Optional<String> host();

    /** Receivers a lane. A second one lets receiving and claiming overlap; it pays for thousands of tiny jobs a second. */
    @WithDefault("1")
    int receiversPerLane();

    /** Of so many slots, one goes to the lowest lane that waits, so that nothing starves; 0 for never. */
    @WithDefault("10")
    int lowLaneShare();

    /**
     * How long received hints wait for a slot before they are handed to other workers; it counts anew whenever some of
     * them have got one.
     */
    @WithDefault("1s")
    Duration holdTime();

    /** How often it gives a sign of life. The scheduler's lease must be several times as long. */
    @WithDefault("2s")
    Duration heartbeat();

    /** How long running jobs may go on after a shutdown was asked for, before they are given back. */
    @WithDefault("20s")
    Duration drainTimeout();
}
