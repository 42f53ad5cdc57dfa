package io.millrace.dispatch;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;

/** The topic of events: made by whichever service starts first, and kept to the configured retention by each. */
@Singleton
public class EventTopic {

    /** The topic that all events are on. No lane is called so: theirs have three parts. */
    public static final String NAME = "millrace.events";

    private static final Logger LOG = Logger.getLogger(EventTopic.class);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(2);

    /** Kafka deletes whole segments, so that a small one keeps closer to the retention. */
    private static final long SEGMENT_BYTES = 64L << 20;

    private static final Duration LONGEST_SEGMENT = Duration.ofHours(1);

    private final Map<String, Object> broker;
    private final DispatchConfig dispatch;
    private final EventConfig config;
    private volatile boolean open = true;

    EventTopic(
            @Identifier("default-kafka-broker") Map<String, Object> broker,
            DispatchConfig dispatch,
            EventConfig config) {
        this.broker = broker;
        this.dispatch = dispatch;
        this.config = config;
    }

    void onLaid(@Observes FoundationLaid event) {
        if (config.enabled()) {
            Thread.ofVirtual().name("event-topic").start(this::make);
        }
    }

    private void make() {
        while (open) {
            try {
                ensure();
                return;
            } catch (RuntimeException e) {
                LOG.warnf("the topic of events cannot be made yet: %s", e.getMessage());
                pause();
            }
        }
    }

    private void ensure() {
        Optional<Short> replication =
                dispatch.replicationFactor() < 1 ? Optional.empty() : Optional.of(dispatch.replicationFactor());
        var topic = new NewTopic(NAME, Optional.of(config.partitions()), replication).configs(retention());
        try (Admin admin = Admin.create(KafkaAnswer.settings(broker, "millrace-events", dispatch.adminTimeout()))) {
            try {
                KafkaAnswer.await(admin.createTopics(List.of(topic)).all(), dispatch.adminTimeout());
                LOG.infof("made the topic of events topic=%s", NAME);
            } catch (KafkaUnavailable e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
                // It was there before; what is configured now may differ from what it was made with.
                var changes = retention().entrySet().stream()
                        .map(entry -> new AlterConfigOp(
                                new ConfigEntry(entry.getKey(), entry.getValue()), AlterConfigOp.OpType.SET))
                        .toList();
                KafkaAnswer.await(
                        admin.incrementalAlterConfigs(
                                        Map.of(new ConfigResource(ConfigResource.Type.TOPIC, NAME), changes))
                                .all(),
                        dispatch.adminTimeout());
            }
        }
    }

    private Map<String, String> retention() {
        long segment = Math.min(config.retention().toMillis(), LONGEST_SEGMENT.toMillis());
        return Map.of(
                        "retention.ms",
                        config.retention().toMillis(),
                        "retention.bytes",
                        config.retentionSize().asLongValue(),
                        "segment.ms",
                        segment,
                        "segment.bytes",
                        SEGMENT_BYTES)
                .entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> Long.toString(entry.getValue())));
    }

    private void pause() {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open = false;
        }
    }

    void onStop(@Observes ShutdownEvent event) {
        open = false;
    }
}
