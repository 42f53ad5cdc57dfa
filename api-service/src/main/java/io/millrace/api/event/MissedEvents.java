package io.millrace.api.event;

import io.millrace.dispatch.EventTopic;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** What a client has missed since the event it names, read from Kafka again, as far as that is still there and not too far. */
@Singleton
class MissedEvents {

    private static final Logger LOG = Logger.getLogger(MissedEvents.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final EventConsumers consumers;
    private final EventStreamConfig config;

    MissedEvents(EventConsumers consumers, EventStreamConfig config) {
        this.consumers = consumers;
        this.config = config;
    }

    /** Somebody who takes events. */
    interface Taker {
        /** Takes the next ones. @return false if no more are wanted */
        boolean take(List<HeardEvent> events) throws IOException;
    }

    /**
     * Reads what comes after an event, up to where a subscription begins.
     *
     * @param end the first offset of the event's partition that the subscription is given
     */
    void read(EventId after, long end, Taker taker) throws IOException {
        var partition = new TopicPartition(EventTopic.NAME, after.partition());
        long deadline = System.nanoTime() + LONGEST.toNanos();
        try (Consumer<byte[], byte[]> consumer = consumers.open()) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, Math.max(after.offset(), end - config.lookBack()));
            while (consumer.position(partition) < end && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < end && record.value() != null && !taker.take(later(record, after))) {
                        return;
                    }
                }
            }
        } catch (KafkaException e) {
            LOG.warnf("events that a client has missed cannot be read: %s", e.getMessage());
        }
    }

    private static List<HeardEvent> later(ConsumerRecord<byte[], byte[]> record, EventId after) {
        List<HeardEvent> events = HeardEvent.read(record.partition(), record.offset(), record.value());
        return record.offset() > after.offset()
                ? events
                : events.stream().filter(event -> !event.id().upTo(after)).toList();
    }
}
