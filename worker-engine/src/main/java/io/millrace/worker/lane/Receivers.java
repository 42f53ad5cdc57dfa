package io.millrace.worker.lane;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.dispatch.LaneTopics;
import io.millrace.fleet.SlotRange;
import io.millrace.queue.Lane;
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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Every receiver of this worker: one share consumer for each lane of each of its queues. Queues come and go while it
 * runs; what is wanted is noted at once, and a thread of its own makes it so as soon as Kafka lets it.
 */
@Singleton
public class Receivers {

    private static final Logger LOG = Logger.getLogger(Receivers.class);
    private static final int MOST_RECORDS_A_POLL = 1_000;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(2);

    /** How often it is looked whether Kafka has sent anything, and how often in a row it may not have. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private static final int SILENCE = 5;

    /** How long those that were replaced may take to leave before the next are replaced. */
    private static final Duration TO_LEAVE = Duration.ofSeconds(5);

    /** The receivers of one queue, their threads, and how many records each of their polls may bring. */
    private record Served(int records, List<LaneReceiver> lanes, List<Thread> threads) {}

    private final Map<String, Object> broker;
    private final WorkerConfig config;
    private final LaneTopics topics;
    private final LaneReceiver.Receiving receiving;
    private final Slots slots;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean open = true;
    private volatile Set<String> inForce = Set.of();

    // Guarded by this.
    private final Map<String, Served> received = new TreeMap<>();
    private Set<String> wanted;
    private int records;
    private boolean settled;
    private int silent;
    private double heard;

    Receivers(
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            WorkerConfig config,
            Capacity capacity,
            LaneTopics topics,
            Claims claims,
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
        this.wanted = Set.copyOf(capacity.queues());
        this.records = recordsFor(capacity.slots());
        this.topics = topics;
        this.slots = new Slots(capacity.concurrency(), config.lowLaneShare());
        this.receiving = new LaneReceiver.Receiving(
                claims, runner, hints, events, marks, identity, doubt, config.holdTime(), clock);
        Gauge.builder("millrace.worker.slots.used", slots, Slots::used)
                .description("Slots taken by runs and claims")
                .register(metrics);
        Gauge.builder("millrace.worker.slots", slots, each -> each.load().slots())
                .description("Slots of this worker")
                .register(metrics);
        Gauge.builder("millrace.worker.hints.held", slots, each -> each.load().held())
                .description("Hints in hand that wait for a slot")
                .register(metrics);
    }

    /** Begins to receive, as soon as Kafka is there. Returns at once. */
    public void start() {
        Thread.ofPlatform().daemon().name("receivers").start(this::run);
    }

    /**
     * Receives from these queues and no others, as soon as Kafka is there. What is held of the others is handed to other
     * workers at once; what runs goes on. Returns at once.
     */
    public void serve(Collection<String> queues) {
        change(Set.copyOf(queues), null);
    }

    /** Has polls bring what suits a pool that is never smaller than this. Returns at once. */
    public void suit(SlotRange pool) {
        change(null, recordsFor(pool));
    }

    private synchronized void change(@Nullable Set<String> queues, @Nullable Integer perPoll) {
        wanted = queues == null ? wanted : queues;
        records = perPoll == null ? records : perPoll;
        settled = false;
        notifyAll();
    }

    /** The queues it receives from now. */
    public Set<String> queues() {
        return inForce;
    }

    /** Changes the number of slots. What runs goes on, whatever the number. */
    public void resize(int to) {
        slots.resize(to);
    }

    /** How the slots stand. */
    public Load load() {
        return slots.load();
    }

    /** How many hints of this lane, of whatever queue, are in hand and wait for a slot. */
    public int held(Lane lane) {
        return slots.held(lane);
    }

    private void run() {
        while (open) {
            try {
                runOnce();
                awaitChange();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warnf("receiving waits for Kafka: %s", e.getMessage());
                pause();
            }
        }
    }

    private synchronized void awaitChange() throws InterruptedException {
        while (open && settled) {
            wait(LOOK_AGAIN.toMillis());
            double bytes = bytesReceived();
            silent = received.isEmpty() || bytes != heard ? 0 : silent + 1;
            heard = bytes;
            if (settled && silent >= SILENCE) {
                LOG.warn("Kafka says nothing any more, receiving begins anew as soon as it does");
                received.values().forEach(this::stop);
                received.clear();
                silent = 0;
                settled = false;
            }
        }
    }

    /**
     * How much Kafka has sent in all. Each consumer hears something every few seconds, be it only that it is still a member.
     * Where nothing comes, no broker is there, and then Kafka's share consumers (4.2) do not rest: three dozen of them
     * take more than a core. So they are closed.
     */
    private double bytesReceived() {
        return received.values().stream()
                .flatMap(queue -> queue.lanes().stream())
                .mapToDouble(LaneReceiver::bytesReceived)
                .sum();
    }

    /** Starts the receivers that are missing, stops those that are not wanted, replaces those that do not suit the pool. */
    private void runOnce() throws InterruptedException {
        Set<String> queues;
        Set<String> missing;
        synchronized (this) {
            queues = wanted;
            missing = new TreeSet<>(queues);
            missing.removeAll(received.keySet());
        }
        if (!missing.isEmpty()) {
            topics.ensure(missing);
        }
        Served replaced;
        synchronized (this) {
            if (!open || !queues.equals(wanted)) {
                return;
            }
            for (String queue : missing) {
                received.put(queue, receive(queue));
            }
            for (String queue : List.copyOf(received.keySet())) {
                if (!queues.contains(queue)) {
                    stop(received.remove(queue));
                }
            }
            replaced = replaceOne();
            inForce = Set.copyOf(received.keySet());
            settled = replaced == null;
        }
        if (replaced != null) {
            join(replaced.threads(), TO_LEAVE);
        }
    }

    /**
     * Replaces the receivers of one queue that does not suit the pool. One queue after the other: dozens of consumers that
     * join and leave at once take so long that hints which the leaving ones still lock are late by seconds.
     *
     * @return those that leave, null if all suit
     */
    private @Nullable Served replaceOne() {
        for (Map.Entry<String, Served> queue : received.entrySet()) {
            Served before = queue.getValue();
            if (!suits(before.records(), records)) {
                // The new ones first, so that the queue is received without a break.
                queue.setValue(receive(queue.getKey()));
                stop(before);
                return before;
            }
        }
        return null;
    }

    /**
     * A poll brings no more than there are slots at any time, so that no worker sits on what others could run; a pool that
     * moves by itself counts with its fewest.
     */
    private static int recordsFor(SlotRange pool) {
        return Math.min(pool.min(), MOST_RECORDS_A_POLL);
    }

    /** Whether receivers may stay: they must not bring too much, and should not bring far too little. */
    static boolean suits(int records, int wanted) {
        return records <= wanted && wanted <= 2 * records;
    }

    private Served receive(String queue) {
        threads.removeIf(thread -> !thread.isAlive());
        var lanes = new ArrayList<LaneReceiver>();
        var begun = new ArrayList<Thread>();
        try {
            for (Lane lane : Lane.values()) {
                for (int i = 0; i < config.receiversPerLane(); i++) {
                    var receiver = new LaneReceiver(queue, lane, consumer(lane.topic(queue)), slots, receiving);
                    lanes.add(receiver);
                    begun.add(begin(receiver, "receive-" + queue + "-" + lane.wireName()));
                }
            }
        } catch (RuntimeException e) {
            // Kafka's client refuses to begin; the next attempt shall not find half of it going on.
            lanes.forEach(LaneReceiver::stop);
            throw e;
        }
        threads.addAll(begun);
        return new Served(records, List.copyOf(lanes), List.copyOf(begun));
    }

    private static Thread begin(LaneReceiver receiver, String name) {
        // Of the platform: Kafka's client may turn without ever yielding, and would keep virtual threads, such as the
        // heartbeat's, from running.
        return Thread.ofPlatform().daemon().name(name).start(receiver::run);
    }

    private void stop(@Nullable Served leaving) {
        if (leaving != null) {
            leaving.lanes().forEach(LaneReceiver::stop);
            slots.stir();
        }
    }

    private KafkaShareConsumer<byte[], byte[]> consumer(String topic) {
        var settings = new HashMap<>(broker);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topic);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, topic);
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        // Strict, so that a worker with two slots never locks five hundred hints.
        settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        // A consumer leaves when its open fetch ends: until then the broker may lock hints for it that it never sees.
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 1_000);
        settings.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        return new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Whether every lane is being received, or has been for as long as there was a slot for what it brings. */
    public boolean warm() {
        synchronized (this) {
            return !received.isEmpty()
                    && (!slots.anyFree()
                            || received.values().stream()
                                    .allMatch(queue -> queue.lanes().stream().allMatch(LaneReceiver::warm)));
        }
    }

    /** Stops receiving and hands on what is held. Waits, but not for runs. */
    public void stop(Duration patience) throws InterruptedException {
        open = false;
        List<Thread> leaving;
        synchronized (this) {
            received.values().forEach(this::stop);
            notifyAll();
            leaving = List.copyOf(threads);
        }
        join(leaving, patience);
    }

    private static void join(List<Thread> leaving, Duration patience) throws InterruptedException {
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
            TimeUnit.NANOSECONDS.sleep(BETWEEN_ATTEMPTS.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open = false;
        }
    }
}
