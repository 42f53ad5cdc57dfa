package io.millrace.store;

import io.millrace.alert.Alert;
import io.millrace.alert.AlertFilter;
import io.millrace.alert.AlertKind;
import io.millrace.alert.AlertMessage;
import io.millrace.alert.AlertMessage.Detail;
import io.millrace.alert.AlertState;
import io.millrace.alert.Severity;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Alerts: how those of queues stand, and what has been told. To tell something is to write a row; the schedulers see to
 * its delivery ({@link AlertOutbox}), so whoever tells needs to know no channel and waits for none.
 */
@Singleton
public class AlertStore {

    /** The notice that something has been told. */
    public static final String NOTICE = "millrace_alert";

    private final Database database;

    public AlertStore(Database database) {
        this.database = database;
    }

    // The notice is heard once this has been committed; equal ones of a transaction are heard once.
    private static final String TELL = """
            WITH told AS (
              INSERT INTO alert (source, kind, event, severity, subject, title, message, details, key, at)
              SELECT source, kind, event, severity::alert_severity, subject, title, message, details::jsonb, key, at
              FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
                AS u(source, kind, event, severity, subject, title, message, details, key, at)
              ON CONFLICT (key) DO NOTHING
              RETURNING id
            )
            SELECT id, pg_notify('millrace_alert', '') FROM told
            """;

    /** Has messages told. One with a key that has been told before is not told again. @return how many are told */
    public int tell(AlertMessage... messages) {
        return tell(database, List.of(messages));
    }

    /** The same as a part of something larger: told if and only if that is committed. */
    public int tell(Sql sql, List<AlertMessage> messages) {
        if (messages.isEmpty()) {
            return 0;
        }
        return sql.run(
                        TELL,
                        Tuple.tuple()
                                .addArrayOfString(strings(messages, AlertMessage::source))
                                .addArrayOfString(strings(messages, AlertMessage::kind))
                                .addArrayOfString(
                                        strings(messages, m -> m.event().name()))
                                .addArrayOfString(
                                        strings(messages, m -> m.severity().name()))
                                .addArrayOfString(strings(messages, AlertMessage::subject))
                                .addArrayOfString(strings(messages, AlertMessage::title))
                                .addArrayOfString(strings(messages, AlertMessage::message))
                                .addArrayOfString(strings(messages, m -> encode(m.details())))
                                .addArrayOfString(strings(messages, AlertMessage::key))
                                .addArrayOfOffsetDateTime(
                                        messages.stream().map(m -> utc(m.at())).toArray(OffsetDateTime[]::new)))
                .rowCount();
    }

    /**
     * How one kind of alert of one queue stands.
     *
     * @param version of its row; 0 where there is none
     */
    public record Standing(String queue, AlertKind kind, int version, AlertState state) {
        /** Of a queue with which nothing was ever wrong. */
        public static Standing calm(String queue, AlertKind kind) {
            return new Standing(queue, kind, 0, AlertState.CALM);
        }
    }

    private static final String STANDING = """
            SELECT queue, kind, version, level::text AS level, peak::text AS peak,
                   info_turning_at, warning_turning_at, critical_turning_at
            FROM queue_alert
            """;

    /** Everything that is, or was, wrong with a queue. */
    public List<Standing> standing() {
        return database.list(STANDING, Tuple.tuple(), AlertStore::readStanding);
    }

    private static Standing readStanding(Row row) {
        var turning = new EnumMap<Severity, Instant>(Severity.class);
        for (Severity severity : Severity.values()) {
            OffsetDateTime since = row.getOffsetDateTime(turningColumn(severity));
            if (since != null) {
                turning.put(severity, since.toInstant());
            }
        }
        return new Standing(
                row.getString("queue"),
                AlertKind.ofWireName(row.getString("kind")),
                row.getInteger("version"),
                new AlertState(severity(row.getString("level")), severity(row.getString("peak")), turning));
    }

    private static String turningColumn(Severity severity) {
        return switch (severity) {
            case INFO -> "info_turning_at";
            case WARNING -> "warning_turning_at";
            case CRITICAL -> "critical_turning_at";
        };
    }

    // One statement, so that what has changed and what is told of it are committed together or not at all. The row is
    // written only for the version that was read: of all schedulers that have seen the change, one makes it.
    private static final String CHANGE = """
            WITH news AS MATERIALIZED (
              SELECT CASE WHEN $9::text IS NOT NULL THEN new_job_id() END AS id
            ), changed AS (
              INSERT INTO queue_alert AS a (queue, kind, level, peak, info_turning_at, warning_turning_at, critical_turning_at, alert_id)
              SELECT $1, $2, $4::text::alert_severity, $5::text::alert_severity, $6, $7, $8, CASE WHEN $4::text IS NOT NULL THEN news.id END FROM news
              ON CONFLICT (queue, kind) DO UPDATE
              SET version = a.version + 1, level = excluded.level, peak = excluded.peak, info_turning_at = excluded.info_turning_at,
                  warning_turning_at = excluded.warning_turning_at, critical_turning_at = excluded.critical_turning_at,
                  alert_id = CASE WHEN excluded.level IS NOT NULL THEN coalesce(excluded.alert_id, a.alert_id) END
              WHERE a.version = $3
              RETURNING queue
            ), told AS (
              INSERT INTO alert (id, source, kind, event, severity, subject, title, message, details, at)
              SELECT news.id, $9, $2, $10, $11::text::alert_severity, $1, $12, $13, $14::text::jsonb, $15 FROM news, changed
              WHERE news.id IS NOT NULL
              RETURNING id
            )
            SELECT changed.queue, CASE WHEN told.id IS NOT NULL THEN pg_notify('millrace_alert', '')::text END FROM changed LEFT JOIN told ON true
            """;

    /**
     * Writes how an alert stands now, and has it told if there is something to tell.
     *
     * @param before as it was read
     * @return false if it has changed since: then nothing is written, and nothing told
     */
    public boolean change(Standing before, AlertState after, @Nullable AlertMessage told) {
        var parameters = Tuple.tuple()
                .addString(before.queue())
                .addString(before.kind().wireName())
                .addInteger(before.version())
                .addString(name(after.level()))
                .addString(name(after.peak()));
        for (Severity severity : Severity.values()) {
            Instant since = after.turning().get(severity);
            parameters.addOffsetDateTime(since == null ? null : utc(since));
        }
        parameters
                .addString(told == null ? null : told.source())
                .addString(told == null ? null : told.event().name())
                .addString(told == null ? null : told.severity().name())
                .addString(told == null ? null : told.title())
                .addString(told == null ? null : told.message())
                .addString(told == null ? null : encode(told.details()))
                .addOffsetDateTime(told == null ? null : utc(told.at()));
        return database.run(CHANGE, parameters).rowCount() == 1;
    }

    private static final String MESSAGE = """
            a.id, a.source, a.kind, a.event, a.severity::text AS severity, a.subject, a.title, a.message, a.details::text AS details, a.key, a.at
            """;

    // Every condition is always there and switched off by a null, as in the listing of jobs.
    private static final String LIST = "SELECT " + MESSAGE + """
            , q.level::text AS level,
              (SELECT jsonb_agg(jsonb_build_array(d.channel, d.attempts, d.delivered_at, d.given_up_at, d.last_error) ORDER BY d.channel)::text
               FROM alert_delivery d WHERE d.alert_id = a.id) AS deliveries
            FROM alert a LEFT JOIN queue_alert q ON q.alert_id = a.id
            WHERE ($1::bool IS NULL OR $1 = (q.level IS NOT NULL))
              AND ($2::text[] IS NULL OR a.severity::text = ANY ($2))
              AND ($3::text[] IS NULL OR (a.source = 'queue' AND a.subject = ANY ($3)))
              AND ($4::text[] IS NULL OR a.source = ANY ($4))
              AND ($5::uuid IS NULL OR a.id < $5)
            ORDER BY a.id DESC LIMIT $6
            """;

    /**
     * A page of what was told, the newest first.
     *
     * @param after the last id of the page before, null for the first page
     */
    public List<Alert> list(AlertFilter filter, @Nullable UUID after, int limit) {
        return database.list(
                LIST,
                Tuple.tuple()
                        .addBoolean(filter.active())
                        .addArrayOfString(orNull(
                                filter.severities().stream().map(Severity::name).toList()))
                        .addArrayOfString(orNull(filter.queues()))
                        .addArrayOfString(orNull(filter.sources()))
                        .addUUID(after)
                        .addInteger(limit),
                AlertStore::readAlert);
    }

    private static Alert readAlert(Row row) {
        String deliveries = row.getString("deliveries");
        return new Alert(
                row.getUUID("id"),
                readMessage(row),
                severity(row.getString("level")),
                deliveries == null
                        ? List.of()
                        : new JsonArray(deliveries)
                                .stream()
                                        .map(JsonArray.class::cast)
                                        .map(each -> new Alert.Delivered(
                                                each.getString(0),
                                                each.getInteger(1),
                                                time(each.getString(2)),
                                                time(each.getString(3)),
                                                each.getString(4)))
                                        .toList());
    }

    /** What {@link #MESSAGE} names. */
    static AlertMessage readMessage(Row row) {
        return new AlertMessage(
                row.getString("source"),
                row.getString("kind"),
                AlertMessage.Event.valueOf(row.getString("event")),
                Severity.valueOf(row.getString("severity")),
                row.getString("subject"),
                row.getString("title"),
                row.getString("message"),
                decode(row.getString("details")),
                row.getString("key"),
                row.getOffsetDateTime("at").toInstant());
    }

    private static String encode(List<Detail> details) {
        var array = new JsonArray();
        details.forEach(
                each -> array.add(JsonObject.of("name", each.name(), "label", each.label(), "value", each.value())));
        return array.encode();
    }

    private static List<Detail> decode(String details) {
        return new JsonArray(details)
                .stream()
                        .map(JsonObject.class::cast)
                        .map(each ->
                                new Detail(each.getString("name"), each.getString("label"), each.getValue("value")))
                        .toList();
    }

    private static String @Nullable [] orNull(Collection<String> values) {
        return values.isEmpty() ? null : values.toArray(String[]::new);
    }

    private static @Nullable String name(@Nullable Severity severity) {
        return severity == null ? null : severity.name();
    }

    private static @Nullable Severity severity(@Nullable String name) {
        return name == null ? null : Severity.valueOf(name);
    }

    private static String[] strings(List<AlertMessage> messages, Function<AlertMessage, @Nullable String> read) {
        return messages.stream().map(read).toArray(String[]::new);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant time(@Nullable String text) {
        return text == null ? null : OffsetDateTime.parse(text).toInstant();
    }
}
