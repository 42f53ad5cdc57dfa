package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.RealDatabase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class DatabaseTest {

    private static final String LOCK = "SELECT pg_advisory_xact_lock($1)::text";
    private static final String TWO_THEN_ONE =
            "SELECT CASE WHEN pg_advisory_xact_lock(2)::text = '' THEN pg_advisory_xact_lock(1)::text END";
    private static final String WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";

    private final Database database = RealDatabase.empty();

    private long waiting() {
        return database.first(WAITING, Tuple.tuple(), (Row row) -> row.getLong(0))
                .orElseThrow();
    }

    /** Takes the locks 1 and 2, the second once somebody else who has it waits for the first. */
    private Integer oneThenTwo(Sql sql, CountDownLatch hasOne) {
        // The other side shall be the first to look whether there is a deadlock, and so the one that is rolled back.
        sql.run("SET LOCAL deadlock_timeout = '30s'", Tuple.tuple());
        sql.run(LOCK, Tuple.of(1L));
        hasOne.countDown();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (waiting() == 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        return sql.run(LOCK, Tuple.of(2L)).size();
    }

    @Test
    void aStatementThatADeadlockHasRolledBackIsRunAgain() throws Exception {
        var hasOne = new CountDownLatch(1);
        var other = CompletableFuture.supplyAsync(
                () -> database.inTransaction(sql -> oneThenTwo(sql, hasOne)), Thread::startVirtualThread);
        assertThat(hasOne.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(database.run(TWO_THEN_ONE, Tuple.tuple()).size()).isEqualTo(1);

        assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void an_event_loop_is_refused_instead_of_standing_still() {
        Vertx vertx = Vertx.vertx();
        try {
            List<Runnable> questions = List.of(
                    () -> database.run("SELECT 1", Tuple.tuple()),
                    () -> database.inTransaction(sql -> sql.run("SELECT 1", Tuple.tuple())),
                    () -> database.connection().close());
            for (Runnable question : questions) {
                var asked = new CompletableFuture<>();
                vertx.runOnContext(_ -> {
                    try {
                        question.run();
                        asked.complete(question);
                    } catch (RuntimeException e) {
                        asked.completeExceptionally(e);
                    }
                });

                assertThatThrownBy(() -> asked.get(20, TimeUnit.SECONDS))
                        .hasRootCauseMessage("an event loop must not wait for PostgreSQL");
            }
        } finally {
            vertx.close();
        }
    }
}
