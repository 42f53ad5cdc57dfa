package io.millrace.store;

import static io.millrace.testing.BatchFixture.aBatch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class ForgetStoreTest {

    private static final Duration WEEK = Duration.ofDays(7);

    private final Database database = RealDatabase.empty();
    private final ForgetStore store = new ForgetStore(database);

    private void run(String sql, Object... parameters) {
        database.run(sql, Tuple.wrap(parameters));
    }

    private long count(String table) {
        return database.first("SELECT count(*) FROM " + table, Tuple.tuple(), row -> row.getLong(0))
                .orElseThrow();
    }

    @Test
    void onlyWorkersThatAreGoneForLongAreForgotten() {
        var workers = new WorkerStore(database);
        for (String id : List.of("alive", "stopped", "rescued", "lost", "recent")) {
            workers.enrol(id, "host", "1", List.of("default"), 4);
        }
        run("UPDATE worker SET state = 'STOPPED' WHERE id IN ('stopped', 'recent')");
        run("UPDATE worker SET state = 'LOST' WHERE id IN ('lost', 'rescued')");
        run("UPDATE worker SET rescued_at = now() WHERE id = 'rescued'");
        run("UPDATE worker SET last_heartbeat = now() - interval '8 days' WHERE id <> 'recent'");

        assertThat(store.workers(WEEK, 1)).isEqualTo(1);
        assertThat(store.workers(WEEK, 10)).isEqualTo(1);
        assertThat(store.workers(WEEK, 10)).isZero();

        assertThat(workers.all().stream().map(worker -> worker.id()))
                .containsExactlyInAnyOrder("alive", "lost", "recent");
    }

    @Test
    void minutesAreForgottenByTheirAge() {
        run("""
                INSERT INTO job_minute (minute, queue, task, state, count)
                SELECT now() - n * interval '1 day', 'default', 'a', 'SUCCESS', 1 FROM generate_series(1, 10) n
                """);

        assertThat(store.minutes(WEEK, 2)).isEqualTo(2);
        assertThat(store.minutes(WEEK, 100)).isBetween(1, 2);

        assertThat(count("job_minute")).isBetween(6L, 7L);
    }

    /** A batch of a root and so many behind it, which has ended. */
    private BatchRun batchOf(int jobs) {
        var batch = aBatch().with("root");
        IntStream.range(0, jobs).forEach(i -> batch.with("c" + i, "root"));
        var run = new BatchRun(database, batch.submitted());
        run.drive();
        return run;
    }

    @Test
    void aBatchIsForgottenInStepsOnceItFinishedLongAgo() {
        var old = batchOf(25);
        var recent = batchOf(3);
        UUID then = UUID.fromString("01890000-0000-7000-8000-000000000000");
        run("UPDATE batch SET id = $2, finished_at = now() - interval '8 days' WHERE id = $1", old.id(), then);
        run("UPDATE batch_job SET batch_id = $2 WHERE batch_id = $1", old.id(), then);

        int steps = 0;
        while (store.batch(WEEK, 10)) {
            steps++;
        }

        assertThat(steps).isEqualTo(3);
        assertThat(count("batch")).isEqualTo(1);
        assertThat(count("batch_job")).isEqualTo(4);
        assertThat(count("dependency")).isEqualTo(3);
        assertThat(recent.now().counts().total()).isEqualTo(4);
    }
}
