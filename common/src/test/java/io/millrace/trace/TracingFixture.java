package io.millrace.trace;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Traces for tests that have no application. */
public final class TracingFixture {

    private TracingFixture() {}

    /** No collector: no spans. */
    public static Tracing off() {
        return new Tracing(config(Optional.empty(), Optional.empty(), 1), "test");
    }

    /** No collector, and a place where traces are looked at. */
    static Tracing linked(String link) {
        return new Tracing(config(Optional.empty(), Optional.of(link), 1), "test");
    }

    /** Every span goes to this collector. */
    public static Tracing to(URI collector) {
        return to(collector, 1);
    }

    static Tracing to(URI collector, double ratio) {
        return new Tracing(config(Optional.of(collector), Optional.empty(), ratio), "test");
    }

    private static TraceConfig config(Optional<URI> endpoint, Optional<String> link, double ratio) {
        return new TraceConfig() {
            @Override
            public Optional<URI> endpoint() {
                return endpoint;
            }

            @Override
            public Optional<String> link() {
                return link;
            }

            @Override
            public Map<String, String> headers() {
                return Map.of("x-test", "secret");
            }

            @Override
            public double ratio() {
                return ratio;
            }

            @Override
            public int queue() {
                return 100;
            }

            @Override
            public Duration interval() {
                return Duration.ofMillis(20);
            }

            @Override
            public Duration timeout() {
                return Duration.ofSeconds(5);
            }
        };
    }
}
