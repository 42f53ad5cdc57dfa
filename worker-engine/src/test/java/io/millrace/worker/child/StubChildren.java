package io.millrace.worker.child;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Pools of {@link StubChild}ren, for tests of whoever uses a pool. */
public final class StubChildren {

    private StubChildren() {}

    /**
     * A pool of its own.
     *
     * @param settings of {@code millrace.worker.isolation}, without that prefix
     */
    public static ChildPool pool(Map<String, String> settings, MeterRegistry metrics) {
        return pool(settings, command(), metrics);
    }

    public static ChildPool pool(Map<String, String> settings, List<String> command, MeterRegistry metrics) {
        IsolationConfig config = config(settings);
        return new ChildPool(config, () -> command, () -> config.maxChildren().orElse(2), new ChildMetrics(metrics));
    }

    /** So that a test leaves no process behind. */
    public static void close(ChildPool pool) {
        pool.close();
    }

    public static IsolationConfig config(Map<String, String> settings) {
        var named = new HashMap<String, String>();
        settings.forEach((key, value) -> named.put("millrace.worker.isolation." + key, value));
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(IsolationConfig.class)
                .withDefaultValues(named)
                .build()
                .getConfigMapping(IsolationConfig.class);
    }

    static List<String> command() {
        return List.of(
                java(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                StubChild.class.getName());
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
