package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fleet.Heartbeat;
import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.WorkerState;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class WorkerStoreTest {

    private static final Duration LEASE = Duration.ofSeconds(8);

    private final Database database = RealDatabase.empty();
    private final WorkerStore workers = new WorkerStore(database);

    private boolean beat(String id) {
        return workers.beat(new Heartbeat(
                id,
                WorkerState.ACTIVE,
                List.of("default"),
                new Pool(4, SlotRange.fixed(4), 0, 0, 0),
                "[]",
                1,
                0,
                0,
                1024));
    }

    private void silentFor(String id, int seconds) {
        database.run(
                "UPDATE worker SET last_heartbeat = now() - $2::int * interval '1 second' WHERE id = $1",
                Tuple.of(id, seconds));
    }

    @Test
    void onlyAWorkerSilentForLongerThanItsLeaseIsLost() {
        workers.enrol("quick", "host", "1", List.of("default"), 4);
        workers.enrol("slow", "host", "1", List.of("default"), 4);
        silentFor("quick", 7);
        silentFor("slow", 9);

        assertThat(workers.declareLost(LEASE)).containsExactly("slow");
        assertThat(workers.toRescue()).containsExactly("slow");
    }

    @Test
    void aLostWorkerLearnsItFromItsNextHeartbeatAndStaysLost() {
        workers.enrol("w", "host", "1", List.of("default"), 4);
        assertThat(beat("w")).isTrue();
        silentFor("w", 9);
        workers.declareLost(LEASE);

        assertThat(beat("w")).isFalse();
        assertThat(workers.get("w").orElseThrow().state()).isEqualTo(WorkerState.LOST);
    }

    @Test
    void aRescuedWorkerIsNotRescuedAgain() {
        workers.enrol("w", "host", "1", List.of("default"), 4);
        silentFor("w", 9);
        workers.declareLost(LEASE);

        workers.rescued("w");

        assertThat(workers.toRescue()).isEmpty();
    }
}
