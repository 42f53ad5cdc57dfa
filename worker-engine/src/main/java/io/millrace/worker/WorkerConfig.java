package io.millrace.worker;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A worker process. */
@ConfigMapping(prefix = "millrace.worker")
public interface WorkerConfig {

    /** The queues it receives from; all there are if not said. */
    Optional<Set<String>> queues();

    /** How many jobs it runs at once; the number of processors if not said. */
    Optional<Integer> concurrency();

    /**
     * The most and the fewest slots, such as {@code 10,3}: it grows at once when more work waits than it has slots for,
     * and gives slots up one by one when they stay empty. Takes the place of {@code concurrency}.
     */
    Optional<String> autoscale();

    /** How long a slot must have been free before a pool that moves by itself gives one up, and then the next. */
    @WithDefault("10s")
    Duration autoscaleIdle();

    /** Above this share of the heap in use, a pool that moves by itself does not grow. */
    @WithDefault("0.85")
    double autoscaleMemory();

    /** When the process drains and ends, so that a new one takes its place. */
    Recycle recycle();

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

    /** Whether it respects limits on rate and concurrency; false is Celery's {@code worker_disable_rate_limits}. */
    @WithDefault("true")
    boolean limits();

    /** When a worker process has served long enough. It drains and ends with exit code 0. */
    interface Recycle {

        /** After so many jobs, as Celery's max_tasks_per_child does for a child; never if not said. */
        OptionalInt afterJobs();

        /**
         * By which share of {@code after-jobs} it may be more, drawn anew for each process, so that workers that have
         * started together do not all end together; from 0 to 1.
         */
        @WithDefault("0.1")
        double afterJobsJitter();

        /** Above so much resident memory, such as {@code 800M}, drained and not killed; never if not said. */
        Optional<MemorySize> aboveMemory();

        /** With so many threads that do not end although their jobs have been settled without them; 0 for never. */
        @WithDefault("1")
        int stuckThreads();

        /** How long they must have been stuck: a thread may need a while to notice that it was interrupted. */
        @WithDefault("30s")
        Duration stuckFor();
    }
}
