package io.millrace.api.event;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.api.problem.Problem;
import io.millrace.event.EventWriter;
import io.millrace.event.JobEvent;
import io.quarkus.runtime.ShutdownEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the feed gives to whom. Kafka is not there; records are handed to the feed by hand. */
class EventFeedTest {

    private record Config(int max, int buffer, Duration grace) implements EventStreamConfig {
        @Override
        public Duration heartbeat() {
            return Duration.ofSeconds(15);
        }

        @Override
        public Duration look() {
            return Duration.ofSeconds(2);
        }

        @Override
        public long lookBack() {
            return 10;
        }

        @Override
        public Duration openTimeout() {
            return Duration.ZERO;
        }

        @Override
        public Duration linger() {
            return Duration.ZERO;
        }
    }

    private static final class Reader implements Client {
        private final CountDownLatch disconnected = new CountDownLatch(1);

        @Override
        public boolean gone() {
            return false;
        }

        @Override
        public void disconnect() {
            disconnected.countDown();
        }
    }

    private static final EventFilter ALL = EventFilter.of(null, null, null, null);

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final EventFeed feed = new EventFeed(
            new EventConsumers(Map.of()) {
                @Override
                Consumer<byte[], byte[]> open() {
                    throw new IllegalStateException("there is no Kafka here");
                }
            },
            new Config(3, 10, Duration.ofMillis(50)),
            metrics);

    @AfterEach
    void stop() throws InterruptedException {
        feed.onStop(new ShutdownEvent());
    }

    private static byte[] events(int count, String queue) {
        var writer = new EventWriter();
        for (int i = 0; i < count; i++) {
            writer.write(JobEvent.submitted(aJob().onQueue(queue).submitted()));
        }
        return writer.take();
    }

    private static List<HeardEvent> drained(Subscription subscription) {
        var events = new ArrayList<HeardEvent>();
        subscription.drainTo(events, 1_000);
        return events;
    }

    @Test
    void each_gets_what_its_filter_lets_through() {
        var all = feed.subscribe(ALL, new Reader());
        var some = feed.subscribe(EventFilter.of("jobs", null, null, null), new Reader());

        feed.deliver(0, 1, events(2, "default"));
        feed.deliver(0, 2, events(3, "jobs"));

        assertThat(drained(all)).hasSize(5);
        assertThat(drained(some)).hasSize(3).allMatch(event -> event.queue().equals("jobs"));
    }

    @Test
    void who_is_too_slow_is_cut_off_without_a_gap_and_the_others_are_not() {
        var slow = feed.subscribe(ALL, new Reader());
        var quick = feed.subscribe(ALL, new Reader());
        var seen = new ArrayList<HeardEvent>();

        for (int i = 0; i < 5; i++) {
            feed.deliver(0, i, events(4, "default"));
            seen.addAll(drained(quick));
        }

        assertThat(seen).hasSize(20);
        assertThat(quick.cutOff()).isFalse();
        assertThat(slow.cutOff()).isTrue();
        // Exactly the first ten: Last-Event-ID goes on with the eleventh.
        assertThat(drained(slow)).isEqualTo(seen.subList(0, 10));
        assertThat(metrics.get("millrace.event.streams").gauge().value()).isEqualTo(2);
        assertThat(metrics.get("millrace.event.streams.cut.off").counter().count())
                .isEqualTo(1);
    }

    @Test
    void who_does_not_even_take_what_he_has_is_disconnected() throws Exception {
        var stuck = new Reader();
        feed.subscribe(ALL, stuck);

        feed.deliver(0, 1, events(11, "default"));

        assertThat(stuck.disconnected.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void there_is_a_bound_and_who_leaves_makes_room() {
        feed.subscribe(ALL, new Reader());
        feed.subscribe(ALL, new Reader());
        var third = feed.subscribe(ALL, new Reader());

        assertThatThrownBy(() -> feed.subscribe(ALL, new Reader())).isInstanceOf(Problem.class);
        third.close();

        assertThat(feed.subscribe(ALL, new Reader())).isNotNull();
    }
}
