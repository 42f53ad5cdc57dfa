package io.millrace.api.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows the topic of events while anybody watches, and gives each event to every subscription that wants it. It waits
 * for none of them. While Kafka is away it waits for it, and goes on where it was.
 */
@Singleton
class EventFeed {

    private static final Logger LOG = Logger.getLogger(EventFeed.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration TO_STOP = Duration.ofSeconds(2);

    private final EventConsumers consumers;
    private final EventStreamConfig config;
    private final Counter cutOff;

    // All below is guarded by this object's monitor, so that a subscription begins between two records.
    private final Set<Subscription> subscriptions = new LinkedHashSet<>();
    private final Map<Integer, Long> next = new HashMap<>();
    private @Nullable Thread reader;
    private long emptySince;
    private boolean open = true;

    EventFeed(EventConsumers consumers, EventStreamConfig config, MeterRegistry metrics) {
        this.consumers = consumers;
        this.config = config;
        this.cutOff = Counter.builder("millrace.event.streams.cut.off")
                .description("Streams of events whose client was too slow")
                .register(metrics);
        Gauge.builder("millrace.event.streams", this, EventFeed::size)
                .description("Open streams of events")
                .register(metrics);
    }

    /** Is there from the start, so that its metrics are. */
    void onStart(@Observes StartupEvent event) {}

    /** Begins to give events to somebody. @throws Problem {@code too_many_subscribers} */
    synchronized Subscription subscribe(EventFilter filter, Client client) {
        if (!open || subscriptions.size() >= config.max()) {
            throw Problem.of(
                    ProblemCode.TOO_MANY_SUBSCRIBERS,
                    "This process serves " + config.max() + " streams of events at most; try again shortly.");
        }
        var subscription = new Subscription(filter, client, config.buffer(), this::leave);
        subscriptions.add(subscription);
        if (!next.isEmpty()) {
            subscription.begins(next);
        }
        if (reader == null) {
            reader = Thread.ofPlatform().name("event-feed").daemon().start(this::run);
        }
        return subscription;
    }

    private synchronized void leave(Subscription subscription) {
        subscriptions.remove(subscription);
        if (subscriptions.isEmpty()) {
            emptySince = System.nanoTime();
        }
    }

    private void run() {
        while (wanted()) {
            try (Consumer<byte[], byte[]> consumer = consumers.open()) {
                begin(consumer);
                while (wanted()) {
                    runOnce(consumer);
                }
            } catch (RuntimeException e) {
                LOG.warnf("events cannot be read, who watches waits: %s", e.getMessage());
                pause();
            }
        }
    }

    /** Whether anybody watches, or has until a moment ago. If not, the next one to come starts another reader. */
    private synchronized boolean wanted() {
        subscriptions.removeIf(Subscription::forgotten);
        if (open
                && (!subscriptions.isEmpty()
                        || System.nanoTime() - emptySince < config.linger().toNanos())) {
            return true;
        }
        reader = null;
        next.clear();
        return false;
    }

    /** Goes to where it was, or to the end if it begins now. */
    private void begin(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> partitions = consumers.partitions(consumer);
        consumer.assign(partitions);
        Map<Integer, Long> from = new HashMap<>();
        synchronized (this) {
            from.putAll(next);
        }
        for (TopicPartition partition : partitions) {
            Long offset = from.get(partition.partition());
            if (offset == null) {
                consumer.seekToEnd(List.of(partition));
                from.put(partition.partition(), consumer.position(partition));
            } else {
                consumer.seek(partition, offset);
            }
        }
        synchronized (this) {
            next.putAll(from);
            subscriptions.forEach(each -> each.begins(next));
        }
    }

    private void runOnce(Consumer<byte[], byte[]> consumer) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            deliver(record.partition(), record.offset(), record.value());
        }
    }

    /** Gives the events of a record to those who want them. */
    void deliver(int partition, long offset, byte @Nullable [] value) {
        List<HeardEvent> events = value == null ? List.of() : HeardEvent.read(partition, offset, value);
        synchronized (this) {
            next.put(partition, offset + 1);
            subscriptions.forEach(each -> give(each, events));
        }
    }

    /** One that was cut off is given nothing any more, but counts until its stream has ended. */
    private void give(Subscription subscription, List<HeardEvent> events) {
        for (HeardEvent event : events) {
            if (subscription.cutOff()) {
                return;
            }
            if (!subscription.offer(event)) {
                cutOff.increment();
                CompletableFuture.delayedExecutor(
                                config.grace().toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
                        .execute(subscription::giveUp);
            }
        }
    }

    private synchronized int size() {
        return subscriptions.size();
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(AFTER_FAILURE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void onStop(@Observes ShutdownEvent event) throws InterruptedException {
        Thread reading;
        synchronized (this) {
            open = false;
            subscriptions.forEach(Subscription::end);
            reading = reader;
        }
        if (reading != null) {
            reading.join(TO_STOP);
        }
    }
}
