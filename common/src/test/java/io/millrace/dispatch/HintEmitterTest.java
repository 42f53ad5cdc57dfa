package io.millrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.local.LocalKafka;
import io.millrace.queue.Hint;
import io.quarkus.runtime.ShutdownEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class HintEmitterTest {

    private static final String QUEUE = "default";

    private record Config(
            int partitions, short replicationFactor, int backlog, Duration deliveryTimeout, Duration adminTimeout)
            implements DispatchConfig {}

    @Test
    void what_a_process_emits_as_its_last_is_sent_though_its_producer_did_not_know_the_topic(@TempDir Path folder)
            throws Exception {
        try (LocalKafka kafka = LocalKafka.start(folder, 0)) {
            Map<String, Object> broker = Map.of("bootstrap.servers", kafka.bootstrapServers());
            var hint = new Hint(UUID.fromString("01936d5c-0000-7000-8000-000000000001"), 3, QUEUE, 5, null);
            try (Admin admin = Admin.create(broker)) {
                admin.createTopics(List.of(new NewTopic(hint.topic(), 1, (short) 1)))
                        .all()
                        .get();
            }
            var emitter = new HintEmitter(
                    broker,
                    new Config(1, (short) 1, 10, Duration.ofSeconds(5), Duration.ofSeconds(5)),
                    new SimpleMeterRegistry());

            emitter.emit(List.of(hint));
            emitter.onStop(new ShutdownEvent());

            assertThat(written(broker, hint.topic())).containsExactly(hint);
        }
    }

    private static List<Hint> written(Map<String, Object> broker, String topic) {
        try (var consumer = new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            if (consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L) == 0) {
                return List.of();
            }
            return consumer.poll(Duration.ofSeconds(10)).records(partition).stream()
                    .map(record -> Hint.fromBytes(QUEUE, record.value()))
                    .toList();
        }
    }
}
