package io.millrace.pack.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.millrace.document.Document;
import io.millrace.document.DocumentFormat;
import io.millrace.worker.http.GuardedClient;
import io.millrace.worker.http.Targets;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.TaskFailure;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents from a server that is not trusted. */
class DocumentFetchTest {

    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final int MOST = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @BeforeEach
    void aServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        serve("/page", 200, "Content-Type", "text/html; charset=utf-8", "<p>hi");
        serve("/notes.md", 200, "Content-Type", "application/octet-stream", "# hi");
        serve("/picture", 200, "Content-Type", "image/png", "x");
        serve("/large", 200, "Content-Type", "text/plain", "x".repeat(MOST + 1));
        serve("/moved", 302, "Location", "/page", "");
        serve("/inside", 302, "Location", "http://127.0.0.2:1/secret", "");
        serve("/round", 302, "Location", "/round", "");
        serve("/gone", 404, "X", "y", "");
        serve("/busy", 429, "Retry-After", "7", "");
        serve("/ill", 500, "X", "y", "");
        server.start();
    }

    private void serve(String path, int status, String header, String value, String body) {
        server.createContext(path, exchange -> {
            try (exchange) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set(header, value);
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                if (bytes.length > 0) {
                    exchange.getResponseBody().write(bytes);
                }
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        server.stop(0);
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Document.Source fetch(String path, String... allowed) throws InterruptedException {
        var client = new GuardedClient(
                vertx,
                new HttpClientOptions(),
                new Targets(false, List.of(allowed)),
                host -> List.of(InetAddress.getAllByName(host)),
                SHORT,
                SHORT);
        return new DocumentFetch(client, MOST, Clock.systemUTC())
                .fetch("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private Document.Source fetch(String path) throws InterruptedException {
        return fetch(path, "127.0.0.1");
    }

    @Test
    void aDocumentIsWhatItsTypeOrItsNameSays() throws Exception {
        assertThat(fetch("/page").format()).isEqualTo(DocumentFormat.HTML);
        assertThat(fetch("/page").bytes()).asString().isEqualTo("<p>hi");
        assertThat(fetch("/notes.md").format()).isEqualTo(DocumentFormat.MARKDOWN);
        assertThatThrownBy(() -> fetch("/picture"))
                .isInstanceOf(PermanentFailure.class)
                .hasMessageContaining("image/png");
    }

    @Test
    void redirectionsAreFollowedButNotToWhereNobodyMayGo() throws Exception {
        assertThat(fetch("/moved").bytes()).asString().isEqualTo("<p>hi");
        assertThatThrownBy(() -> fetch("/inside"))
                .isInstanceOf(PermanentFailure.class)
                .hasMessageContaining("not allowed");
        assertThatThrownBy(() -> fetch("/round")).isInstanceOf(PermanentFailure.class);
    }

    @Test
    void anAddressInsideIsNotAsked() {
        assertThatThrownBy(() -> fetch("/page", "10.0.0.0/8"))
                .isInstanceOfSatisfying(
                        PermanentFailure.class,
                        refused -> assertThat(refused.type()).isEqualTo("ForbiddenAddress"));
    }

    @Test
    void whatIsTooLargeIsNotRead() {
        assertThatThrownBy(() -> fetch("/large"))
                .isInstanceOfSatisfying(
                        PermanentFailure.class,
                        refused -> assertThat(refused.type()).isEqualTo("DocumentTooLarge"));
    }

    @Test
    void onlyWhatMayPassIsTriedAgain() {
        assertThatThrownBy(() -> fetch("/gone")).isInstanceOf(PermanentFailure.class);
        assertThatThrownBy(() -> fetch("/ill")).isInstanceOf(TaskFailure.class);
        assertThatThrownBy(() -> fetch("/busy"))
                .isInstanceOfSatisfying(
                        RetryAfter.class, later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(7)));
    }
}
