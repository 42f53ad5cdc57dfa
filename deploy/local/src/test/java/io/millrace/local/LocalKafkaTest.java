package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class LocalKafkaTest {

    @TempDir
    Path folder;

    @Test
    void topics_survive_a_restart_and_a_deleted_folder_gives_an_empty_broker() throws Exception {
        Path data = folder.resolve("kafka");
        try (LocalKafka kafka = LocalKafka.start(data, 0)) {
            try (Admin admin = admin(kafka)) {
                admin.createTopics(List.of(new NewTopic("kept", Optional.empty(), Optional.empty())))
                        .all()
                        .get(20, TimeUnit.SECONDS);
            }
        }
        try (LocalKafka kafka = LocalKafka.start(data, 0)) {
            assertThat(topics(kafka)).containsExactly("kept");
        }
        Folders.delete(data);
        assertThat(Files.exists(data)).isFalse();
        try (LocalKafka kafka = LocalKafka.start(data, 0)) {
            assertThat(topics(kafka)).isEmpty();
        }
    }

    private static java.util.Set<String> topics(LocalKafka kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            return admin.listTopics().names().get(20, TimeUnit.SECONDS);
        }
    }

    private static Admin admin(LocalKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }
}
