package io.millrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.queue.Hint;
import io.quarkus.runtime.ShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is configured for Kafka reaches each kind of client: here a user and a password (SCRAM), at a real broker. */
@Tag("real")
class KafkaSaslTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Config(
            int partitions, short replicationFactor, int backlog, Duration deliveryTimeout, Duration adminTimeout)
            implements DispatchConfig {}

    private static final Config CONFIG = new Config(1, (short) 1, 10, PATIENCE, PATIENCE);

    @Test
    void topicsAreMadeAndHintsWrittenByWhoKnowsThePassword(@TempDir Path folder) throws Exception {
        int port = freePort();
        KafkaRaftServer broker = broker(folder, port);
        try {
            Map<String, Object> known = clients(port, "secret");

            new LaneTopics(known, CONFIG).ensure(List.of("default"));

            var hints = new HintEmitter(known, CONFIG, new SimpleMeterRegistry());
            var hint = new Hint(UUID.fromString("01936d5c-0000-7000-8000-000000000001"), 3, "default", 5, null);
            assertThat(eventuallyTaken(hints, hint)).isTrue();
            hints.onStop(new ShutdownEvent());
            assertThatThrownBy(() -> new LaneTopics(clients(port, "wrong"), CONFIG).ensure(List.of("default")))
                    .isInstanceOf(KafkaUnavailable.class)
                    .hasMessageContaining("SCRAM")
                    .hasMessageNotContaining("wrong");
        } finally {
            broker.shutdown();
            broker.awaitShutdown();
        }
    }

    /** The producer never waits for what it does not know yet, so the first hint may come too early. */
    private static boolean eventuallyTaken(HintEmitter hints, Hint hint) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (!hints.emitAndConfirm(List.of(hint), PATIENCE).isEmpty()) {
                return true;
            }
            Thread.sleep(20);
        }
        return false;
    }

    private static Map<String, Object> clients(int port, String password) {
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + port,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"millrace\" password=\""
                        + password + "\";");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static KafkaRaftServer broker(Path folder, int port) throws IOException {
        int controller = freePort();
        var settings = new Properties();
        settings.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controller,
                "listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller,
                "advertised.listeners", "CLIENTS://127.0.0.1:" + port,
                "listener.security.protocol.map", "CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names", "CONTROLLER",
                "inter.broker.listener.name", "CLIENTS",
                "log.dirs", folder.resolve("data").toString(),
                "log.cleaner.dedupe.buffer.size", "4194304"));
        settings.putAll(Map.of(
                "sasl.enabled.mechanisms", "SCRAM-SHA-512",
                "sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512",
                "listener.name.clients.scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"millrace\" password=\"secret\";",
                "offsets.topic.replication.factor", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1"));
        Path file = folder.resolve("server.properties");
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        var said = new ByteArrayOutputStream();
        String[] format = {
            "format",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            file.toString(),
            "--add-scram",
            "SCRAM-SHA-512=[name=millrace,password=secret]"
        };
        assertThat(StorageTool.execute(format, new PrintStream(said, true, StandardCharsets.UTF_8)))
                .as(said.toString(StandardCharsets.UTF_8))
                .isZero();
        var server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
        server.startup();
        return server;
    }
}
