package io.millrace.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.TaskFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls over a real connection. */
class HttpCallsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final HttpCalls http = new HttpCalls(PATIENCE, 1_000);
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void aServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(HERE, 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void isStopped() {
        over.countDown();
        server.stop(0);
    }

    private interface Answer {
        void to(HttpExchange call) throws IOException, InterruptedException;
    }

    private HttpRequest aRequestThatIs(Answer answer) {
        server.createContext("/", call -> {
            try (call) {
                answer.to(call);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return HttpRequest.newBuilder(URI.create("http://" + HERE.getHostAddress() + ":"
                        + server.getAddress().getPort() + "/jobs/7?token=secret"))
                .build();
    }

    private static Answer answered(int status, String body) {
        return call -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                call.getResponseBody().write(bytes);
            }
        };
    }

    @Test
    void anAnswerIsReturnedWhole() throws Exception {
        var answer = http.send(aRequestThatIs(answered(200, "grüße")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(HttpCalls.text(answer)).isEqualTo("grüße");
    }

    @Test
    void whoAsksToBeLeftAloneIsLeftAlone() {
        var request = aRequestThatIs(call -> {
            call.getResponseHeaders().add("Retry-After", "90");
            answered(429, "slow down").to(call);
        });

        var thrown = catchThrowableOfType(RetryAfter.class, () -> http.send(request));

        assertThat(thrown.delay()).isEqualTo(Duration.ofSeconds(90));
        assertThat(thrown.type()).isEqualTo("HttpTooManyRequests");
        assertThat(thrown).hasMessageContaining("slow down").hasMessageContaining("/jobs/7");
        assertThat(thrown.getMessage()).doesNotContain("secret");
    }

    @Test
    void theServersOwnFaultIsTriedAgainHoweverMuchItSays() {
        var thrown = catchThrowableOfType(
                TaskFailure.class, () -> http.send(aRequestThatIs(answered(502, "x".repeat(100_000)))));

        assertThat(thrown.type()).isEqualTo("HttpServerError");
        assertThat(thrown.getMessage()).hasSizeLessThan(400);
    }

    @Test
    void theCallersFaultIsNotTriedAgain() {
        var thrown = catchThrowableOfType(PermanentFailure.class, () -> http.send(aRequestThatIs(answered(404, ""))));

        assertThat(thrown.type()).isEqualTo("HttpClientError");
    }

    @Test
    void aStatusThatAnswersTheQuestionIsReturned() throws Exception {
        var answer = http.send(aRequestThatIs(answered(404, "no such thing")), Set.of(404));

        assertThat(answer.statusCode()).isEqualTo(404);
    }

    @Test
    void anAnswerBeyondTheBoundIsRefusedAndOneUpToItIsNot() throws Exception {
        var size = new AtomicReference<>(1_000);
        var request =
                aRequestThatIs(call -> answered(200, "x".repeat(size.get())).to(call));
        assertThat(http.send(request).body()).hasSize(1_000);
        size.set(1_001);

        var thrown = catchThrowableOfType(PermanentFailure.class, () -> http.send(request));

        assertThat(thrown.type()).isEqualTo("HttpBodyTooLarge");
    }

    @Test
    void aServerThatSaysNothingIsGivenUpInTime() {
        var hurried = new HttpCalls(Duration.ofMillis(200), 1_000);

        var thrown = catchThrowableOfType(TaskFailure.class, () -> hurried.send(aRequestThatIs(_ -> over.await())));

        assertThat(thrown.type()).isEqualTo("HttpTimeout");
    }

    @Test
    void aBodyThatTricklesIsGivenUpInTime() {
        var hurried = new HttpCalls(Duration.ofMillis(500), 1_000);
        var request = aRequestThatIs(call -> {
            call.sendResponseHeaders(200, 0);
            call.getResponseBody().write('x');
            call.getResponseBody().flush();
            over.await();
        });

        var thrown = catchThrowableOfType(TaskFailure.class, () -> hurried.send(request));

        assertThat(thrown.type()).isEqualTo("HttpTimeout");
    }

    @Test
    void aRequestsOwnTimeoutIsHeard() {
        var request = HttpRequest.newBuilder(aRequestThatIs(_ -> over.await()), (_, _) -> true)
                .timeout(Duration.ofMillis(200))
                .build();

        var thrown = catchThrowableOfType(TaskFailure.class, () -> http.send(request));

        assertThat(thrown.type()).isEqualTo("HttpTimeout");
    }

    @Test
    void whereNobodyListensItIsTriedAgain() throws Exception {
        int port;
        try (var closed = new ServerSocket(0, 1, HERE)) {
            port = closed.getLocalPort();
        }
        var request = HttpRequest.newBuilder(URI.create("http://" + HERE.getHostAddress() + ":" + port))
                .build();

        var thrown = catchThrowableOfType(TaskFailure.class, () -> http.send(request));

        assertThat(thrown.type()).isEqualTo("HttpConnectionFailed");
    }

    @Test
    void aConnectionThatBreaksIsTriedAgain() {
        var thrown = catchThrowableOfType(
                TaskFailure.class,
                () -> http.send(aRequestThatIs(call -> {
                    call.sendResponseHeaders(200, 100);
                    call.getResponseBody().write('x');
                })));

        assertThat(thrown.type()).isEqualTo("HttpConnectionFailed");
    }

    @Test
    void aRunThatIsToEndEndsItsCall() {
        var request = aRequestThatIs(_ -> over.await());
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> http.send(request)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aCallWithoutATimeoutIsNotToBeHad() {
        assertThatThrownBy(() -> new HttpCalls(Duration.ZERO, 1_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
