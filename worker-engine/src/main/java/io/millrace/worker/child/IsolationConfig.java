package io.millrace.worker.child;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The child processes that run isolated jobs. A worker that has none to run starts none, unless told to. */
@ConfigMapping(prefix = "millrace.worker.isolation")
public interface IsolationConfig {

    /** The heap of a child, as {@code -Xmx} has it. A run that needs more is lost, and nothing else is. */
    @WithDefault("256M")
    MemorySize heap();

    /** After so many runs a child is replaced; 0 for never. A task may say less for itself. */
    @WithDefault("100")
    int maxTasksPerChild();

    /** A child that holds more memory than this after a run is replaced; never if not said. Known on Linux only. */
    Optional<MemorySize> maxMemoryPerChild();

    /** How many children are kept even while nothing is to be run in them, so that the first job need not wait for one. */
    @WithDefault("0")
    int minChildren();

    /**
     * How many children there may be, and so how many isolated jobs run at once; the number of processors, at least 2, if
     * not said. More than {@code millrace.worker.concurrency} there never are. An isolated job that waits for a child
     * holds its slot.
     */
    Optional<Integer> maxChildren();

    /** How long a child waits for its next run before it is ended. */
    @WithDefault("5m")
    Duration idleTime();

    /** How long a child may take to start. */
    @WithDefault("60s")
    Duration startTimeout();

    /** The longest message between a worker and its child, arguments and results being the long ones. */
    @WithDefault("64M")
    MemorySize maxMessage();

    /** More options for the Java of a child, separated by commas. It has the worker's own, but for heap and collector. */
    Optional<List<String>> jvmOptions();

    /** The command that starts a child, separated by commas; what this worker was started with if not said. */
    Optional<List<String>> command();
}
