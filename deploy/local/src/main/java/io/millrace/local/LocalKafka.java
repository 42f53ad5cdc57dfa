package io.millrace.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * A Kafka broker of one node in this JVM, on the loopback interface only, with its data in a folder. Topics are not made
 * by naming them: who needs one creates it.
 */
public final class LocalKafka implements AutoCloseable {

    // The broker says hundreds of lines at every start and stop. The field is
    // needed: java.util.logging forgets the level of a logger that nobody holds.
    private static final List<Logger> QUIET = Stream.of(
                    "kafka",
                    "state.change.logger",
                    "org.apache.kafka.controller",
                    "org.apache.kafka.coordinator",
                    "org.apache.kafka.image",
                    "org.apache.kafka.metadata",
                    "org.apache.kafka.queue",
                    "org.apache.kafka.raft",
                    "org.apache.kafka.server",
                    "org.apache.kafka.snapshot",
                    "org.apache.kafka.storage",
                    "org.apache.kafka.common.config",
                    "org.apache.kafka.common.metrics",
                    "org.apache.kafka.common.utils.AppInfoParser")
            .map(Logger::getLogger)
            .toList();

    private final KafkaRaftServer server;
    private final int port;

    private LocalKafka(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a broker and waits until it serves clients.
     *
     * @param folder its data; made and formatted if it does not exist or is empty
     * @param port the port for clients; 0 takes a free one
     * @throws LocalFailure if the folder cannot be formatted
     */
    public static LocalKafka start(Path folder, int port) {
        QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
        Path data = folder.toAbsolutePath().normalize();
        if (Folders.isEmpty(data)) {
            Folders.createWhole(data, LocalKafka::format);
        }
        int chosen = port == 0 ? Ports.free() : port;
        KafkaRaftServer server =
                new KafkaRaftServer(KafkaConfig.fromProps(settings(data, chosen, Ports.free())), Time.SYSTEM);
        server.startup();
        return new LocalKafka(server, chosen);
    }

    public int port() {
        return port;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Waits until the broker, or the controller that it stands for, has ended. */
    public void awaitEnd() {
        server.awaitShutdown();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path folder) throws IOException {
        Path settings = Files.createTempFile("millrace-kafka-", ".properties");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try {
            try (var out = Files.newOutputStream(settings)) {
                // The ports mean nothing to the format; the broker gets its own below.
                settings(folder, 1, 2).store(out, null);
            }
            String[] command = {
                "format", "-t", Uuid.randomUuid().toString(), "-c", settings.toString(), "--ignore-formatted"
            };
            int exitCode = StorageTool.execute(command, new PrintStream(output, true, StandardCharsets.UTF_8));
            if (exitCode != 0) {
                throw new LocalFailure(
                        "Cannot format " + folder + " for Kafka:\n" + output.toString(StandardCharsets.UTF_8));
            }
        } finally {
            Files.deleteIfExists(settings);
        }
    }

    private static Properties settings(Path data, int port, int controllerPort) {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners", "CLIENTS://127.0.0.1:" + port,
                "listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "controller.listener.names", "CONTROLLER",
                "inter.broker.listener.name", "CLIENTS",
                "log.dirs", data.toString(),
                "auto.create.topics.enable", "false"));
        // One node: every topic, Kafka's own too, has one replica, and one partition is enough to keep its books.
        settings.putAll(Map.of(
                "num.partitions", "1",
                "default.replication.factor", "1",
                "min.insync.replicas", "1",
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "1"));
        settings.putAll(Map.of(
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "1",
                "group.initial.rebalance.delay.ms", "0"));
        // A small heap: the cleaner alone would take 128 MiB.
        settings.putAll(Map.of(
                "log.cleaner.dedupe.buffer.size", "4194304",
                "log.segment.bytes", "67108864",
                "num.network.threads", "2",
                "num.io.threads", "4",
                "num.recovery.threads.per.data.dir", "1"));
        return settings;
    }
}
