package io.millrace.dispatch;

import io.millrace.queue.Lane;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;

/**
 * Makes the lanes' topics and prepares the share groups that read them. Each lane has a share group of its own, named
 * like its topic: a group that reads several topics spreads them over its members, and a full worker would keep a
 * whole lane to itself ({@code docs/decisions/0003-one-share-consumer-per-lane.md}).
 */
@Singleton
public class LaneTopics {

    private static final Logger LOG = Logger.getLogger(LaneTopics.class);

    private final Map<String, Object> broker;
    private final DispatchConfig config;

    LaneTopics(@Identifier("default-kafka-broker") Map<String, Object> broker, DispatchConfig config) {
        this.broker = broker;
        this.config = config;
    }

    /**
     * Makes what is missing for these queues. Safe to run from every service at once.
     *
     * @throws KafkaUnavailable if Kafka does not answer in time
     */
    public void ensure(Collection<String> queues) {
        List<String> topics = queues.stream()
                .flatMap(queue -> Stream.of(Lane.values()).map(lane -> lane.topic(queue)))
                .toList();
        try (Admin admin = Admin.create(KafkaAnswer.settings(broker, "millrace-lanes", config.adminTimeout()))) {
            Set<String> missing = new HashSet<>(topics);
            missing.removeAll(KafkaAnswer.await(admin.listTopics().names(), config.adminTimeout()));
            create(admin, missing);
            startAtEarliest(admin, topics);
        }
    }

    private void create(Admin admin, Set<String> topics) {
        Optional<Short> replication =
                config.replicationFactor() < 1 ? Optional.empty() : Optional.of(config.replicationFactor());
        var made = admin.createTopics(topics.stream()
                        .map(topic -> new NewTopic(topic, Optional.of(config.partitions()), replication))
                        .toList())
                .values();
        made.forEach((topic, done) -> {
            try {
                KafkaAnswer.await(done, config.adminTimeout());
            } catch (KafkaUnavailable e) {
                // Another service was quicker: just what we wanted.
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        });
        if (!topics.isEmpty()) {
            LOG.infof("made the topics of lanes count=%d", topics.size());
        }
    }

    /** A new share group starts at the end of its topic, and so would skip what was submitted before the first worker. */
    private void startAtEarliest(Admin admin, List<String> groups) {
        var earliest = List.of(
                new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET));
        var changes = new HashMap<ConfigResource, Collection<AlterConfigOp>>();
        groups.forEach(group -> changes.put(new ConfigResource(ConfigResource.Type.GROUP, group), earliest));
        KafkaAnswer.await(admin.incrementalAlterConfigs(changes).all(), config.adminTimeout());
    }
}
