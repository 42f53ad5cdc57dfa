package io.millrace.worker.child;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.function.IntSupplier;

/** What a worker measures of its children. */
@Singleton
class ChildMetrics {

    private final MeterRegistry registry;
    private final Counter started;
    private final Counter lost;

    /** Why a child is replaced, or let go, between two runs. */
    enum Reason {
        /** It has had as many runs as it may. */
        MAX_TASKS,
        /** It holds more memory than it may. */
        MEMORY,
        /** It had nothing to do. */
        IDLE;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    ChildMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.started = Counter.builder("millrace.worker.children.started")
                .description("Child processes that have become ready")
                .register(registry);
        this.lost = Counter.builder("millrace.worker.children.lost")
                .description("Child processes that have ended by themselves")
                .register(registry);
    }

    void alive(IntSupplier count) {
        Gauge.builder("millrace.worker.children", count::getAsInt)
                .description("Child processes for isolated runs")
                .register(registry);
    }

    void started() {
        started.increment();
    }

    void lost() {
        lost.increment();
    }

    void replaced(Reason reason) {
        Counter.builder("millrace.worker.children.replaced")
                .description("Child processes that were let go between two runs")
                .tag("reason", reason.word())
                .register(registry)
                .increment();
    }

    void killed(String reason) {
        Counter.builder("millrace.worker.children.killed")
                .description("Child processes that were killed during a run")
                .tag("reason", reason.toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }
}
