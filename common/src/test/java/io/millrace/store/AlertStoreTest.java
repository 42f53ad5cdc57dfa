package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.alert.Alert;
import io.millrace.alert.AlertFilter;
import io.millrace.alert.AlertKind;
import io.millrace.alert.AlertMessage;
import io.millrace.alert.AlertMessage.Detail;
import io.millrace.alert.AlertMessage.Event;
import io.millrace.alert.AlertState;
import io.millrace.alert.Severity;
import io.millrace.queue.QueueStatus;
import io.millrace.store.AlertOutbox.Delivery;
import io.millrace.store.AlertStore.Standing;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class AlertStoreTest {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Map<String, Severity> CHANNELS = Map.of("log", Severity.INFO, "ops", Severity.CRITICAL);

    private final Database database = RealDatabase.empty();
    private final AlertStore store = new AlertStore(database);
    private final AlertOutbox outbox = new AlertOutbox(database);
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    private AlertMessage message(Event event, Severity severity, String subject) {
        return new AlertMessage(
                AlertMessage.QUEUE,
                "backlog",
                event,
                severity,
                subject,
                "A title",
                "A sentence with 'quotes', ü and \\",
                List.of(new Detail("pending", "Messages", 7), new Detail("queue", "Queue", subject)),
                null,
                now);
    }

    private AlertMessage raised(Severity severity) {
        return message(Event.RAISED, severity, "celery");
    }

    private static AlertState level(Severity severity) {
        return new AlertState(severity, severity, Map.of());
    }

    private Standing standing() {
        return store.standing().stream().findFirst().orElseGet(() -> Standing.calm("celery", AlertKind.BACKLOG));
    }

    private List<Alert> told() {
        return store.list(AlertFilter.ALL, null, 500);
    }

    private List<Delivery> take() {
        return outbox.take(CHANNELS.keySet(), LEASE, 100);
    }

    /** So that what is due later is due now. */
    private void time_passes() {
        database.run("UPDATE alert_delivery SET due_at = now() WHERE due_at IS NOT NULL", Tuple.tuple());
    }

    // -- how alerts stand

    @Test
    void a_state_is_read_as_it_was_written() {
        var state = new AlertState(
                Severity.INFO, Severity.WARNING, Map.of(Severity.INFO, now, Severity.CRITICAL, now.plusSeconds(1)));
        store.change(standing(), level(Severity.WARNING), raised(Severity.WARNING));

        assertThat(store.change(standing(), state, null)).isTrue();

        assertThat(store.standing()).containsExactly(new Standing("celery", AlertKind.BACKLOG, 2, state));
    }

    @Test
    void of_twenty_that_see_a_change_one_makes_it_and_it_is_told_once() throws Exception {
        for (AlertState next : List.of(level(Severity.INFO), level(Severity.CRITICAL), AlertState.CALM)) {
            Standing seen = standing();
            List<Future<Boolean>> all = new ArrayList<>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Callable<Boolean> change = () -> new AlertStore(database).change(seen, next, raised(Severity.INFO));
                IntStream.range(0, 20).forEach(_ -> all.add(threads.submit(change)));
            }

            int made = 0;
            for (Future<Boolean> each : all) {
                made += each.get() ? 1 : 0;
            }
            assertThat(made).isEqualTo(1);
        }
        assertThat(told()).hasSize(3);
    }

    @Test
    void what_was_told_last_is_active_until_it_is_cleared_and_shows_how_bad_it_is_now() {
        store.change(standing(), level(Severity.INFO), raised(Severity.INFO));
        store.change(standing(), level(Severity.CRITICAL), raised(Severity.CRITICAL));
        store.change(standing(), new AlertState(Severity.WARNING, Severity.CRITICAL, Map.of()), null);

        assertThat(told()).extracting(Alert::active).containsExactly(true, false);
        assertThat(told().getFirst().level()).isEqualTo(Severity.WARNING);
        assertThat(told().getFirst().message().severity()).isEqualTo(Severity.CRITICAL);

        store.change(standing(), AlertState.CALM, message(Event.CLEARED, Severity.CRITICAL, "celery"));

        assertThat(told()).extracting(Alert::active).containsExactly(false, false, false);
    }

    @Test
    void a_queue_is_as_badly_off_as_the_worst_of_its_alerts() {
        var queues = new QueueStore(database);
        queues.declare(Map.of("celery", 5, "jobs", 5));
        store.change(standing(), level(Severity.CRITICAL), raised(Severity.CRITICAL));
        store.change(
                Standing.calm("celery", AlertKind.NO_WORKER),
                level(Severity.INFO),
                message(Event.RAISED, Severity.INFO, "celery"));

        assertThat(queues.status()).extracting(QueueStatus::alertLevel).containsExactly(Severity.CRITICAL, null);
    }

    // -- telling

    @Test
    void what_is_told_is_listed_as_it_was_told() {
        store.tell(raised(Severity.WARNING));

        assertThat(told()).singleElement().satisfies(alert -> {
            assertThat(alert.message()).isEqualTo(raised(Severity.WARNING));
            assertThat(alert.active()).isFalse();
            assertThat(alert.deliveries()).isEmpty();
        });
    }

    @Test
    void a_message_with_a_key_is_told_once() {
        var once = raised(Severity.INFO).once("execution 7");

        assertThat(store.tell(once, once)).isEqualTo(1);
        assertThat(store.tell(once)).isZero();
        assertThat(store.tell(raised(Severity.INFO), raised(Severity.INFO))).isEqualTo(2);

        assertThat(told()).hasSize(3);
    }

    @Test
    void what_is_told_in_a_transaction_that_is_rolled_back_was_never_told() {
        assertThatThrownBy(() -> database.inTransaction(sql -> {
                    store.tell(sql, List.of(raised(Severity.INFO)));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(told()).isEmpty();
        assertThat(outbox.untilNext()).isEmpty();
    }

    @Test
    void listings_are_filtered_and_paged() {
        store.change(standing(), level(Severity.INFO), raised(Severity.INFO));
        for (int i = 0; i < 4; i++) {
            store.tell(message(Event.HAPPENED, Severity.WARNING, "q" + i));
        }
        store.tell(AlertMessage.happened("pipeline", "anomaly", Severity.CRITICAL, "p", "t", "m", List.of(), now));

        assertThat(store.list(new AlertFilter(true, List.of(), List.of(), List.of()), null, 10))
                .hasSize(1);
        assertThat(store.list(new AlertFilter(false, List.of(), List.of(), List.of()), null, 10))
                .hasSize(5);
        assertThat(store.list(
                        new AlertFilter(null, List.of(Severity.INFO, Severity.CRITICAL), List.of(), List.of()),
                        null,
                        10))
                .hasSize(2);
        assertThat(store.list(new AlertFilter(null, List.of(), List.of("q1", "q2"), List.of()), null, 10))
                .hasSize(2);
        assertThat(store.list(new AlertFilter(null, List.of(), List.of(), List.of("pipeline")), null, 10))
                .hasSize(1);
        var ids = new ArrayList<UUID>();
        List<Alert> page;
        do {
            page = store.list(AlertFilter.ALL, ids.isEmpty() ? null : ids.getLast(), 4);
            page.forEach(alert -> ids.add(alert.id()));
        } while (page.size() == 4);
        assertThat(ids).hasSize(6).doesNotHaveDuplicates();
    }

    // -- the outbox

    @Test
    void a_message_goes_to_every_channel_that_wants_its_severity() {
        store.tell(raised(Severity.WARNING), message(Event.RAISED, Severity.CRITICAL, "jobs"));

        assertThat(outbox.untilNext()).contains(Duration.ZERO);
        assertThat(outbox.spread(CHANNELS, 10)).isEqualTo(2);
        assertThat(outbox.spread(CHANNELS, 10)).isZero();

        assertThat(take())
                .extracting(each -> each.channel() + " " + each.message().severity())
                .containsExactlyInAnyOrder("log WARNING", "log CRITICAL", "ops CRITICAL");
    }

    @Test
    void of_twenty_that_deliver_one_takes_each_message() throws Exception {
        for (int i = 0; i < 30; i++) {
            store.tell(message(Event.HAPPENED, Severity.INFO, "q" + i));
        }

        List<Future<List<Delivery>>> all = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<List<Delivery>> scheduler = () -> {
                var own = new AlertOutbox(database);
                own.spread(CHANNELS, 3);
                return own.take(CHANNELS.keySet(), LEASE, 3);
            };
            IntStream.range(0, 20).forEach(_ -> all.add(threads.submit(scheduler)));
        }

        var taken = new ArrayList<UUID>();
        for (Future<List<Delivery>> each : all) {
            each.get().forEach(delivery -> taken.add(delivery.alertId()));
        }
        outbox.spread(CHANNELS, 100);
        take().forEach(delivery -> taken.add(delivery.alertId()));
        assertThat(taken).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void what_was_taken_and_not_settled_is_taken_again_after_its_lease() {
        store.tell(raised(Severity.INFO));
        outbox.spread(CHANNELS, 10);
        Delivery first = take().getFirst();
        assertThat(take()).isEmpty();

        time_passes();

        Delivery second = take().getFirst();
        assertThat(second.attempt()).isEqualTo(2);
        // Who has lost it says nothing about it any more.
        outbox.failed(first, null, "too late");
        assertThat(told().getFirst().deliveries()).singleElement().matches(each -> each.givenUpAt() == null);
    }

    @Test
    void what_has_failed_is_tried_again_later_and_what_has_arrived_is_not() {
        store.tell(raised(Severity.INFO));
        outbox.spread(CHANNELS, 10);

        outbox.failed(take().getFirst(), Duration.ofSeconds(10), "answered with HTTP status 500");
        assertThat(take()).isEmpty();
        assertThat(outbox.untilNext().orElseThrow()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        assertThat(told().getFirst().deliveries())
                .containsExactly(new Alert.Delivered("log", 1, null, null, "answered with HTTP status 500"));

        time_passes();
        outbox.delivered(take().getFirst());
        time_passes();

        assertThat(take()).isEmpty();
        assertThat(told().getFirst().deliveries())
                .singleElement()
                .matches(each -> each.deliveredAt() != null && each.attempts() == 2 && each.error() == null);
    }

    @Test
    void what_is_given_up_is_not_tried_again() {
        store.tell(raised(Severity.INFO));
        outbox.spread(CHANNELS, 10);

        outbox.failed(take().getFirst(), null, "answered with HTTP status 404");

        time_passes();
        assertThat(take()).isEmpty();
        assertThat(told().getFirst().deliveries()).singleElement().matches(each -> each.givenUpAt() != null);
    }

    @Test
    void nobody_hears_of_an_end_before_the_beginning_and_others_do_not_wait() {
        store.tell(raised(Severity.INFO));
        store.tell(message(Event.CLEARED, Severity.INFO, "celery"));
        store.tell(message(Event.RAISED, Severity.INFO, "jobs"));
        outbox.spread(CHANNELS, 10);

        List<Delivery> first = take();
        assertThat(first)
                .extracting(
                        each -> each.message().event() + " " + each.message().subject())
                .containsExactly("RAISED celery", "RAISED jobs");

        outbox.failed(first.getFirst(), Duration.ofSeconds(10), "no");
        assertThat(take()).isEmpty();
        time_passes();
        outbox.delivered(take().getFirst());

        assertThat(take()).extracting(each -> each.message().event()).containsExactly(Event.CLEARED);
    }

    @Test
    void old_ones_are_forgotten_with_their_deliveries_and_what_is_still_so_is_kept() {
        store.change(standing(), level(Severity.INFO), raised(Severity.INFO));
        store.tell(message(Event.HAPPENED, Severity.INFO, "jobs"));
        outbox.spread(CHANNELS, 10);

        assertThat(outbox.forget(Duration.ofMinutes(1), 10)).isZero();
        assertThat(outbox.forget(Duration.ofMinutes(-1), 10)).isEqualTo(1);

        assertThat(told()).singleElement().matches(Alert::active);
        assertThat(database.first("SELECT count(*) FROM alert_delivery", Tuple.tuple(), row -> row.getLong(0)))
                .contains(1L);
    }

    // -- what is measured

    @Test
    void the_walk_tells_how_long_the_oldest_waiting_job_of_each_queue_has_waited() {
        var jobs = new JobStore(database);
        jobs.submit(List.of(
                aJob().onQueue("celery").submitted(),
                aJob().onQueue("celery").submitted(),
                aJob().onQueue("jobs").due(now.plusSeconds(60)).submitted()));
        database.run(
                "UPDATE job SET hinted_at = now() - interval '90 seconds' WHERE id = (SELECT id FROM job WHERE queue = 'celery' ORDER BY id DESC LIMIT 1)",
                Tuple.tuple());

        var step = new DueStore(database).walk(new UUID(0, 0), 100, Duration.ofHours(1), 10);

        assertThat(step.waiting()).containsOnlyKeys("celery");
        assertThat(step.waiting().get("celery")).isBetween(Duration.ofSeconds(90), Duration.ofSeconds(120));
    }

    @Test
    void what_ended_lately_is_counted_by_queue() {
        var counts = new CountStore(database);
        database.run("""
                INSERT INTO job_minute (minute, queue, task, state, count)
                VALUES (date_trunc('minute', now()), 'celery', 'a', 'SUCCESS', 5), (date_trunc('minute', now()), 'celery', 'b', 'FAILURE', 3),
                       (date_trunc('minute', now()), 'celery', 'b', 'REVOKED', 9), (date_trunc('minute', now()), 'jobs', 'b', 'SUCCESS', 1),
                       (date_trunc('minute', now()) - interval '10 minutes', 'celery', 'b', 'FAILURE', 100)
                """, Tuple.tuple());

        assertThat(counts.ended(Duration.ofMinutes(5)))
                .containsExactlyInAnyOrder(new CountStore.Ended("celery", 8, 3), new CountStore.Ended("jobs", 1, 0));
    }
}
