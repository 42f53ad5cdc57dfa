package io.millrace.store;

import io.millrace.fleet.Heartbeat;
import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.Worker;
import io.millrace.fleet.WorkerState;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Worker processes and their signs of life, all by PostgreSQL's clock. */
@Singleton
public class WorkerStore {

    private final Database database;

    public WorkerStore(Database database) {
        this.database = database;
    }

    private static final String ENROL = """
            INSERT INTO worker (id, host, version, state, queues, concurrency) VALUES ($1, $2, $3, 'ACTIVE', $4, $5)
            ON CONFLICT (id) DO NOTHING
            """;

    /** A worker that has just started. Its id is its own, never another's; said again, since the answer was lost, it changes nothing. */
    public void enrol(String id, String host, String version, List<String> queues, int concurrency) {
        database.run(
                ENROL,
                Tuple.tuple()
                        .addString(id)
                        .addString(host)
                        .addString(version)
                        .addArrayOfString(queues.toArray(String[]::new))
                        .addInteger(concurrency));
    }

    private static final String KNOWS = "UPDATE worker SET tasks = $2 WHERE id = $1";

    /** Which tasks a worker knows that has just been enrolled. */
    public void knows(String id, Collection<String> tasks) {
        database.run(KNOWS, Tuple.tuple().addString(id).addArrayOfString(sorted(tasks)));
    }

    private static final String BEAT = """
            UPDATE worker
            SET last_heartbeat = now(), state = $2, queues = $3, concurrency = $4, slots_min = $5, slots_max = $6, running = $7,
                reserved = $8, threads_stuck = $9, active = $10::text::jsonb, processed = $11, failed = $12, retried = $13,
                memory_bytes = $14
            WHERE id = $1 AND state <> 'LOST'
            """;

    /** A sign of life. @return false if the worker has been declared lost: its jobs run elsewhere, it must begin anew */
    public boolean beat(Heartbeat beat) {
        Pool pool = beat.pool();
        return database.run(
                                BEAT,
                                Tuple.tuple()
                                        .addString(beat.workerId())
                                        .addString(beat.state().name())
                                        .addArrayOfString(sorted(beat.queues()))
                                        .addInteger(pool.concurrency())
                                        .addInteger(pool.range().min())
                                        .addInteger(pool.range().max())
                                        .addInteger(pool.running())
                                        .addInteger(pool.reserved())
                                        .addInteger(pool.stuck())
                                        .addString(beat.active())
                                        .addLong(beat.processed())
                                        .addLong(beat.failed())
                                        .addLong(beat.retried())
                                        .addLong(beat.memoryBytes()))
                        .rowCount()
                == 1;
    }

    private static final String DECLARE_LOST = """
            UPDATE worker SET state = 'LOST'
            WHERE id IN (
              SELECT id FROM worker
              WHERE state IN ('ACTIVE', 'DRAINING') AND last_heartbeat < now() - $1::float8 * interval '1 second'
              FOR UPDATE SKIP LOCKED
            )
            RETURNING id
            """;

    /** Declares workers lost whose lease has run out. @return their ids */
    public List<String> declareLost(Duration lease) {
        return database.list(DECLARE_LOST, Tuple.of(lease.toMillis() / 1000.0), row -> row.getString("id"));
    }

    private static final String TO_RESCUE =
            "SELECT id FROM worker WHERE state = 'LOST' AND rescued_at IS NULL ORDER BY id";

    /** Lost workers whose jobs have not all been rescued. */
    public List<String> toRescue() {
        return database.list(TO_RESCUE, Tuple.tuple(), row -> row.getString("id"));
    }

    private static final String RESCUED = "UPDATE worker SET rescued_at = now() WHERE id = $1";

    /** Notes that a lost worker holds no jobs any more. */
    public void rescued(String id) {
        database.run(RESCUED, Tuple.of(id));
    }

    private static final String ALL = """
            SELECT id, host, version, state, queues, concurrency, active::text AS active, processed, failed, retried, started_at,
                   last_heartbeat, memory_bytes, slots_min, slots_max, running, reserved, threads_stuck, tasks,
                   control_seq, met_seq, wanted_min, wanted_max, wanted_queues, shutdown_requested_at
            FROM worker
            WHERE $1::text IS NULL OR id = $1
            ORDER BY state, started_at DESC
            LIMIT 500
            """;

    /** Workers, the living first. */
    public List<Worker> all() {
        return database.list(ALL, Tuple.tuple().addString(null), WorkerStore::read);
    }

    /** The worker of this id. */
    public Optional<Worker> get(String id) {
        return database.first(ALL, Tuple.of(id), WorkerStore::read);
    }

    private static Worker read(Row row) {
        var state = WorkerState.valueOf(row.getString("state"));
        return new Worker(
                row.getString("id"),
                row.getString("host"),
                row.getString("version"),
                state,
                List.of(row.getArrayOfStrings("queues")),
                List.of(row.getArrayOfStrings("tasks")),
                new Pool(
                        row.getInteger("concurrency"),
                        new SlotRange(row.getInteger("slots_min"), row.getInteger("slots_max")),
                        row.getInteger("running"),
                        row.getInteger("reserved"),
                        row.getInteger("threads_stuck")),
                row.getString("active"),
                row.getLong("processed"),
                row.getLong("failed"),
                row.getLong("retried"),
                row.getOffsetDateTime("started_at").toInstant(),
                row.getOffsetDateTime("last_heartbeat").toInstant(),
                row.getLong("memory_bytes"),
                state.alive() ? FleetStore.unmetWish(row) : null);
    }

    private static String[] sorted(Collection<String> names) {
        return names.stream().sorted().toArray(String[]::new);
    }
}
