package io.millrace.dispatch;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.JobEvent;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.queue.Lane;
import io.millrace.testing.Certificates;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code docs/security.md} configures for Kafka reaches each kind of client, at a real broker that asks for it. */
@Tag("real")
class KafkaSecurityTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Config(
            int partitions, short replicationFactor, int backlog, Duration deliveryTimeout, Duration adminTimeout)
            implements DispatchConfig {}

    private record Events(
            boolean enabled,
            List<String> include,
            Duration retention,
            MemorySize retentionSize,
            int partitions,
            int backlog,
            Duration gather,
            Duration deliveryTimeout)
            implements EventConfig {}

    private static final Config CONFIG = new Config(1, (short) 1, 10, PATIENCE, PATIENCE);

    private static final Events EVENTS = new Events(
            true,
            List.of("*"),
            Duration.ofHours(1),
            new MemorySize(BigInteger.valueOf(1 << 20)),
            1,
            10,
            Duration.ofMillis(1),
            PATIENCE);

    private static Certificates.Made servers;
    private static Certificates.Made ours;
    private static SecureKafka kafka;

    /** The two ways in that are documented. A queue each, so that neither finds what the other has made. */
    enum Way {
        PASSWORD,
        CERTIFICATE;

        Map<String, Object> settings() {
            return switch (this) {
                case PASSWORD -> withPassword(SecureKafka.PASSWORD);
                case CERTIFICATE -> withCertificate();
            };
        }

        String queue() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @BeforeAll
    static void aBroker(@TempDir Path folder) throws Exception {
        servers = Certificates.make(folder, "server");
        ours = Certificates.make(folder, "client");
        kafka = new SecureKafka(folder, servers, ours);
    }

    @AfterAll
    static void theEnd() {
        kafka.close();
    }

    private static Map<String, Object> withPassword(String password) {
        var settings = trusting(servers);
        settings.put("bootstrap.servers", kafka.passwordDoor());
        settings.put("security.protocol", "SASL_SSL");
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + SecureKafka.USER
                        + "\" password=\"" + password + "\";");
        return settings;
    }

    private static Map<String, Object> withCertificate() {
        var settings = withoutCertificate();
        settings.put("ssl.keystore.type", "PEM");
        settings.put("ssl.keystore.location", ours.both().toString());
        return settings;
    }

    private static Map<String, Object> withoutCertificate() {
        var settings = trusting(servers);
        settings.put("bootstrap.servers", kafka.certificateDoor());
        settings.put("security.protocol", "SSL");
        return settings;
    }

    private static Map<String, Object> trusting(Certificates.Made authority) {
        return new HashMap<>(Map.of(
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                authority.certificate().toString()));
    }

    @ParameterizedTest
    @EnumSource
    void hintsAreWrittenAndReceivedByWhomKafkaKnows(Way way) throws InterruptedException {
        var hint = new Hint(UUID.fromString("01936d5c-0000-7000-8000-000000000001"), 3, way.queue(), 5, null);

        new LaneTopics(way.settings(), CONFIG).ensure(List.of(way.queue()));
        var hints = new HintEmitter(way.settings(), CONFIG, new SimpleMeterRegistry());
        hints.emit(List.of(hint));

        assertThat(received(way.settings(), way.queue())).containsExactly(hint);
        hints.onStop(new ShutdownEvent());
    }

    @ParameterizedTest
    @EnumSource
    void eventsAreWrittenAndReadByWhomKafkaKnows(Way way) throws InterruptedException {
        var topic = new EventTopic(way.settings(), CONFIG, EVENTS);
        var events = new EventEmitter(way.settings(), EVENTS, new SimpleMeterRegistry());
        NewJob job = aJob().submitted();

        topic.onLaid(new FoundationLaid());
        events.emit(JobEvent.submitted(job));

        assertThat(eventsUpTo(job.id(), way.settings()))
                .anyMatch(line -> line.contains(job.id().toString()));
        events.onStop(new ShutdownEvent());
        topic.onStop(new ShutdownEvent());
    }

    @Test
    void aCertificateMayComeAsPkcs12AsOperatorsMakeIt() {
        var settings = withoutCertificate();
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", ours.store().toString());
        settings.put("ssl.keystore.password", Certificates.PASSWORD);

        assertThatCode(() -> new LaneTopics(settings, CONFIG).ensure(List.of("default")))
                .doesNotThrowAnyException();
    }

    @Test
    void aWrongPasswordIsRefusedAtOnceAndNotRepeated() {
        refused(withPassword("guessed"), "SCRAM", SaslAuthenticationException.class)
                .hasMessageNotContaining("guessed");
    }

    @Test
    void aBrokerThatIsNotTrustedIsRefusedAtOnce() {
        var settings = withPassword(SecureKafka.PASSWORD);
        settings.putAll(trusting(ours));

        refused(settings, "unable to find valid certification path", SslAuthenticationException.class);
    }

    @Test
    void whoHasNoCertificateIsRefusedAtOnce() {
        refused(withoutCertificate(), "certificate_required", SslAuthenticationException.class);
    }

    /** The cause is the refusal itself: had the client asked until its patience ended, it would be a time that ran out. */
    private static AbstractThrowableAssert<?, ?> refused(
            Map<String, Object> settings, String why, Class<? extends AuthenticationException> how) {
        var error = assertThatThrownBy(() -> new LaneTopics(settings, CONFIG).ensure(List.of("default")))
                .isInstanceOf(KafkaUnavailable.class)
                .hasMessageContaining(why)
                .hasCauseInstanceOf(how);
        assertThatThrownBy(() -> received(settings, "default")).isInstanceOf(how);
        return error;
    }

    /** The first hints that come to a worker, or none in time. */
    private static List<Hint> received(Map<String, Object> broker, String queue) {
        String topic = Lane.NORMAL.topic(queue);
        var settings = new HashMap<>(broker);
        settings.put("group.id", topic);
        try (var consumer =
                new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            var hints = new ArrayList<Hint>();
            for (long end = System.nanoTime() + PATIENCE.toNanos(); hints.isEmpty() && System.nanoTime() < end; ) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(record -> hints.add(Hint.fromBytes(queue, record.value())));
            }
            return hints;
        }
    }

    /** All events up to the one that is looked for, or to the end of patience: the other way's are on this topic, too. */
    private static List<String> eventsUpTo(UUID job, Map<String, Object> broker) {
        var partition = new TopicPartition(EventTopic.NAME, 0);
        try (var consumer = new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var lines = new ArrayList<String>();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (lines.stream().noneMatch(line -> line.contains(job.toString())) && System.nanoTime() < end) {
                consumer.poll(Duration.ofSeconds(1))
                        .forEach(record -> new String(record.value(), StandardCharsets.UTF_8)
                                .lines()
                                .forEach(lines::add));
            }
            return lines;
        }
    }
}
