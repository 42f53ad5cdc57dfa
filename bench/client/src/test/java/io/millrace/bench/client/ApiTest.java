package io.millrace.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiTest {

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @SuppressWarnings("NullAway.Init")
    private Api api;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        api = new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aSubmissionGivesTheJobsId() throws IOException {
        answer("/api/v1/jobs", 202, "{\"tags\":[{\"job_id\":\"not this\"}],\"job_id\":\"j-1\",\"state\":\"PENDING\"}");

        String id = api.submit(new NoopJob("p1", 7, true));

        assertThat(id).isEqualTo("j-1");
        assertThat(bodies)
                .containsExactly("{\"task\":\"bench.noop\",\"args\":{\"phase\":\"p1\",\"id\":7,\"fail\":true}}");
    }

    @Test
    void aBulkSubmissionGivesTheIdsInOrder() throws IOException {
        answer(
                "/api/v1/jobs/bulk",
                200,
                "{\"accepted\":2,\"rejected\":0,\"items\":[{\"index\":0,\"job_id\":\"a\"},{\"index\":1,\"job_id\":\"b\"}]}");

        List<String> ids = api.submit(List.of(new NoopJob("p1", 0, false), new NoopJob("p1", 1, false)));

        assertThat(ids).containsExactly("a", "b");
        assertThat(bodies.getFirst().lines()).hasSize(2);
    }

    @Test
    void aBulkSubmissionWithARefusedItemIsAnError() {
        answer("/api/v1/jobs/bulk", 200, "{\"accepted\":0,\"rejected\":1,\"items\":[{\"index\":0,\"error\":{}}]}");

        assertThatThrownBy(() -> api.submit(List.of(new NoopJob("p1", 0, false))))
                .hasMessageContaining("rejected");
    }

    @Test
    void aLongAnswerInChunksIsReadWhole() throws IOException {
        String padding = "x".repeat(200_000);
        // Length 0 makes this server answer in chunks.
        server.createContext("/api/v1/jobs/j", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody()
                    .write(("{\"args\":\"" + padding + "\",\"state\":\"SUCCESS\"}").getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });

        assertThat(api.succeeded("j")).isTrue();
        assertThat(api.job("j").path("args").asText()).isEqualTo(padding);
    }

    @Test
    void aJobThatIsNotFinishedHasNotSucceeded() throws IOException {
        answer("/api/v1/jobs/j", 200, "{\"state\":\"STARTED\"}");

        assertThat(api.succeeded("j")).isFalse();
    }

    @Test
    void theTaskIsAwaitedUntilItsSchemaRefuses() throws Exception {
        server.createContext(
                "/api/v1/jobs", exchange -> send(exchange, requests.incrementAndGet() < 3 ? 404 : 422, "{}"));

        api.awaitTask(Duration.ofSeconds(10));

        assertThat(requests).hasValue(3);
    }

    private void answer(String path, int status, String body) {
        server.createContext(path, exchange -> send(exchange, status, body));
    }

    private void send(HttpExchange exchange, int status, String body) throws IOException {
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
