package io.millrace.dispatch;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer that is made beside the start of a service. The first of a process takes an eighth of all that the start has to
 * do, and nothing is written before the service serves.
 */
final class ProducerAhead {

    private final CompletableFuture<Producer<byte[], byte[]>> made;

    private ProducerAhead(CompletableFuture<Producer<byte[], byte[]>> made) {
        this.made = made;
    }

    /** Has one made with these settings. */
    static ProducerAhead with(Map<String, Object> settings) {
        return new ProducerAhead(CompletableFuture.supplyAsync(
                () -> new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()),
                making -> Thread.ofPlatform().name("producer-ahead").daemon().start(making)));
    }

    /** One that is there. */
    static ProducerAhead of(Producer<byte[], byte[]> producer) {
        return new ProducerAhead(CompletableFuture.completedFuture(producer));
    }

    /**
     * The producer, if need be after waiting until it is made.
     *
     * @throws IllegalStateException if it cannot be made with these settings
     */
    Producer<byte[], byte[]> get() {
        try {
            return made.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("there can be no producer with these settings", e.getCause());
        }
    }

    /** Closes what there is to close, and gives it so long to send what it has. */
    void close(Duration toSend) {
        made.handle((producer, failure) -> failure == null ? producer : null)
                .thenAccept(producer -> {
                    if (producer != null) {
                        producer.close(toSend);
                    }
                })
                .join();
    }
}
