package io.millrace.pack;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpServer;
import io.millrace.batch.NewBatch;
import io.millrace.callback.Callback;
import io.millrace.callback.CallbackStatus;
import io.millrace.dispatch.HintEmitter;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.store.BatchStore;
import io.millrace.store.CallbackStore;
import io.millrace.store.Dispatched;
import io.millrace.store.DueStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.store.SubmissionStore;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Callbacks through a whole worker, to a receiver that answers as a test says. There is no scheduler here; the test does
 * what its duties for SQL submissions and for what is due would.
 */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(CallbackRunsTest.Receiving.class)
class CallbackRunsTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public static final class Receiving implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    // Where TracesTest, which shares this application, has its collector.
                    "millrace.tracing.endpoint",
                    "http://127.0.0.1:" + freePort() + "/v1/traces",
                    "millrace.tracing.interval",
                    "100ms",
                    "millrace.worker.concurrency",
                    "4",
                    "millrace.worker.queues",
                    "default,webhooks",
                    "millrace.webhooks.secrets",
                    SECRET,
                    "millrace.webhooks.allow",
                    "127.0.0.1",
                    "millrace.tasks.\"deliver_callback\".retry-delay",
                    "1ms");
        }

        private static int freePort() {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Received(Map<String, List<String>> headers, String body) {}

    @Inject
    JobStore jobs;

    @Inject
    BatchStore batches;

    @Inject
    JobQueries queries;

    @Inject
    CallbackStore callbacks;

    @Inject
    SubmissionStore submissions;

    @Inject
    DueStore due;

    @Inject
    HintEmitter hints;

    private final LinkedBlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void aReceiver() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            received.add(new Received(
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            Integer status = answers.poll();
            exchange.sendResponseHeaders(status == null ? 204 : status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() throws IOException {
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    private UUID run(String task, String args, String url) {
        NewJob job = aJob().ofTask(task)
                .withArgs(args)
                .withMaxRetries(0)
                .callingBack(url)
                .submitted();
        jobs.submit(List.of(job));
        hints.emit(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)));
        soon().until(
                        () -> queries.get(job.id()).orElseThrow(),
                        now -> now.state().finished());
        return job.id();
    }

    /** The scheduler's part. */
    private void dispatch() {
        hints.emit(submissions.takeUnhinted(100).stream().map(Dispatched::hint).toList());
        hints.emit(due.dispatchDue(100).stream().map(Dispatched::hint).toList());
    }

    private Callback awaitEnd(Supplier<List<Callback>> look) {
        return soon().until(
                        () -> {
                            dispatch();
                            return look.get();
                        },
                        now -> now.size() == 1
                                && (now.getFirst().status() == CallbackStatus.DELIVERED
                                        || now.getFirst().status() == CallbackStatus.FAILED))
                .getFirst();
    }

    private Callback awaitEnd(UUID job) {
        return awaitEnd(() -> callbacks.ofJob(job, null, 10));
    }

    private Job delivery(Callback callback) {
        return queries.get(callback.deliveryId()).orElseThrow();
    }

    @Test
    void aSuccessIsToldAndWhoKnowsTheSecretCanVerifyIt() throws Exception {
        UUID job = run("demo.echo", "{\"message\": \"ä\"}", url());

        Callback callback = awaitEnd(job);

        assertThat(callback.status()).isEqualTo(CallbackStatus.DELIVERED);
        assertThat(callback.lastStatus()).isEqualTo(204);
        Received message = received.take();
        new Webhook(SECRET).verify(message.body(), lowerCase(message.headers()));
        assertThat(lowerCase(message.headers()).get("webhook-id"))
                .containsExactly(callback.id().toString());
        var body = new JsonObject(message.body());
        assertThat(body.getString("type")).isEqualTo("job.succeeded");
        assertThat(body.getJsonObject("data").getString("job_id")).isEqualTo(job.toString());
        assertThat(body.getJsonObject("data").getJsonObject("result").getString("message"))
                .isEqualTo("ä");
        assertThat(received).isEmpty();
    }

    private static Map<String, List<String>> lowerCase(Map<String, List<String>> headers) {
        return headers.entrySet().stream()
                .collect(Collectors.toMap(each -> each.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
    }

    @Test
    void aReceiverThatFailsFirstIsToldAgainWithTheSameId() throws Exception {
        answers.addAll(List.of(500, 302, 429));
        UUID job = run("demo.fail", "{\"times\": 9}", url());

        Callback callback = awaitEnd(job);

        assertThat(callback.status()).isEqualTo(CallbackStatus.DELIVERED);
        assertThat(callback.attempts()).isEqualTo(4);
        assertThat(received)
                .hasSize(4)
                .allSatisfy(message -> assertThat(lowerCase(message.headers()).get("webhook-id"))
                        .containsExactly(callback.id().toString()))
                .allSatisfy(message -> assertThat(message.body()).contains("job.failed"));
    }

    @Test
    void aReceiverThatIsGoneIsToldNothingMore() throws Exception {
        answers.add(410);
        UUID job = run("demo.noop", "{}", url());

        Callback callback = awaitEnd(job);

        assertThat(callback.status()).isEqualTo(CallbackStatus.FAILED);
        assertThat(callback.attempts()).isEqualTo(1);
        assertThat(callback.lastStatus()).isEqualTo(410);
        assertThat(delivery(callback).state()).isEqualTo(JobState.FAILURE);
    }

    @Test
    void anAddressInsideIsNotAskedWhateverItsName() throws Exception {
        int port = server.getAddress().getPort();
        UUID loopback = run("demo.noop", "{}", "http://127.0.0.2:" + port + "/");
        UUID user = run("demo.noop", "{}", "http://a:b@127.0.0.1:" + port + "/");

        for (UUID job : List.of(loopback, user)) {
            Callback callback = awaitEnd(job);
            assertThat(callback.status()).isEqualTo(CallbackStatus.FAILED);
            assertThat(callback.attempts()).isEqualTo(1);
            assertThat(callback.lastStatus()).isNull();
        }
        assertThat(received).isEmpty();
    }

    @Test
    void whatWasDeliveredIsDeliveredAgainOnRequest() throws Exception {
        UUID job = run("demo.noop", "{}", url());
        Callback first = awaitEnd(job);
        soon().until(() -> delivery(first).state(), JobState::finished);

        assertThat(callbacks.deliverAgain(first.id())).isTrue();
        Callback again = awaitEnd(job);

        assertThat(again.status()).isEqualTo(CallbackStatus.DELIVERED);
        assertThat(again.deliveryId()).isNotEqualTo(first.deliveryId());
        assertThat(received).hasSize(2);
    }

    @Test
    void aBatchTellsHowItEnded() throws Exception {
        NewBatch batch = aBatch().callingBack(url())
                .with("a", aJob().ofTask("demo.noop"))
                .with("b", aJob().ofTask("demo.noop"))
                .submitted();
        batches.submit(batch);
        hints.emit(batch.jobs().stream()
                .map(member -> new Hint(member.job().id(), 0, "default", 5, null))
                .toList());

        awaitEnd(() -> callbacks.ofBatch(batch.id(), null, 10));

        var body = new JsonObject(received.take().body());
        assertThat(body.getString("type")).isEqualTo("batch.completed");
        assertThat(body.getJsonObject("data").getJsonObject("counts").getInteger("completed"))
                .isEqualTo(2);
    }

    @Test
    void nobodyElseCanHaveACallbackDelivered() throws Exception {
        UUID job = run("demo.noop", "{}", url());
        Callback callback = awaitEnd(job);
        received.clear();

        NewJob other = aJob().ofTask("deliver_callback")
                .onQueue("webhooks")
                .withArgs("{\"callback_id\": \"" + callback.id() + "\"}")
                .submitted();
        jobs.submit(List.of(other));
        hints.emit(List.of(new Hint(other.id(), 0, "webhooks", 5, null)));
        Job ended = soon().until(
                        () -> queries.get(other.id()).orElseThrow(),
                        now -> now.state().finished());

        assertThat(ended.state()).isEqualTo(JobState.FAILURE);
        assertThat(received).isEmpty();
    }
}
