package io.millrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.local.Ports;
import io.millrace.testing.Certificates;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A broker that lets nobody in without a password, at one door, or a certificate, at the other; TLS at both. */
final class SecureKafka implements AutoCloseable {

    static final String USER = "millrace";
    static final String PASSWORD = "secret";

    private final KafkaRaftServer server;
    private final int passwordPort;
    private final int certificatePort;

    /** @param known whose certificate is let in */
    SecureKafka(Path folder, Certificates.Made own, Certificates.Made known) throws Exception {
        this.passwordPort = Ports.free();
        this.certificatePort = Ports.free();
        Properties settings = settings(folder.resolve("data"), own, known);
        format(settings, folder.resolve("server.properties"));
        this.server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
        server.startup();
    }

    /** Where a user and a password are asked for (SASL_SSL with SCRAM). */
    String passwordDoor() {
        return "127.0.0.1:" + passwordPort;
    }

    /** Where a certificate is asked for (SSL, mutual). */
    String certificateDoor() {
        return "127.0.0.1:" + certificatePort;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private Properties settings(Path data, Certificates.Made own, Certificates.Made known) {
        int inside = Ports.free();
        int controller = Ports.free();
        String doors = "INSIDE://127.0.0.1:" + inside + ",PASSWORD://" + passwordDoor() + ",CERTIFICATE://"
                + certificateDoor();
        var settings = new Properties();
        settings.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@127.0.0.1:" + controller,
                "listeners",
                doors + ",CONTROLLER://127.0.0.1:" + controller,
                "advertised.listeners",
                doors,
                "listener.security.protocol.map",
                "INSIDE:PLAINTEXT,PASSWORD:SASL_SSL,CERTIFICATE:SSL,CONTROLLER:PLAINTEXT",
                "controller.listener.names",
                "CONTROLLER",
                "inter.broker.listener.name",
                "INSIDE",
                "log.dirs",
                data.toString(),
                "log.cleaner.dedupe.buffer.size",
                "4194304"));
        settings.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "share.coordinator.state.topic.num.partitions", "1",
                "group.initial.rebalance.delay.ms", "0"));
        settings.putAll(Map.of(
                "ssl.keystore.type", "PEM",
                "ssl.keystore.location", own.both().toString(),
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", known.certificate().toString(),
                "listener.name.certificate.ssl.client.auth", "required",
                "sasl.enabled.mechanisms", "SCRAM-SHA-512",
                "listener.name.password.scram-sha-512.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;"));
        return settings;
    }

    private static void format(Properties settings, Path file) throws Exception {
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        var said = new ByteArrayOutputStream();
        String[] command = {
            "format",
            "-t",
            Uuid.randomUuid().toString(),
            "-c",
            file.toString(),
            "--add-scram",
            "SCRAM-SHA-512=[name=" + USER + ",password=" + PASSWORD + "]"
        };
        assertThat(StorageTool.execute(command, new PrintStream(said, true, StandardCharsets.UTF_8)))
                .as(said.toString(StandardCharsets.UTF_8))
                .isZero();
    }
}
