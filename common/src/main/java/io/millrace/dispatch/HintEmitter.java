package io.millrace.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.clock.NowAndThen;
import io.millrace.queue.Hint;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Writes hints to their lanes. {@link #emit} never blocks and never fails its caller, because the row is already
 * committed and the job is safe: what Kafka does not take is written again by the scheduler's sweep.
 */
@Singleton
public class HintEmitter {

    private static final Logger LOG = Logger.getLogger(HintEmitter.class);
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);

    /** How often, and after which pause, a hint is offered again that the producer would not take at once. */
    private static final int LATE_TRIES = 40;

    private static final Duration LATE_PAUSE = Duration.ofMillis(50);

    private static final Duration LATE_LOOK = Duration.ofMillis(200);
    private static final Duration TO_STOP = Duration.ofSeconds(2);

    private final BlockingQueue<Hint> waiting;
    private final ProducerAhead producer;
    private final Thread sender;
    private final Counter emitted;
    private final Counter dropped;
    private volatile boolean open = true;
    private volatile long stopBy;
    private final NowAndThen complaint = new NowAndThen(LOG_EVERY);

    @Inject
    HintEmitter(
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            DispatchConfig config,
            MeterRegistry metrics) {
        this.waiting = new ArrayBlockingQueue<>(config.backlog());
        this.producer = ProducerAhead.with(settings(broker, config));
        this.emitted = Counter.builder("millrace.hints.emitted")
                .description("Hints that Kafka has taken")
                .register(metrics);
        this.dropped = Counter.builder("millrace.hints.dropped")
                .description("Hints that Kafka did not take; the sweep writes them again")
                .register(metrics);
        this.sender = Thread.ofPlatform().name("hint-emitter").daemon().start(this::sendLate);
    }

    private static Map<String, Object> settings(Map<String, Object> broker, DispatchConfig config) {
        var settings = new HashMap<>(broker);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "millrace-hints");
        // A lost hint costs time, not a job, so the leader's word is enough.
        settings.put(ProducerConfig.ACKS_CONFIG, "1");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 0);
        int delivery = Math.toIntExact(config.deliveryTimeout().toMillis());
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, delivery / 2);
        return settings;
    }

    /** Is there before the foundation is laid, so that its producer is made meanwhile. */
    void onStart(@Observes @Priority(Foundation.FIRST - 1) StartupEvent event) {}

    /** A service that could not write hints does not serve. */
    void onLaid(@Observes FoundationLaid event) {
        var _ = producer.get();
    }

    /** Has hints written as soon as Kafka takes them. */
    public void emit(Collection<Hint> hints) {
        for (Hint hint : hints) {
            if (!send(hint, _ -> {}, () -> {}) && !waiting.offer(hint)) {
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
            if (!send(hint, taken::add, () -> done.complete(null))) {
                done.complete(null);
            }
        }
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException | ExecutionException e) {
            LOG.debugf(e, "Kafka has not taken every hint within %s", timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(taken);
    }

    /** Tries again what the producer would not take at once: it does not know the topic yet, or its buffer is full. */
    private void sendLate() {
        // What waits when this process stops is still sent: it may be all that it has given back to others.
        while (open || !waiting.isEmpty()) {
            try {
                Hint hint = waiting.poll(LATE_LOOK.toMillis(), TimeUnit.MILLISECONDS);
                int tries = 0;
                while (hint != null && !send(hint, _ -> {}, () -> {})) {
                    if (++tries == LATE_TRIES || (!open && System.nanoTime() - stopBy > 0)) {
                        drop(new IllegalStateException("the producer takes nothing for " + hint.topic()));
                        hint = null;
                    } else {
                        TimeUnit.NANOSECONDS.sleep(LATE_PAUSE.toNanos());
                    }
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /**
     * Gives a hint to the producer, which is set never to block.
     *
     * @return false if the producer does not take it now; the callbacks are then never called
     */
    private boolean send(Hint hint, Consumer<Hint> ifTaken, Runnable atEnd) {
        Thread caller = Thread.currentThread();
        var refused = new AtomicBoolean();
        // The callback tells how it ended; where the producer would have to wait, it does so here and now.
        Future<RecordMetadata> _ = producer.get().send(record(hint), (_, failure) -> {
            if (failure instanceof TimeoutException && Thread.currentThread().equals(caller)) {
                refused.set(true);
                return;
            }
            if (failure == null) {
                emitted.increment();
                ifTaken.accept(hint);
            } else {
                drop(failure);
            }
            atEnd.run();
        });
        return !refused.get();
    }

    private static ProducerRecord<byte[], byte[]> record(Hint hint) {
        return new ProducerRecord<>(hint.topic(), hint.toBytes());
    }

    private void drop(Exception why) {
        dropped.increment();
        if (complaint.isNow()) {
            LOG.warnf("Kafka does not take hints, the sweep will write them again: %s", why.toString());
        }
    }

    void onStop(@Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event) throws InterruptedException {
        stopBy = System.nanoTime() + TO_STOP.toNanos();
        open = false;
        sender.join(TO_STOP.plus(LATE_LOOK));
        producer.close(TO_STOP);
    }
}
