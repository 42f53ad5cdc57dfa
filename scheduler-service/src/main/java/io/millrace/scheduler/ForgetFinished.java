package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.store.FinishedStore;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Forgets finished jobs and results whose time has come, by dropping the partition that holds them: however many they
 * are, that takes a moment and leaves nothing behind to clear away. Where somebody reads at that moment it is left for
 * later.
 */
@Singleton
class ForgetFinished implements Duty {

    private static final Logger LOG = Logger.getLogger(ForgetFinished.class);
    private static final Duration WHERE_BUSY = Duration.ofSeconds(5);

    private final FinishedStore store;
    private final Duration interval;
    private final Counter forgotten;
    private final Counter dropped;
    private volatile FinishedStore.Sizes sizes = new FinishedStore.Sizes(0, 0, 0, 0);

    ForgetFinished(FinishedStore store, RetentionConfig config, MeterRegistry metrics) {
        this.store = store;
        this.interval = config.forgetInterval();
        this.forgotten = Counter.builder("millrace.finished.forgotten")
                .description("Finished jobs whose time had come")
                .register(metrics);
        this.dropped = Counter.builder("millrace.finished.partitions.dropped")
                .description("Partitions of finished jobs and of results that were dropped")
                .register(metrics);
        gauge(
                metrics,
                "millrace.hot.rows",
                "Rows of the hot table, as PostgreSQL estimates them",
                () -> sizes.hotRows());
        gauge(metrics, "millrace.hot.bytes", "Size of the hot table without its indexes", () -> sizes.hotBytes());
        gauge(
                metrics,
                "millrace.finished.partitions",
                "Partitions of finished jobs and results",
                () -> sizes.partitions());
        gauge(metrics, "millrace.finished.bytes", "Size of finished jobs and results", () -> sizes.finishedBytes());
    }

    private static void gauge(
            MeterRegistry metrics, String name, String description, java.util.function.Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .strongReference(true)
                .register(metrics);
    }

    @Override
    public Done runOnce() {
        FinishedStore.Forgotten done = store.forget();
        done.partition().ifPresent(partition -> {
            dropped.increment();
            forgotten.increment((double) done.jobs());
            LOG.infof("forgot what was kept long enough partition=%s jobs=%d", partition, done.jobs());
        });
        if (done.partition().isPresent()) {
            return new Done(1, Duration.ZERO);
        }
        if (done.busy()) {
            return new Done(0, WHERE_BUSY);
        }
        sizes = store.sizes();
        return new Done(0, interval);
    }
}
