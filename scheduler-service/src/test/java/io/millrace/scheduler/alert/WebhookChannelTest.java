package io.millrace.scheduler.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.alert.AlertKind;
import io.millrace.alert.AlertMessage;
import io.millrace.alert.Escalation.Change;
import io.millrace.alert.QueueAlert;
import io.millrace.alert.QueueMeasures;
import io.millrace.alert.Severity;
import io.millrace.scheduler.alert.AlertChannel.Sent;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebhookChannelTest {

    private static final UUID ID = new UUID(1, 2);
    private static final String SECRET = "T0/B0/XyZZy";

    private final HttpClient client = WebhookChannel.client(Duration.ofSeconds(2));
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private HttpServer server = startServer();

    private static HttpServer startServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() {
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        client.shutdownNow();
    }

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private void answering(Answer answer) {
        server.createContext("/", exchange -> {
            received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer.to(exchange);
            exchange.close();
        });
    }

    private static Answer status(int code) {
        return exchange -> exchange.sendResponseHeaders(code, -1);
    }

    private static AlertMessage message() {
        return QueueAlert.message(
                AlertKind.BACKLOG,
                new Change.Raised(Severity.CRITICAL),
                new QueueMeasures("celery", false, 2367, 0, 2, Duration.ZERO, 0, 0),
                Instant.parse("2025-09-28T06:04:26Z"));
    }

    private Sent send(String address, @Nullable String authorization, Duration timeout) {
        var channel = new WebhookChannel(client, URI.create(address), authorization, WebhookBody::json, timeout);
        assertThat(channel.toString()).doesNotContain(SECRET);
        Sent sent = channel.send(ID, message());
        assertThat(sent.toString()).doesNotContain(SECRET).doesNotContain("localhost");
        return sent;
    }

    private Sent send() {
        return send(address(server.getAddress().getPort()), null, Duration.ofSeconds(10));
    }

    private static String address(int port) {
        return "http://localhost:" + port + "/services/" + SECRET + "?token=" + SECRET;
    }

    @Test
    void a_message_is_posted_as_json_and_any_answer_of_two_hundred_something_is_good() {
        answering(status(204));

        Sent sent = send(address(server.getAddress().getPort()), "Bearer abc", Duration.ofSeconds(10));

        assertThat(sent).isEqualTo(new Sent.Arrived());
        assertThat(received)
                .singleElement()
                .asString()
                .startsWith("POST /services/" + SECRET + "?token=" + SECRET
                        + " Bearer abc application/json; charset=utf-8 {");
    }

    @Test
    void what_is_not_good_is_a_failure_with_its_status() {
        answering(status(500));

        assertThat(send()).isEqualTo(new Sent.Failed("answered with HTTP status 500", null));
    }

    @Test
    void the_other_side_may_ask_to_wait() {
        answering(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "30");
            exchange.sendResponseHeaders(429, -1);
        });

        assertThat(send()).isEqualTo(new Sent.Failed("answered with HTTP status 429", Duration.ofSeconds(30)));
    }

    @Test
    void a_redirection_is_not_followed() {
        answering(exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(307, -1);
        });

        assertThat(send()).isEqualTo(new Sent.Failed("answered with HTTP status 307", null));
        assertThat(received).hasSize(1);
    }

    @Test
    void an_endless_answer_is_not_read() {
        answering(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                while (true) {
                    out.write(new byte[8192]);
                }
            }
        });

        assertThat(send()).isEqualTo(new Sent.Arrived());
    }

    @Test
    void who_takes_the_connection_and_never_answers_is_given_up_in_time() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Sent sent = send(address(silent.getLocalPort()), null, Duration.ofMillis(300));

            assertThat(sent).isEqualTo(new Sent.Failed("no answer within PT0.3S", null));
        }
    }

    @Test
    void where_nobody_listens_is_a_failure() throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(send(address(port), null, Duration.ofSeconds(10)))
                .isEqualTo(new Sent.Failed("no answer: ConnectException", null));
    }

    // -- bodies

    @Test
    void a_program_gets_every_field_of_the_example() {
        var body = new JsonObject(WebhookBody.json(ID, message()));

        assertThat(body.getMap())
                .containsEntry("alert_id", ID.toString())
                .containsEntry("event", "raised")
                .containsEntry("severity", "CRITICAL")
                .containsEntry("title", "Millrace Queue Alert")
                .containsEntry("timestamp", "2025-09-28T06:04:26Z")
                .containsEntry("message", "Queue has 2367 pending tasks")
                .containsEntry("source", "queue")
                .containsEntry("kind", "backlog")
                .containsEntry("subject", "celery");
        assertThat(body.getJsonObject("details").encode())
                .isEqualTo("{\"pending\":2367,\"scheduled\":0,\"workers_active\":2,\"queue\":\"celery\"}");
    }

    @Test
    void slack_shows_what_the_example_shows() {
        String text = new JsonObject(WebhookBody.slack(ID, message())).getString("text");

        assertThat(text).isEqualTo("""
                🚨 *CRITICAL*
                *Millrace Queue Alert*
                Timestamp: 2025-09-28 06:04:26 UTC
                Message: Queue has 2367 pending tasks

                Details:
                • Messages in queue: 2367
                • Scheduled tasks: 0
                • Workers active: 2
                • Queue: celery""");
    }

    @Test
    void nothing_in_a_message_is_a_link_or_a_mention_for_slack() {
        var message = AlertMessage.happened(
                "p", "k", Severity.INFO, "s", "<!channel>", "a & b <http://x|y>", List.of(), Instant.EPOCH);

        assertThat(new JsonObject(WebhookBody.slack(ID, message)).getString("text"))
                .contains("&lt;!channel&gt;")
                .contains("a &amp; b &lt;http://x|y&gt;");
    }

    @Test
    void an_end_looks_like_one() {
        var message = QueueAlert.message(
                AlertKind.BACKLOG,
                new Change.Cleared(Severity.WARNING),
                new QueueMeasures("celery", false, 0, 0, 2, Duration.ZERO, 0, 0),
                Instant.EPOCH);

        assertThat(new JsonObject(WebhookBody.slack(ID, message)).getString("text"))
                .startsWith("✅ *CLEARED* (was WARNING)\n")
                .contains("Queue is down to 0 pending tasks");
    }
}
