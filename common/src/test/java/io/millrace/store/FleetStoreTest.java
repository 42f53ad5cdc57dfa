package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fleet.Heartbeat;
import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.Wish;
import io.millrace.fleet.WorkerState;
import io.millrace.testing.RealDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class FleetStoreTest {

    private final Database database = RealDatabase.empty();
    private final WorkerStore workers = new WorkerStore(database);
    private final FleetStore fleet = new FleetStore(database);

    @BeforeEach
    void aWorker() {
        workers.enrol("w", "host", "1", List.of("default"), 4);
    }

    private void inState(WorkerState state) {
        workers.beat(new Heartbeat(
                "w", state, List.of("default"), new Pool(4, SlotRange.fixed(4), 0, 0, 0), "[]", 0, 0, 0, 0));
    }

    @Test
    void ofAWorkerThatNobodyWantsAnythingOfNothingIsAsked() {
        assertThat(fleet.asked("w")).isEmpty();
        assertThat(fleet.asked("nobody")).isEmpty();
    }

    @Test
    void aLaterWishHoldsWhatTheEarlierOnesAskedForAndIsShownUntilItIsMet() {
        fleet.wish("w", SlotRange.fixed(8), null);
        fleet.wish("w", null, List.of("celery", "default"));

        var wish = new Wish(2, SlotRange.fixed(8), List.of("celery", "default"), false);
        assertThat(fleet.asked("w").orElseThrow()).isEqualTo(new FleetStore.Asked(wish, null));
        assertThat(workers.get("w").orElseThrow().wanted()).isEqualTo(wish);

        fleet.met("w", 1);
        assertThat(workers.get("w").orElseThrow().wanted()).isEqualTo(wish);
        fleet.met("w", 2);
        assertThat(workers.get("w").orElseThrow().wanted()).isNull();
        assertThat(fleet.asked("w")).isEmpty();
    }

    @Test
    void onlyAWorkerThatReceivesCanBeAskedToChange() {
        assertThat(fleet.wish("nobody", SlotRange.fixed(1), null)).isFalse();

        assertThat(fleet.shutDown("w")).isTrue();
        assertThat(fleet.wish("w", SlotRange.fixed(1), null)).isFalse();

        inState(WorkerState.DRAINING);
        assertThat(fleet.shutDown("w")).as("asked again").isTrue();
        assertThat(fleet.wish("w", SlotRange.fixed(1), null)).isFalse();

        inState(WorkerState.STOPPED);
        assertThat(fleet.shutDown("w")).isFalse();
        assertThat(workers.get("w").orElseThrow().wanted())
                .as("nobody will do it")
                .isNull();
    }

    @Test
    void aPingIsAnsweredOnceAndAnAnswerBeforeItDoesNotCount() {
        workers.enrol("silent", "host", "1", List.of("default"), 4);
        fleet.pong("silent", 0);

        var asked = fleet.ping();
        assertThat(asked).extracting(FleetStore.Pinged::id).containsExactlyInAnyOrder("w", "silent");
        Integer ping = fleet.asked("w").orElseThrow().ping();
        assertThat(ping).isNotNull();
        fleet.pong("w", ping == null ? 0 : ping);

        assertThat(fleet.asked("w")).isEmpty();
        assertThat(fleet.pongs(List.of("w", "silent"), asked.getFirst().askedAt()))
                .singleElement()
                .satisfies(pong -> {
                    assertThat(pong.id()).isEqualTo("w");
                    assertThat(pong.took()).isBetween(Duration.ZERO, Duration.ofSeconds(10));
                });
    }

    @Test
    void whoHasGoneIsNotPinged() {
        inState(WorkerState.STOPPED);

        assertThat(fleet.ping()).isEmpty();
    }

    @Test
    void whatAWorkerSaysOfItselfIsShown() {
        workers.knows("w", List.of("b", "a"));
        workers.beat(new Heartbeat(
                "w",
                WorkerState.ACTIVE,
                List.of("celery"),
                new Pool(5, new SlotRange(3, 10), 4, 2, 1),
                "[]",
                9,
                1,
                2,
                1 << 20));

        assertThat(workers.get("w").orElseThrow()).satisfies(worker -> {
            assertThat(worker.queues()).containsExactly("celery");
            assertThat(worker.tasks()).containsExactly("a", "b");
            assertThat(worker.pool()).isEqualTo(new Pool(5, new SlotRange(3, 10), 4, 2, 1));
        });
    }
}
