package io.millrace.store;

import io.millrace.fleet.SlotRange;
import io.millrace.fleet.Wish;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What people ask of a worker, and what it answers. Both are columns of the worker's row, so that a wish outlives
 * everything but the worker itself ({@code docs/decisions/0010-workers-are-controlled-through-rows.md}).
 */
@Singleton
public class FleetStore {

    private final Database database;

    public FleetStore(Database database) {
        this.database = database;
    }

    private static final String WISH = """
            UPDATE worker
            SET control_seq = control_seq + 1, wanted_min = coalesce($2, wanted_min), wanted_max = coalesce($3, wanted_max),
                wanted_queues = coalesce($4, wanted_queues)
            WHERE id = $1 AND state = 'ACTIVE' AND shutdown_requested_at IS NULL
            """;

    /**
     * Wishes another pool or other queues of a worker. What is null stays as it is.
     *
     * @return false if there is no such worker or it is not receiving any more
     */
    public boolean wish(String id, @Nullable SlotRange slots, @Nullable List<String> queues) {
        return database.run(
                                WISH,
                                Tuple.tuple()
                                        .addString(id)
                                        .addInteger(slots == null ? null : slots.min())
                                        .addInteger(slots == null ? null : slots.max())
                                        .addArrayOfString(queues == null ? null : queues.toArray(String[]::new)))
                        .rowCount()
                == 1;
    }

    private static final String SHUT_DOWN = """
            UPDATE worker
            SET control_seq = control_seq + CASE WHEN shutdown_requested_at IS NULL THEN 1 ELSE 0 END,
                shutdown_requested_at = coalesce(shutdown_requested_at, now())
            WHERE id = $1 AND state IN ('ACTIVE', 'DRAINING')
            """;

    /** Wishes a worker to drain and to end. @return false if there is no such worker or it has gone already */
    public boolean shutDown(String id) {
        return database.run(SHUT_DOWN, Tuple.of(id)).rowCount() == 1;
    }

    /**
     * What a worker has not done yet.
     *
     * @param wish what is wanted and not in force, null if there is nothing
     * @param ping the number of a ping that waits for its answer, null if none does
     */
    public record Asked(@Nullable Wish wish, @Nullable Integer ping) {}

    private static final String ASKED = """
            SELECT control_seq, met_seq, wanted_min, wanted_max, wanted_queues, shutdown_requested_at, ping_seq, pong_seq
            FROM worker
            WHERE id = $1 AND (control_seq <> met_seq OR ping_seq <> pong_seq)
            """;

    /** What is asked of this worker; nearly always nothing, found by one look at its row. */
    public Optional<Asked> asked(String id) {
        return database.first(ASKED, Tuple.of(id), row -> {
            int ping = row.getInteger("ping_seq");
            return new Asked(unmetWish(row), ping == row.getInteger("pong_seq") ? null : ping);
        });
    }

    static @Nullable Wish unmetWish(Row row) {
        int seq = row.getInteger("control_seq");
        if (seq == row.getInteger("met_seq")) {
            return null;
        }
        Integer min = row.getInteger("wanted_min");
        Integer max = row.getInteger("wanted_max");
        String[] queues = row.getArrayOfStrings("wanted_queues");
        return new Wish(
                seq,
                min == null || max == null ? null : new SlotRange(min, max),
                queues == null ? null : List.of(queues),
                row.getOffsetDateTime("shutdown_requested_at") != null);
    }

    private static final String MET = "UPDATE worker SET met_seq = $2 WHERE id = $1 AND control_seq >= $2";

    /** What was asked up to this wish is in force. */
    public void met(String id, int seq) {
        database.run(MET, Tuple.of(id, seq));
    }

    /**
     * A worker that was asked for a sign.
     *
     * @param askedAt by PostgreSQL's clock
     */
    public record Pinged(String id, OffsetDateTime askedAt) {}

    private static final String PING = """
            UPDATE worker SET ping_seq = ping_seq + 1
            WHERE state IN ('ACTIVE', 'DRAINING')
            RETURNING id, now() AS asked_at
            """;

    /** Asks every worker that should be there for a sign. @return whom */
    public List<Pinged> ping() {
        return database.list(
                PING, Tuple.tuple(), row -> new Pinged(row.getString("id"), row.getOffsetDateTime("asked_at")));
    }

    private static final String PONG = "UPDATE worker SET pong_seq = $2, ponged_at = now() WHERE id = $1";

    /** Answers a ping. */
    public void pong(String id, int ping) {
        database.run(PONG, Tuple.of(id, ping));
    }

    /** A worker that has answered, and how long it took. */
    public record Pong(String id, Duration took) {}

    private static final String PONGS = """
            SELECT id, extract(epoch FROM ponged_at - $2::timestamptz)::float8 AS took
            FROM worker
            WHERE id = ANY ($1) AND ponged_at >= $2::timestamptz
            """;

    /** Which of these workers have given a sign since they were asked. */
    public List<Pong> pongs(List<String> ids, OffsetDateTime askedAt) {
        return database.list(
                PONGS,
                Tuple.tuple().addArrayOfString(ids.toArray(String[]::new)).addOffsetDateTime(askedAt),
                row -> new Pong(row.getString("id"), Duration.ofMillis(Math.round(row.getDouble("took") * 1000))));
    }
}
