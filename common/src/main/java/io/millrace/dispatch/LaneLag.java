package io.millrace.dispatch;

import io.millrace.queue.Lane;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** How many hints of each lane no worker has finished with yet, as Kafka counts them. */
@Singleton
public class LaneLag {

    private final Map<String, Object> settings;
    private final DispatchConfig config;
    private @Nullable Admin admin;

    LaneLag(@Identifier("default-kafka-broker") Map<String, Object> broker, DispatchConfig config) {
        this.config = config;
        this.settings = KafkaAnswer.settings(broker, "millrace-lane-lag", config.adminTimeout());
    }

    /** The lag of one lane. */
    public record Lag(String queue, Lane lane, long hints) {}

    /**
     * The lag of every lane of these queues that has ever been received.
     *
     * @throws KafkaUnavailable if Kafka does not answer in time
     */
    public synchronized List<Lag> of(Collection<String> queues) {
        var specs = queues.stream()
                .flatMap(queue -> List.of(Lane.values()).stream().map(lane -> lane.topic(queue)))
                .collect(Collectors.toMap(group -> group, _ -> new ListShareGroupOffsetsSpec()));
        if (admin == null) {
            admin = Admin.create(settings);
        }
        var answer = admin.listShareGroupOffsets(specs);
        var lags = new ArrayList<Lag>();
        for (String queue : queues) {
            for (Lane lane : Lane.values()) {
                lags.add(new Lag(
                        queue,
                        lane,
                        sum(KafkaAnswer.await(
                                answer.partitionsToOffsetInfo(lane.topic(queue)), config.adminTimeout()))));
            }
        }
        return lags;
    }

    private static long sum(Map<TopicPartition, SharePartitionOffsetInfo> partitions) {
        // A partition that nobody has received from yet is there without a value.
        return partitions.values().stream()
                .filter(partition -> partition != null)
                .mapToLong(partition -> partition.lag().orElse(0L))
                .sum();
    }

    @PreDestroy
    synchronized void close() {
        if (admin != null) {
            admin.close();
        }
    }
}
