package io.millrace.worker.lane;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.dispatch.LaneTopics;
import io.millrace.queue.Lane;
import io.millrace.store.JobStore;
import io.millrace.worker.Capacity;
import io.millrace.worker.Identity;
import io.millrace.worker.WorkerConfig;
import io.millrace.worker.run.ClaimDoubt;
import io.millrace.worker.run.JobRunner;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/** Every receiver of this worker: one share consumer for each lane of each of its queues. */
@Singleton
public class Receivers {

    private static final Logger LOG = Logger.getLogger(Receivers.class);
    private static final int MOST_RECORDS_A_POLL = 1_000;

    private final Map<String, Object> broker;
    private final WorkerConfig config;
    private final Capacity capacity;
    private final LaneTopics topics;
    private final LaneReceiver.Receiving receiving;
    private final Slots slots;
    private final List<LaneReceiver> receivers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean open = true;
    private volatile boolean joined;

    Receivers(
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            WorkerConfig config,
            Capacity capacity,
            LaneTopics topics,
            JobStore store,
            JobRunner runner,
            HintEmitter hints,
            EventEmitter events,
            LaneMarks marks,
            Identity identity,
            ClaimDoubt doubt,
            MeterRegistry metrics,
            Clock clock) {
        this.broker = broker;
        this.config = config;
        this.capacity = capacity;
        this.topics = topics;
        this.slots = new Slots(capacity.concurrency(), config.lowLaneShare());
        this.receiving = new LaneReceiver.Receiving(
                store, runner, hints, events, marks, identity, doubt, config.holdTime(), clock);
        Gauge.builder("millrace.worker.slots.used", slots, Slots::used)
                .description("Slots taken by runs and claims")
                .register(metrics);
        Gauge.builder("millrace.worker.slots", capacity, Capacity::concurrency)
                .description("Slots of this worker")
                .register(metrics);
    }

    /** Begins to receive, as soon as Kafka is there. Returns at once. */
    public void start() {
        Thread.ofVirtual().name("receivers").start(this::join);
    }

    private void join() {
        while (open) {
            try {
                topics.ensure(capacity.queues());
                break;
            } catch (RuntimeException e) {
                LOG.warnf("receiving waits for Kafka: %s", e.getMessage());
                pause();
            }
        }
        synchronized (this) {
            if (!open) {
                return;
            }
            for (String queue : capacity.queues()) {
                for (Lane lane : Lane.values()) {
                    for (int i = 0; i < config.receiversPerLane(); i++) {
                        receive(queue, lane);
                    }
                }
            }
            joined = true;
        }
    }

    private void receive(String queue, Lane lane) {
        var receiver = new LaneReceiver(queue, lane, consumer(lane.topic(queue)), slots, receiving);
        receivers.add(receiver);
        threads.add(Thread.ofVirtual()
                .name("receive-" + queue + "-" + lane.wireName())
                .start(receiver::run));
    }

    private KafkaShareConsumer<byte[], byte[]> consumer(String topic) {
        var settings = new HashMap<>(broker);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, topic);
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        // Strict, so that a worker with two slots never locks five hundred hints.
        settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Math.min(capacity.concurrency(), MOST_RECORDS_A_POLL));
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 4_000);
        settings.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        return new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Whether every lane is being received. */
    public boolean warm() {
        synchronized (this) {
            return joined && receivers.stream().allMatch(LaneReceiver::warm);
        }
    }

    /** Stops receiving and hands on what is held. Waits, but not for runs. */
    public void stop(Duration patience) throws InterruptedException {
        open = false;
        List<Thread> leaving;
        synchronized (this) {
            receivers.forEach(LaneReceiver::stop);
            leaving = List.copyOf(threads);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        for (Thread thread : leaving) {
            long left = deadline - System.nanoTime();
            if (left > 0) {
                thread.join(Duration.ofNanos(left));
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.SECONDS.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open = false;
        }
    }
}
