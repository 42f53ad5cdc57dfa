package io.millrace.api.event;

import io.millrace.dispatch.EventTopic;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Makes consumers of the topic of events. Each reads all of it by itself; there is no group and nothing is committed. */
@Singleton
class EventConsumers {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A record may be a quarter of a mebibyte. */
    private static final int RECORDS_A_POLL = 20;

    private final Map<String, Object> broker;

    EventConsumers(@Identifier("default-kafka-broker") Map<String, Object> broker) {
        this.broker = broker;
    }

    Consumer<byte[], byte[]> open() {
        var settings = new HashMap<>(broker);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "millrace-event-feed");
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Only where Kafka no longer has, or not yet, what was asked for: after a loss of its data, or a long pause.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_A_POLL);
        int patience = Math.toIntExact(PATIENCE.toMillis());
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
        settings.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** The topic's partitions. @throws IllegalStateException if there is no such topic yet */
    Set<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
        var found = consumer.partitionsFor(EventTopic.NAME);
        if (found == null || found.isEmpty()) {
            throw new IllegalStateException("there is no topic " + EventTopic.NAME + " yet");
        }
        return found.stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .collect(Collectors.toUnmodifiableSet());
    }
}
