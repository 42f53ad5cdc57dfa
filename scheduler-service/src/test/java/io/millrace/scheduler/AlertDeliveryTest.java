package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.alert.Alert;
import io.millrace.alert.AlertFilter;
import io.millrace.alert.AlertMessage;
import io.millrace.alert.AlertMessage.Detail;
import io.millrace.alert.Severity;
import io.millrace.scheduler.alert.AlertSettings;
import io.millrace.store.AlertOutbox;
import io.millrace.store.AlertStore;
import io.millrace.store.Database;
import io.millrace.testing.RealDatabase;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What has been told and where it arrives, against a real PostgreSQL and a server that does as the test says. */
@Tag("real")
@Timeout(120)
class AlertDeliveryTest {

    private static final String SECRET = "XyZZy";

    private final Database database = RealDatabase.empty();
    private final AlertStore alerts = new AlertStore(database);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final Logger root = Logger.getLogger("");

    AlertDeliveryTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    private final Handler log = new Handler() {
        private final PatternFormatter words = new PatternFormatter("%p %s%e");

        @Override
        public void publish(LogRecord line) {
            logged.add(words.format(line));
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    @BeforeEach
    void begin() {
        log.setLevel(Level.ALL);
        root.addHandler(log);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void end() {
        root.removeHandler(log);
        server.stop(0);
        threads.shutdownNow();
    }

    private interface Answer {
        int to(int request) throws IOException;
    }

    /** @param answer the status for each request, the first is 1 */
    private void answering(Answer answer) {
        server.createContext("/", exchange -> {
            received.add(body(exchange));
            exchange.sendResponseHeaders(answer.to(received.size()), -1);
            exchange.close();
        });
    }

    private static String body(HttpExchange exchange) throws IOException {
        var body = new JsonObject(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        return body.containsKey("text")
                ? body.getString("text").lines().findFirst().orElse("")
                : body.getString("event") + " " + body.getString("message");
    }

    private AlertDelivery scheduler(String... more) {
        var settings = new HashMap<>(Map.of(
                "channels.ops.type", "webhook",
                "channels.ops.url", address(server.getAddress().getPort()),
                "channels.ops.authorization", "Bearer " + SECRET,
                "delivery.retry-delay", "1ms",
                "delivery.retry-cap", "1ms",
                "delivery.request-timeout", "5s"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        var config = AlertSettings.config(settings);
        return new AlertDelivery(new AlertOutbox(database), AlertSettings.channels(config), config, metrics);
    }

    private static String address(int port) {
        return "http://localhost:" + port + "/services/" + SECRET;
    }

    private void tell(Severity severity, String words) {
        alerts.tell(AlertMessage.happened(
                "test", "kind", severity, words, "Title", words, List.of(new Detail("n", "N", 1)), Instant.now()));
    }

    /** Until nothing is waiting any more. */
    private void run(AlertDelivery scheduler) {
        while (waiting() > 0) {
            var _ = scheduler.runOnce();
        }
    }

    private long waiting() {
        return database.first(
                        "SELECT (SELECT count(*) FROM alert WHERE spread_at IS NULL) + (SELECT count(*) FROM alert_delivery WHERE due_at IS NOT NULL)",
                        Tuple.tuple(),
                        row -> row.getLong(0))
                .orElseThrow();
    }

    private Alert.Delivered delivery(String channel) {
        return alerts.list(AlertFilter.ALL, null, 1).getFirst().deliveries().stream()
                .filter(each -> each.channel().equals(channel))
                .findFirst()
                .orElseThrow();
    }

    private double counted(String channel, String outcome) {
        return metrics.get("millrace.alert.deliveries")
                .tag("channel", channel)
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void a_message_arrives_although_the_other_side_fails_at_first() {
        answering(request -> request < 3 ? 500 : 200);
        tell(Severity.INFO, "hello");

        run(scheduler());

        assertThat(received).containsExactly("happened hello", "happened hello", "happened hello");
        assertThat(delivery("ops"))
                .matches(each -> each.attempts() == 3 && each.deliveredAt() != null && each.error() == null);
        assertThat(counted("ops", "failed")).isEqualTo(2);
        assertThat(counted("ops", "delivered")).isEqualTo(1);
    }

    @Test
    void a_message_that_nobody_takes_is_given_up_and_somebody_is_told_to_act() {
        answering(_ -> 404);
        tell(Severity.INFO, "hello");

        run(scheduler("delivery.attempts", "3"));

        assertThat(received).hasSize(3);
        assertThat(delivery("ops")).matches(each -> each.givenUpAt() != null);
        assertThat(delivery("ops").error()).isEqualTo("answered with HTTP status 404");
        assertThat(logged)
                .anyMatch(
                        line -> line.startsWith("ERROR") && line.contains("given up") && line.contains("channel=ops"));
        assertThat(counted("ops", "given_up")).isEqualTo(1);
    }

    @Test
    void of_two_schedulers_each_message_is_delivered_by_one() throws Exception {
        answering(_ -> 200);
        for (int i = 0; i < 50; i++) {
            tell(Severity.INFO, "m" + i);
        }

        List<Future<?>> both = new ArrayList<>();
        for (AlertDelivery scheduler : List.of(scheduler(), scheduler())) {
            both.add(threads.submit(() -> run(scheduler)));
        }
        for (Future<?> each : both) {
            each.get();
        }

        assertThat(received).hasSize(50).doesNotHaveDuplicates();
    }

    @Test
    void what_a_scheduler_leaves_behind_when_it_dies_the_next_one_delivers() {
        answering(_ -> 200);
        tell(Severity.INFO, "hello");
        var dead = new AlertOutbox(database);
        dead.spread(Map.of("ops", Severity.INFO), 10);
        assertThat(dead.take(List.of("ops"), Duration.ofMillis(1), 10)).hasSize(1);

        run(scheduler());

        assertThat(received).containsExactly("happened hello");
        assertThat(delivery("ops").attempts()).isEqualTo(2);
    }

    @Test
    void who_never_answers_is_given_up_in_time_and_holds_up_no_other() throws Exception {
        var arrived = new CountDownLatch(1);
        answering(_ -> {
            arrived.countDown();
            return 200;
        });
        tell(Severity.CRITICAL, "hello");
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var scheduler = scheduler(
                    "channels.dead.type", "slack",
                    "channels.dead.url", address(silent.getLocalPort()),
                    "delivery.attempts", "2");

            run(scheduler);
        }

        assertThat(arrived.getCount()).isZero();
        assertThat(delivery("ops").deliveredAt()).isNotNull();
        assertThat(delivery("dead"))
                .matches(each -> each.attempts() == 2 && each.givenUpAt() != null)
                .matches(each -> "no answer within PT5S".equals(each.error()));
    }

    @Test
    void a_channel_hears_only_what_is_severe_enough_for_it() {
        answering(_ -> 200);
        tell(Severity.WARNING, "not this");
        tell(Severity.CRITICAL, "this");

        run(scheduler("channels.ops.min-severity", "critical", "channels.ops.type", "slack"));

        assertThat(received).containsExactly("🚨 *CRITICAL*");
    }

    @Test
    void the_log_has_a_line_with_everything_in_it() {
        answering(_ -> 200);
        tell(Severity.CRITICAL, "hello");

        run(scheduler("channels.log.type", "log"));

        assertThat(logged)
                .filteredOn(line -> line.contains("Title: hello"))
                .singleElement()
                .asString()
                .startsWith("ERROR")
                .contains("event=happened severity=CRITICAL source=test kind=kind subject=hello")
                .endsWith(" n=1");
    }

    @Test
    void no_address_is_ever_shown() throws Exception {
        answering(_ -> 500);
        tell(Severity.CRITICAL, "hello");
        int nobody;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }

        run(scheduler(
                "delivery.attempts", "2",
                "channels.away.type", "slack",
                "channels.away.url", address(nobody)));

        assertThat(logged).isNotEmpty().noneMatch(line -> line.contains(SECRET));
        assertThat(database.list("SELECT d::text FROM alert_delivery d", Tuple.tuple(), row -> row.getString(0)))
                .hasSize(2)
                .noneMatch(row -> row.contains(SECRET) || row.contains("localhost"));
    }

    @Test
    void while_there_is_nothing_to_deliver_one_question_is_asked_and_then_it_rests() {
        var done = scheduler().runOnce();

        assertThat(done.count()).isZero();
        assertThat(done.next()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void it_rests_no_longer_than_until_the_next_attempt() {
        answering(_ -> 500);
        tell(Severity.INFO, "hello");
        var scheduler = scheduler("delivery.retry-delay", "10s", "delivery.retry-cap", "10s");

        while (received.isEmpty()) {
            assertThat(scheduler.runOnce().next()).isZero();
        }

        assertThat(scheduler.runOnce().next()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
    }
}
