package io.millrace.pack;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.fleet.WorkerState;
import io.millrace.queue.Hint;
import io.millrace.store.WorkerStore;
import io.millrace.worker.Identity;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A worker whose Kafka has gone, and that is to leave. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(value = FailingKafka.class, restrictToAnnotatedClass = true)
@TestProfile(WithoutKafkaTest.TwoQueues.class)
class WithoutKafkaTest {

    public static final class TwoQueues implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("millrace.worker.concurrency", "2", "millrace.worker.queues", "default,celery");
        }
    }

    /** Twice what the worker allows itself: five to stop receiving, some four for each of the two emitters. */
    private static final Duration BOUND = Duration.ofSeconds(30);

    @FailingKafka.Fails
    Runnable kafkaFails;

    @Inject
    HintEmitter hints;

    @Inject
    EventEmitter events;

    @Inject
    WorkerStore workers;

    @Inject
    Identity identity;

    @Inject
    Event<ShutdownEvent> shutdown;

    @Test
    void aWorkerLeavesInBoundedTimeThoughKafkaHasGone() throws Exception {
        kafkaFails.run();
        // What is on its way out must not keep it either.
        for (int i = 0; i < 1_000; i++) {
            var job = aJob().submitted();
            hints.emit(List.of(new Hint(job.id(), 0, "default", 5, null)));
            events.emit(JobEvent.submitted(job));
        }

        CompletableFuture.runAsync(() -> shutdown.fire(new ShutdownEvent()), Thread::startVirtualThread)
                .get(BOUND.toSeconds(), TimeUnit.SECONDS);

        assertThat(workers.get(identity.id()).orElseThrow().state()).isEqualTo(WorkerState.STOPPED);
    }
}
