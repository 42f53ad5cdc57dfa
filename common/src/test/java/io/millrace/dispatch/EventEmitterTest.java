package io.millrace.dispatch;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.event.JobEvent;
import io.millrace.job.NewJob;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class EventEmitterTest {

    private record Config(List<String> include, int backlog, Duration gather) implements EventConfig {
        @Override
        public boolean enabled() {
            return true;
        }

        @Override
        public Duration retention() {
            return Duration.ofHours(1);
        }

        @Override
        public MemorySize retentionSize() {
            return new MemorySize(BigInteger.TEN);
        }

        @Override
        public int partitions() {
            return 1;
        }

        @Override
        public Duration deliveryTimeout() {
            return Duration.ofSeconds(1);
        }
    }

    /** Takes a record once it is let. */
    private static final class SlowKafka extends MockProducer<byte[], byte[]> {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch let = new CountDownLatch(1);

        SlowKafka() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            asked.countDown();
            try {
                let.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.send(record, callback);
        }

        List<String> lines() {
            return history().stream()
                    .flatMap(record -> new String(record.value(), StandardCharsets.UTF_8).lines())
                    .toList();
        }
    }

    private final SlowKafka kafka = new SlowKafka();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    private EventEmitter emitter(int backlog, String... include) {
        return new EventEmitter(
                new Config(List.of(include), backlog, Duration.ofMillis(1)), metrics, ProducerAhead.of(kafka));
    }

    /** An emitter whose thread waits for Kafka, with one event. */
    private EventEmitter waitingEmitter(int backlog) throws InterruptedException {
        var emitter = emitter(backlog, "*");
        emitter.emit(JobEvent.submitted(aJob().submitted()));
        kafka.asked.await();
        return emitter;
    }

    private void letAllOut(EventEmitter emitter) throws InterruptedException {
        kafka.let.countDown();
        emitter.onStop(new ShutdownEvent());
    }

    private static List<NewJob> jobs(int count) {
        return IntStream.range(0, count).mapToObj(_ -> aJob().submitted()).toList();
    }

    @Test
    void eventsThatGatherShareRecordsOfBoundedSize() throws Exception {
        var emitter = waitingEmitter(50_000);

        for (int i = 0; i < 30; i++) {
            emitter.emit(jobs(100), JobEvent::submitted);
        }
        letAllOut(emitter);

        assertThat(kafka.lines()).hasSize(3_001).doesNotHaveDuplicates();
        assertThat(kafka.history()).hasSizeLessThan(10).allSatisfy(record -> {
            assertThat(record.topic()).isEqualTo("millrace.events");
            assertThat(record.value()).hasSizeLessThan(257 * 1024);
        });
        assertThat(metrics.get("millrace.events.emitted").counter().count()).isEqualTo(3_001);
    }

    /** Written at once, they would take the broker from the hint of the very job they tell of. */
    @Test
    void oneEventWaitsForMoreUntilTheyHaveGatheredOrTheProcessStops() throws Exception {
        kafka.let.countDown();
        var emitter =
                new EventEmitter(new Config(List.of("*"), 100, Duration.ofHours(1)), metrics, ProducerAhead.of(kafka));

        emitter.emit(JobEvent.submitted(aJob().submitted()));
        assertThat(kafka.asked.await(200, TimeUnit.MILLISECONDS)).isFalse();
        emitter.emit(JobEvent.submitted(aJob().submitted()));
        emitter.onStop(new ShutdownEvent());

        assertThat(kafka.history()).hasSize(1);
        assertThat(kafka.lines()).hasSize(2);
    }

    @Test
    void whatThereIsNoRoomForIsDroppedAndCountedAndNobodyWaits() throws Exception {
        var emitter = waitingEmitter(100);

        for (int i = 0; i < 20; i++) {
            emitter.emit(jobs(10), JobEvent::submitted);
        }
        letAllOut(emitter);

        assertThat(metrics.get("millrace.events.dropped").counter().count()).isEqualTo(100);
        assertThat(kafka.lines()).hasSize(101);
    }

    @Test
    void onlyWhatIsIncludedIsWritten() throws Exception {
        var emitter = emitter(100, "job.scheduled", " job.failed");

        emitter.emit(jobs(3), JobEvent::submitted);
        emitter.emit(JobEvent.submitted(aJob().due(Instant.now()).submitted()));
        letAllOut(emitter);

        assertThat(kafka.lines()).singleElement().asString().contains("job.scheduled");
    }

    @Test
    void anEventThatDoesNotExistCannotBeIncluded() {
        assertThatThrownBy(() -> emitter(100, "job.dreamt"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("job.dreamt");
    }
}
