package io.millrace.store;

import io.millrace.alert.AlertMessage;
import io.millrace.alert.Severity;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What has been told and not delivered yet. Any number of schedulers work on it side by side; what one of them has taken
 * and not settled, because it died, another takes when the lease of the taking is over. So a message arrives at least
 * once, and after a crash perhaps twice.
 */
@Singleton
public class AlertOutbox {

    private final Database database;

    public AlertOutbox(Database database) {
        this.database = database;
    }

    private static final String UNTIL_NEXT = """
            SELECT CASE WHEN EXISTS (SELECT 1 FROM alert WHERE spread_at IS NULL) THEN 0
                   ELSE (SELECT extract(epoch FROM min(due_at) - now()) FROM alert_delivery WHERE due_at IS NOT NULL)
                   END::float8 AS seconds
            """;

    /** How long until there may be something to do, zero for now; empty where nothing is on its way. */
    public Optional<Duration> untilNext() {
        return database.first(UNTIL_NEXT, Tuple.tuple(), row -> Optional.ofNullable(row.getDouble("seconds")))
                .flatMap(seconds -> seconds)
                .map(seconds -> Duration.ofMillis((long) Math.ceil(Math.max(seconds, 0.0) * 1000)));
    }

    private static final String SPREAD = """
            WITH taken AS (
              UPDATE alert SET spread_at = now()
              WHERE id = ANY (ARRAY(SELECT id FROM alert WHERE spread_at IS NULL ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED))
              RETURNING id, severity, source || '/' || kind || '/' || subject AS thread
            ), addressed AS (
              INSERT INTO alert_delivery (alert_id, channel, thread, due_at)
              SELECT t.id, c.name, t.thread, now()
              FROM taken t JOIN unnest($1::text[], $2::text[]) AS c(name, least) ON t.severity >= c.least::alert_severity
              ORDER BY t.id
            )
            SELECT count(*) AS taken FROM taken
            """;

    /**
     * Addresses what was told to every channel that wants it.
     *
     * @param leastByChannel the channels there are, each with the least severity it wants
     * @return how many messages were looked at
     */
    public long spread(Map<String, Severity> leastByChannel, int limit) {
        String[] names = leastByChannel.keySet().toArray(String[]::new);
        String[] least = leastByChannel.values().stream().map(Severity::name).toArray(String[]::new);
        return database.first(
                        SPREAD,
                        Tuple.tuple()
                                .addArrayOfString(names)
                                .addArrayOfString(least)
                                .addInteger(limit),
                        row -> row.getLong("taken"))
                .orElse(0L);
    }

    /**
     * One message on its way to one channel.
     *
     * @param attempt which attempt this is, the first is 1; who has taken it later has a higher one
     */
    public record Delivery(long id, String channel, int attempt, UUID alertId, AlertMessage message) {}

    // Behind an earlier one of its thread a message waits, however long that takes: in the end it arrives, or is given
    // up.
    private static final String TAKE = """
            WITH taken AS (
              UPDATE alert_delivery SET attempts = attempts + 1, due_at = now() + $2::float8 * interval '1 second'
              WHERE id = ANY (ARRAY(
                SELECT d.id FROM alert_delivery d
                WHERE d.due_at <= now() AND d.channel = ANY ($1)
                  AND NOT EXISTS (SELECT 1 FROM alert_delivery e
                                  WHERE e.channel = d.channel AND e.thread = d.thread AND e.alert_id < d.alert_id AND e.due_at IS NOT NULL)
                ORDER BY d.due_at LIMIT $3 FOR UPDATE SKIP LOCKED
              ))
              RETURNING id AS delivery_id, alert_id, channel, attempts
            )
            SELECT t.delivery_id, t.channel, t.attempts,
                   a.id, a.source, a.kind, a.event, a.severity::text AS severity, a.subject, a.title, a.message, a.details::text AS details, a.key, a.at
            FROM taken t JOIN alert a ON a.id = t.alert_id
            ORDER BY a.id
            """;

    /**
     * Takes what is due; nobody else takes it before the lease is over.
     *
     * @param channels those that the caller can deliver to
     */
    public List<Delivery> take(Collection<String> channels, Duration lease, int limit) {
        return database.list(
                TAKE,
                Tuple.tuple()
                        .addArrayOfString(channels.toArray(String[]::new))
                        .addDouble(lease.toMillis() / 1000.0)
                        .addInteger(limit),
                row -> new Delivery(
                        row.getLong("delivery_id"),
                        row.getString("channel"),
                        row.getInteger("attempts"),
                        row.getUUID("id"),
                        AlertStore.readMessage(row)));
    }

    private static final String DELIVERED = """
            UPDATE alert_delivery SET due_at = NULL, delivered_at = now(), last_error = NULL
            WHERE id = $1 AND due_at IS NOT NULL
            """;

    /** It has arrived, whichever attempt that was. */
    public void delivered(Delivery delivery) {
        database.run(DELIVERED, Tuple.of(delivery.id()));
    }

    private static final String FAILED = """
            UPDATE alert_delivery
            SET due_at = now() + $3::float8 * interval '1 second', given_up_at = CASE WHEN $3::float8 IS NULL THEN now() END, last_error = $4
            WHERE id = $1 AND attempts = $2 AND due_at IS NOT NULL
            """;

    /**
     * It has not arrived.
     *
     * @param again how long until the next attempt; null if there shall be none
     * @param error why, in words that say nothing of where it went
     */
    public void failed(Delivery delivery, @Nullable Duration again, String error) {
        database.run(
                FAILED,
                Tuple.tuple()
                        .addLong(delivery.id())
                        .addInteger(delivery.attempt())
                        .addDouble(again == null ? null : again.toMillis() / 1000.0)
                        .addString(error));
    }

    // What was told last of something that is still wrong stays. Deliveries go with their message.
    private static final String FORGET = """
            DELETE FROM alert
            WHERE id = ANY (ARRAY(
              SELECT id FROM alert a WHERE at < now() - $1::float8 * interval '1 second'
                AND NOT EXISTS (SELECT 1 FROM queue_alert q WHERE q.alert_id = a.id)
              ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
            ))
            """;

    /** Forgets what was told so long ago, the oldest first, a bounded number. @return how many */
    public int forget(Duration age, int limit) {
        return database.run(FORGET, Tuple.of(age.toMillis() / 1000.0, limit)).rowCount();
    }
}
