package io.millrace.worker.lane;

import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.job.Claim;
import io.millrace.queue.Hint;
import io.millrace.queue.Lane;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.Identity;
import io.millrace.worker.run.ClaimDoubt;
import io.millrace.worker.run.JobRunner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Receives one lane of one queue: poll while slots are free, take slots, claim all that got one in one statement, run.
 * The claim in PostgreSQL, not a lock in Kafka, covers the run; so every record is acknowledged as soon as its claim
 * has been tried.
 */
final class LaneReceiver {

    private static final Logger LOG = Logger.getLogger(LaneReceiver.class);

    /** How long one poll or one wait for a turn takes at most. */
    private static final Duration POLL = Duration.ofSeconds(1);

    /** A lane that has given nothing for so long is empty, as far as it can be known. */
    private static final Duration EMPTY = Duration.ofSeconds(3);

    /** How long hints are held in all while slots come one by one, well below Kafka's lock on the records. */
    private static final Duration MOST_HELD = Duration.ofSeconds(10);

    /** How long a claim is tried again while PostgreSQL is away, less than Kafka's lock on the records. */
    private static final Duration CLAIM_PATIENCE = Duration.ofSeconds(15);

    private static final Duration BETWEEN_CLAIMS = Duration.ofMillis(500);

    /** How long leaving the group may take, which needs a broker. */
    private static final Duration TO_CLOSE = Duration.ofSeconds(3);

    /** A record is dropped by the broker after its fifth delivery; before that it is handed on in a new one. */
    private static final short RELEASES = 3;

    private final String queue;
    private final Lane lane;
    private final ShareConsumer<byte[], byte[]> consumer;
    private final Slots slots;
    private final Receiving receiving;
    private boolean fetchPending;
    private Instant emptySince;
    private volatile boolean open = true;

    /** What all receivers of a worker share. */
    record Receiving(
            Claims claims,
            JobRunner runner,
            HintEmitter hints,
            EventEmitter events,
            LaneMarks marks,
            Identity identity,
            ClaimDoubt doubt,
            Duration holdTime,
            Clock clock) {}

    private record Held(Hint hint, ConsumerRecord<byte[], byte[]> record) {}

    LaneReceiver(String queue, Lane lane, ShareConsumer<byte[], byte[]> consumer, Slots slots, Receiving receiving) {
        this.queue = queue;
        this.lane = lane;
        this.consumer = consumer;
        this.slots = slots;
        this.receiving = receiving;
        this.emptySince = receiving.clock().instant();
    }

    /** Receives until told to stop; then hands on what it holds and leaves the group. */
    void run() {
        try {
            consumer.subscribe(List.of(lane.topic(queue)));
            while (open) {
                try {
                    runOnce();
                } catch (InterruptedException | InterruptException e) {
                    return;
                } catch (WakeupException e) {
                    LOG.debugf("woken to stop queue=%s lane=%s", queue, lane.wireName());
                } catch (RuntimeException e) {
                    LOG.warnf("receiving failed, goes on queue=%s lane=%s: %s", queue, lane.wireName(), e);
                    pause(Duration.ofSeconds(1));
                }
            }
        } finally {
            close();
        }
    }

    private void close() {
        try {
            consumer.close(TO_CLOSE);
        } catch (RuntimeException e) {
            // It leaves in any case: the broker notices, and locks on records end by themselves.
            LOG.warnf("a receiver did not close in order queue=%s lane=%s: %s", queue, lane.wireName(), e);
        }
    }

    /** How many bytes have come from Kafka so far. */
    double bytesReceived() {
        return total("incoming-byte-total");
    }

    /**
     * Whether hints come here at once, as far as can be known: one has come, or Kafka has answered that there is none. Only a
     * member of the group is answered, and the first time perhaps because the broker does not have the group's state yet.
     */
    boolean warm() {
        return total("records-consumed-total") > 0 || total("fetch-total") > 1;
    }

    private double total(String metricName) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals(metricName))
                .mapToDouble(metric -> metric.metricValue() instanceof Number total ? total.doubleValue() : 0)
                .sum();
    }

    void runOnce() throws InterruptedException {
        // A poll that came back empty has left a fetch open at the broker; what it brings must be seen to, slots or
        // not.
        // It also means that an urgent job reaches a full worker at once, and is first in line for the next slot.
        if (fetchPending) {
            receive(null);
            return;
        }
        try (Slots.Turn turn = slots.awaitTurn(lane, POLL)) {
            if (turn != null) {
                receive(turn);
            }
        }
    }

    private void receive(Slots.@Nullable Turn turn) throws InterruptedException {
        Instant polledAt = receiving.clock().instant();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        fetchPending = records.isEmpty();
        if (records.isEmpty()) {
            nothingReceived(polledAt);
            return;
        }
        emptySince = Instant.MAX;
        start(read(records), turn);
        // What is acknowledged goes to the broker with the next poll, or now if that may have to wait for a slot.
        if (!slots.anyFree()) {
            consumer.commitAsync();
        }
    }

    /** Claims and starts what gets a slot in time; hands on the rest, whatever happens. */
    private void start(List<Held> held, Slots.@Nullable Turn turn) throws InterruptedException {
        Instant deadline = receiving.clock().instant().plus(MOST_HELD);
        int done = 0;
        try {
            while (done < held.size()) {
                List<Held> rest = held.subList(done, held.size());
                boolean late = !open || receiving.clock().instant().isAfter(deadline);
                int taken = late
                        ? 0
                        : slots.take(rest.getFirst().hint().priority(), rest.size(), receiving.holdTime(), () -> open);
                if (turn != null) {
                    turn.close();
                }
                if (taken == 0 || !claim(rest.subList(0, taken))) {
                    return;
                }
                rest.subList(0, taken).forEach(each -> consumer.acknowledge(each.record(), AcknowledgeType.ACCEPT));
                done += taken;
            }
        } finally {
            // A record that is not acknowledged would keep this consumer from ever polling again.
            held.subList(done, held.size()).forEach(this::handOn);
        }
    }

    /** Claims what has slots and runs what was won. @return false if PostgreSQL could not be asked */
    private boolean claim(List<Held> next) throws InterruptedException {
        List<Hint> hints = next.stream().map(Held::hint).toList();
        Instant deadline = receiving.clock().instant().plus(CLAIM_PATIENCE);
        int unused = next.size();
        try {
            while (true) {
                try {
                    // A process that was stopped for a while first asks who it is: what it claims under the id of a
                    // lost worker would be taken away from it.
                    if (receiving.identity().certain()) {
                        String worker = receiving.identity().id();
                        List<Claim> won = receiving.claims().claim(hints);
                        // Before they start, so that no run's end is told before its beginning.
                        Instant now = receiving.clock().instant();
                        receiving.events().emit(won, claim -> JobEvent.started(claim, worker, now));
                        for (Claim claim : won) {
                            receiving.runner().start(claim, () -> slots.free(1));
                            unused--;
                        }
                        return true;
                    }
                } catch (StoreUnavailable e) {
                    receiving.doubt().raise();
                    LOG.warnf(
                            "claims wait for PostgreSQL queue=%s lane=%s: %s", queue, lane.wireName(), e.getMessage());
                }
                if (!open || receiving.clock().instant().isAfter(deadline)) {
                    return false;
                }
                pause(BETWEEN_CLAIMS);
            }
        } finally {
            slots.free(unused);
        }
    }

    private List<Held> read(ConsumerRecords<byte[], byte[]> records) {
        var held = new ArrayList<Held>(records.count());
        long newest = Long.MIN_VALUE;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            newest = Math.max(newest, record.timestamp());
            try {
                held.add(new Held(Hint.fromBytes(queue, record.value()), record));
            } catch (IllegalArgumentException e) {
                // Not ours, or of a newer version: the sweep writes what matters again.
                LOG.warnf(
                        "a record that is no hint was skipped queue=%s lane=%s: %s",
                        queue, lane.wireName(), e.getMessage());
                consumer.acknowledge(record, AcknowledgeType.REJECT);
            }
        }
        held.sort(Comparator.comparingInt((Held each) -> each.hint().priority())
                .reversed()
                .thenComparing(each -> each.hint().jobId()));
        receiving.marks().received(queue, lane, Instant.ofEpochMilli(newest));
        return held;
    }

    /** Gives a hint to other workers: by releasing it, in place, or when it has been released too often, by a new one. */
    private void handOn(Held held) {
        if (held.record().deliveryCount().orElse((short) 1) <= RELEASES) {
            consumer.acknowledge(held.record(), AcknowledgeType.RELEASE);
        } else {
            receiving.hints().emit(List.of(held.hint()));
            consumer.acknowledge(held.record(), AcknowledgeType.ACCEPT);
        }
    }

    private void nothingReceived(Instant polledAt) {
        if (emptySince.equals(Instant.MAX)) {
            emptySince = polledAt;
        }
        Instant through = polledAt.minus(EMPTY);
        if (through.isAfter(emptySince)) {
            receiving.marks().received(queue, lane, through);
        }
    }

    private static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop() {
        open = false;
        consumer.wakeup();
    }
}
