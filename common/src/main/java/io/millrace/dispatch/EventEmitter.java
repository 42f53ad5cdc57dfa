package io.millrace.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.clock.NowAndThen;
import io.millrace.event.EventKind;
import io.millrace.event.EventWriter;
import io.millrace.event.JobEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to {@link EventTopic}. {@link #emit} never blocks its caller: it hands over a batch, and one thread
 * makes JSON of whatever has gathered, many events to a record, one a line
 * ({@code docs/decisions/0009-many-events-to-a-record.md}). What there is no room for, or Kafka does not take, is dropped
 * and counted: a job never waits for its events.
 */
@Singleton
public class EventEmitter {

    private static final Logger LOG = Logger.getLogger(EventEmitter.class);
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMillis(250);
    private static final Duration TO_STOP = Duration.ofSeconds(2);

    /** A record is sent as soon as it has so many characters; Kafka takes no more than a mebibyte. */
    private static final int RECORD_LIMIT = 240 * 1024;

    private static final int PRODUCER_MEMORY = 8 << 20;

    private final Set<EventKind> included;
    private final int backlog;
    private final Duration gather;
    private final @Nullable ProducerAhead producer;
    private final @Nullable Thread sender;
    private final Counter emitted;
    private final Counter dropped;

    /** Batches as they came. How many events they hold is counted beside, and that is what is bounded. */
    private final BlockingQueue<List<JobEvent>> waiting = new LinkedBlockingQueue<>();

    private final AtomicInteger waitingEvents = new AtomicInteger();
    private final EventWriter writer = new EventWriter();
    private int written;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final NowAndThen complaint = new NowAndThen(LOG_EVERY);

    @Inject
    EventEmitter(
            @Identifier("default-kafka-broker") Map<String, Object> broker, EventConfig config, MeterRegistry metrics) {
        this(config, metrics, config.enabled() ? ProducerAhead.with(settings(broker, config)) : null);
    }

    EventEmitter(EventConfig config, MeterRegistry metrics, @Nullable ProducerAhead producer) {
        this.included = included(config.include());
        this.backlog = config.backlog();
        this.gather = config.gather();
        this.producer = producer;
        this.emitted = Counter.builder("millrace.events.emitted")
                .description("Events that Kafka has taken")
                .register(metrics);
        this.dropped = Counter.builder("millrace.events.dropped")
                .description("Events that there was no room for or that Kafka did not take")
                .register(metrics);
        this.sender = producer == null
                ? null
                : Thread.ofPlatform().name("event-emitter").daemon().start(() -> run(producer));
    }

    private static Map<String, Object> settings(Map<String, Object> broker, EventConfig config) {
        var settings = new HashMap<>(broker);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "millrace-events");
        settings.put(ProducerConfig.ACKS_CONFIG, "1");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, PRODUCER_MEMORY);
        int delivery = Math.toIntExact(config.deliveryTimeout().toMillis());
        // Only this emitter's own thread waits; meanwhile its queue fills, and what comes then is dropped.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, delivery / 2);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, delivery / 2);
        return settings;
    }

    /** Is there before the foundation is laid, so that its producer is made meanwhile. */
    void onStart(@Observes @Priority(Foundation.FIRST - 1) StartupEvent event) {}

    /** A service that could not write events, and is to, does not serve. */
    void onLaid(@Observes FoundationLaid event) {
        if (producer != null) {
            var _ = producer.get();
        }
    }

    private static Set<EventKind> included(Collection<String> names) {
        if (names.contains("*")) {
            return EnumSet.allOf(EventKind.class);
        }
        var kinds = EnumSet.noneOf(EventKind.class);
        for (String name : names) {
            kinds.add(EventKind.of(name.strip())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "millrace.events.include: '" + name + "' is not the name of an event")));
        }
        return kinds;
    }

    /** Has the events of what happened together written, as soon as may be. */
    public <T> void emit(Collection<T> happened, Function<? super T, JobEvent> event) {
        if (producer == null || happened.isEmpty()) {
            return;
        }
        var events = new ArrayList<JobEvent>(happened.size());
        for (T each : happened) {
            JobEvent one = event.apply(each);
            if (included.contains(one.kind())) {
                events.add(one);
            }
        }
        int count = events.size();
        if (count == 0) {
            return;
        }
        if (waitingEvents.addAndGet(count) > backlog) {
            waitingEvents.addAndGet(-count);
            drop(count, "too many events wait");
            return;
        }
        waiting.add(events);
    }

    /** Has one event written. */
    public void emit(JobEvent event) {
        emit(List.of(event), each -> each);
    }

    private void run(ProducerAhead producer) {
        Producer<byte[], byte[]> to = producer.get();
        while (stopping.getCount() > 0 || !waiting.isEmpty()) {
            try {
                runOnce(to);
            } catch (InterruptedException | InterruptException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("events could not be written", e);
            }
        }
    }

    /**
     * Waits a moment for an event and lets more gather, and writes them all. They gather before they are written and not
     * after, so that a job which comes alone has its way to a worker to itself: its events would take the same broker and
     * the same processors in that very moment.
     */
    private void runOnce(Producer<byte[], byte[]> to) throws InterruptedException {
        List<JobEvent> batch = waiting.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        if (batch != null) {
            boolean _ = stopping.await(gather.toNanos(), TimeUnit.NANOSECONDS);
        }
        for (; batch != null; batch = waiting.poll()) {
            for (JobEvent event : batch) {
                writer.write(event);
                written++;
                if (writer.length() >= RECORD_LIMIT) {
                    send(to);
                }
            }
            waitingEvents.addAndGet(-batch.size());
        }
        send(to);
    }

    private void send(Producer<byte[], byte[]> to) {
        int events = written;
        if (events == 0) {
            return;
        }
        var record = new ProducerRecord<byte[], byte[]>(EventTopic.NAME, writer.take());
        written = 0;
        Future<RecordMetadata> _ = to.send(record, (_, failure) -> {
            if (failure == null) {
                emitted.increment(events);
            } else {
                drop(events, failure.toString());
            }
        });
    }

    private void drop(int events, String why) {
        dropped.increment(events);
        if (complaint.isNow()) {
            LOG.warnf("events are lost to those who watch: %s", why);
        }
    }

    void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        if (producer != null && sender != null) {
            sender.join(TO_STOP);
            producer.close(TO_STOP);
        }
    }
}
