package io.millrace.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.queue.Hint;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/**
 * Writes hints to their lanes. {@link #emit} never blocks and never fails its caller, because the row is already
 * committed and the job is safe: what Kafka does not take is written again by the scheduler's sweep.
 */
@Singleton
public class HintEmitter {

    private static final Logger LOG = Logger.getLogger(HintEmitter.class);
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);

    private final BlockingQueue<Hint> waiting;
    private final Producer<byte[], byte[]> producer;
    private final Thread sender;
    private final Counter emitted;
    private final Counter dropped;
    private volatile boolean open = true;
    private long loggedAt = System.nanoTime() - LOG_EVERY.toNanos();

    @Inject
    HintEmitter(
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            DispatchConfig config,
            MeterRegistry metrics) {
        this.waiting = new ArrayBlockingQueue<>(config.backlog());
        this.producer =
                new KafkaProducer<>(settings(broker, config), new ByteArraySerializer(), new ByteArraySerializer());
        this.emitted = Counter.builder("millrace.hints.emitted")
                .description("Hints that Kafka has taken")
                .register(metrics);
        this.dropped = Counter.builder("millrace.hints.dropped")
                .description("Hints that Kafka did not take; the sweep writes them again")
                .register(metrics);
        this.sender = Thread.ofPlatform().name("hint-emitter").daemon().start(this::send);
    }

    private static Map<String, Object> settings(Map<String, Object> broker, DispatchConfig config) {
        var settings = new HashMap<>(broker);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "millrace-hints");
        // A lost hint costs time, not a job, so the leader's word is enough.
        settings.put(ProducerConfig.ACKS_CONFIG, "1");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
        int delivery = Math.toIntExact(config.deliveryTimeout().toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, delivery / 2);
        return settings;
    }

    /** Hands hints over to be written, in order, as soon as Kafka takes them. */
    public void emit(Collection<Hint> hints) {
        for (Hint hint : hints) {
            if (!waiting.offer(hint)) {
                drop(new IllegalStateException("too many hints wait for Kafka"));
            }
        }
    }

    /**
     * Writes hints and waits for Kafka's word.
     *
     * @return those that Kafka has taken in time
     */
    public List<Hint> emitAndConfirm(Collection<Hint> hints, Duration timeout) {
        var taken = new ConcurrentLinkedQueue<Hint>();
        var all = new ArrayList<CompletableFuture<?>>(hints.size());
        long deadline = System.nanoTime() + timeout.toNanos();
        for (Hint hint : hints) {
            if (System.nanoTime() > deadline) {
                break;
            }
            var done = new CompletableFuture<>();
            all.add(done);
            send(hint, taken::add, () -> done.complete(null));
        }
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debugf(e, "Kafka has not taken every hint within %s", timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(taken);
    }

    /** One thread sends, because a producer may block for a topic's metadata and nobody else shall wait for that. */
    private void send() {
        var batch = new ArrayList<Hint>();
        while (open || !waiting.isEmpty()) {
            try {
                Hint first = waiting.poll(200, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                waiting.drainTo(batch, 999);
                batch.forEach(hint -> send(hint, _ -> {}, () -> {}));
            } catch (InterruptedException e) {
                return;
            } finally {
                batch.clear();
            }
        }
    }

    private void send(Hint hint, Consumer<Hint> ifTaken, Runnable atEnd) {
        try {
            // The callback tells how it ended.
            Future<RecordMetadata> _ = producer.send(record(hint), (_, failure) -> {
                if (failure == null) {
                    emitted.increment();
                    ifTaken.accept(hint);
                } else {
                    drop(failure);
                }
                atEnd.run();
            });
        } catch (RuntimeException e) {
            drop(e);
            atEnd.run();
        }
    }

    private static ProducerRecord<byte[], byte[]> record(Hint hint) {
        return new ProducerRecord<>(hint.topic(), hint.toBytes());
    }

    private void drop(Exception why) {
        dropped.increment();
        long now = System.nanoTime();
        boolean quiet;
        synchronized (this) {
            quiet = now - loggedAt < LOG_EVERY.toNanos();
            loggedAt = quiet ? loggedAt : now;
        }
        if (!quiet) {
            LOG.warnf("Kafka does not take hints, the sweep will write them again: %s", why.toString());
        }
    }

    void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) throws InterruptedException {
        open = false;
        sender.join(Duration.ofSeconds(2));
        producer.close(Duration.ofSeconds(2));
    }
}
