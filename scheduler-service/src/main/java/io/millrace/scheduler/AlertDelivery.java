package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.job.RetryPolicy;
import io.millrace.scheduler.alert.AlertChannel;
import io.millrace.scheduler.alert.AlertChannel.Sent;
import io.millrace.scheduler.alert.AlertConfig;
import io.millrace.scheduler.alert.Channels;
import io.millrace.store.AlertOutbox;
import io.millrace.store.AlertOutbox.Delivery;
import io.millrace.store.AlertStore;
import io.millrace.store.StoreUnavailable;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what has been told to the channels, and tries again where that fails. What this scheduler has taken and does
 * not settle, since it is stopped in the middle, another takes when the lease is over.
 */
@Singleton
class AlertDelivery implements Duty {

    private static final Logger LOG = Logger.getLogger(AlertDelivery.class);
    private static final int SPREAD_AT_ONCE = 100;
    private static final int AT_ONCE = 16;

    /** What is due and was not taken waits for another message, or for a channel that only others have. */
    private static final Duration OUT_OF_REACH = Duration.ofSeconds(5);

    /** For what a delivery takes beside its request. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    private final AlertOutbox outbox;
    private final Channels channels;
    private final RetryPolicy retry;
    private final Duration cap;
    private final Duration lease;
    private final Duration interval;
    private final MeterRegistry metrics;

    AlertDelivery(AlertOutbox outbox, Channels channels, AlertConfig config, MeterRegistry metrics) {
        var delivery = config.delivery();
        this.outbox = outbox;
        this.channels = channels;
        this.cap = delivery.retryCap();
        this.retry = new RetryPolicy(delivery.attempts() - 1, delivery.retryDelay(), 2, cap, false);
        this.lease = delivery.requestTimeout().plus(MARGIN);
        this.interval = delivery.interval();
        this.metrics = metrics;
    }

    @Override
    public Set<String> wokenBy() {
        return Set.of(AlertStore.NOTICE);
    }

    @Override
    public Done runOnce() {
        Duration until = outbox.untilNext().orElse(interval);
        if (until.isPositive()) {
            return new Done(0, until.compareTo(interval) < 0 ? until : interval);
        }
        long spread = outbox.spread(channels.least(), SPREAD_AT_ONCE);
        List<Delivery> taken = outbox.take(channels.least().keySet(), lease, AT_ONCE);
        // Side by side, so that an address which does not answer holds up no other; each takes a bounded time.
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Delivery delivery : taken) {
                Future<?> _ = threads.submit(() -> deliver(delivery));
            }
        }
        return new Done(taken.size(), spread + taken.size() > 0 ? Duration.ZERO : OUT_OF_REACH);
    }

    private void deliver(Delivery delivery) {
        try {
            AlertChannel channel = channels.get(delivery.channel());
            switch (channel.send(delivery.alertId(), delivery.message())) {
                case Sent.Arrived() -> {
                    outbox.delivered(delivery);
                    count(delivery, "delivered");
                }
                case Sent.Failed(var why, var retryAfter) -> failed(delivery, why, retryAfter);
            }
        } catch (StoreUnavailable e) {
            LOG.warnf(
                    "what became of an alert cannot be noted, it may be delivered twice alert=%s channel=%s: %s",
                    delivery.alertId(), delivery.channel(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.errorf(
                    "an alert was not delivered, it is tried again alert=%s channel=%s: %s",
                    delivery.alertId(), delivery.channel(), e.getClass().getName());
        }
    }

    private void failed(Delivery delivery, String why, @Nullable Duration retryAfter) {
        int failuresBefore = delivery.attempt() - 1;
        Duration again = retry.allowsAfter(failuresBefore)
                ? longer(retry.waitAfter(failuresBefore, RandomGenerator.getDefault()), retryAfter)
                : null;
        outbox.failed(delivery, again, why);
        count(delivery, again == null ? "given_up" : "failed");
        if (again == null) {
            LOG.errorf(
                    "an alert could not be delivered and is given up alert=%s channel=%s attempt=%d: %s",
                    delivery.alertId(), delivery.channel(), delivery.attempt(), why);
        } else {
            LOG.warnf(
                    "an alert was not delivered and is tried again in %s alert=%s channel=%s attempt=%d: %s",
                    again, delivery.alertId(), delivery.channel(), delivery.attempt(), why);
        }
    }

    /** The other side may ask us to wait, within bounds. */
    private Duration longer(Duration wait, @Nullable Duration asked) {
        if (asked == null || asked.compareTo(wait) <= 0) {
            return wait;
        }
        return asked.compareTo(cap) <= 0 ? asked : cap;
    }

    private void count(Delivery delivery, String outcome) {
        Counter.builder("millrace.alert.deliveries")
                .description("Attempts to deliver an alert")
                .tag("channel", delivery.channel())
                .tag("outcome", outcome)
                .register(metrics)
                .increment();
    }
}
