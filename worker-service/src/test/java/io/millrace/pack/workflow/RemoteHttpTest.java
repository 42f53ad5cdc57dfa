package io.millrace.pack.workflow;

import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.local.Ports;
import io.millrace.local.WorkflowSimulator;
import io.millrace.workflow.RemoteAnswer;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against an API that misbehaves in every way. */
@Timeout(30)
class RemoteHttpTest {

    private final WorkflowSimulator simulator = WorkflowSimulator.start(0);
    private final RemoteHttp http = http(simulator.url(), Map.of());

    @AfterEach
    void stop() {
        simulator.close();
    }

    private static RemoteHttp http(String url, Map<String, String> more) {
        var all = new HashMap<String, String>();
        all.put("millrace.workflow.remote.base-url", url);
        all.put("millrace.workflow.remote.connect-timeout", "20s");
        all.put("millrace.workflow.remote.read-timeout", "20s");
        more.forEach((key, value) -> all.put("millrace.workflow.remote." + key, value));
        RemoteConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(RemoteConfig.class)
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build()
                .getConfigMapping(RemoteConfig.class);
        return new RemoteHttp(config, Clock.systemUTC());
    }

    /** For what never answers, or too late; any other call has the time it takes on a machine that does other things too. */
    private static RemoteHttp hurried(String url) {
        return http(url, Map.of("connect-timeout", "2s", "read-timeout", "500ms"));
    }

    private static String payload(String script) {
        return "{\"model\": \"m\", \"simulate\": {" + script + "}}";
    }

    private RemoteAnswer submit(String script) throws InterruptedException {
        return http.submit(payload(script), "key-1");
    }

    private String started(String script) throws InterruptedException {
        return submit(script) instanceof RemoteAnswer.Understood understood
                ? String.valueOf(understood.workflowId())
                : "none";
    }

    private static String codeOf(RemoteAnswer answer) {
        return switch (answer) {
            case RemoteAnswer.NoAnswer(var error) -> error.code();
            case RemoteAnswer.Misconfigured(var error) -> error.code();
            case RemoteAnswer.Refused refused -> "http_" + refused.httpStatus();
            case RemoteAnswer.Understood understood -> "understood " + understood.httpStatus();
            case RemoteAnswer.NotAsked _ -> "not asked";
        };
    }

    @Test
    void aWorkflowIsSubmittedPolledAndCancelled() throws Exception {
        assertThat(submit("\"polls\": 2")).isEqualTo(new RemoteAnswer.Understood(202, "wf-1", "queued", 0.0, null));
        assertThat(http.poll("wf-1")).isEqualTo(new RemoteAnswer.Understood(200, "wf-1", "running", 50.0, null));
        assertThat(http.poll("wf-1")).isEqualTo(new RemoteAnswer.Understood(200, "wf-1", "completed", 100.0, null));
        assertThat(codeOf(http.cancel("wf-1"))).isEqualTo("http_409");
        assertThat(codeOf(http.poll("wf-7"))).isEqualTo("http_404");
    }

    @Test
    void aSubmissionWhoseAnswerWasLostIsNotStartedTwice() throws Exception {
        assertThat(codeOf(submit("\"submit\": [\"lost\"]"))).isEqualTo("connection_broken");

        assertThat(started("\"submit\": [\"lost\"]")).isEqualTo("wf-1");

        assertThat(simulator.seen("submissions")).isEqualTo(2);
        assertThat(simulator.seen("workflows")).isEqualTo(1);
    }

    @Test
    void whatTheRemoteSideAsksForIsHeard() throws Exception {
        assertThat(submit("\"submit\": [\"429:2\"]"))
                .isEqualTo(new RemoteAnswer.Refused(429, Duration.ofSeconds(2), "scripted 429"));
        assertThat(codeOf(submit(""))).isEqualTo("understood 202");
    }

    @Test
    void everyOtherMisfortuneHasItsCode() throws Exception {
        started("\"poll\": [\"503\", \"malformed\", \"large\", \"late:20\"], \"cancel\": [\"drop\"]");

        assertThat(codeOf(http.poll("wf-1"))).isEqualTo("http_503");
        assertThat(codeOf(http.cancel("wf-1"))).isEqualTo("connection_broken");
        assertThat(codeOf(http.poll("wf-1"))).isEqualTo("malformed_body");
        assertThat(codeOf(http.poll("wf-1"))).isEqualTo("answer_too_large");
        assertThat(codeOf(hurried(simulator.url()).poll("wf-1"))).isEqualTo("timeout");
        assertThat(codeOf(http("http://127.0.0.1:" + Ports.free(), Map.of()).poll("wf-1")))
                .isEqualTo("connection_refused");
        assertThat(codeOf(http("http://no-such-host.invalid", Map.of()).poll("wf-1")))
                .isIn("unknown_host", "connection_refused");
    }

    @Test
    void aServerThatTakesConnectionsAndSaysNothingIsNotWaitedForLong() throws Exception {
        try (var mute = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThat(codeOf(hurried("http://127.0.0.1:" + mute.getLocalPort()).poll("wf-1")))
                    .isEqualTo("timeout");
        }
    }

    /** The limit of a request of the JDK's client ends with the headers. */
    @Test
    void aBodyThatNeverEndsIsNotWaitedForEither() throws Exception {
        try (var slow = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> {
                try (var connection = slow.accept()) {
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes(StandardCharsets.UTF_8));
                    connection.getOutputStream().flush();
                    connection.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    // The other side has given up, as it should.
                }
            });

            assertThat(codeOf(hurried("http://127.0.0.1:" + slow.getLocalPort()).poll("wf-1")))
                    .isEqualTo("timeout");
        }
    }

    @Test
    void aRunThatIsStoppedWaitsNoLonger() throws Exception {
        started("\"poll\": [\"late:20\"]");
        var patient = http(simulator.url(), Map.of("read-timeout", "25s"));
        var thrown = new AtomicReference<Throwable>();
        Thread run = Thread.ofVirtual().start(() -> {
            try {
                patient.poll("wf-1");
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        soon().until(() -> simulator.seen("polls") > 0);

        run.interrupt();

        assertThat(run.join(Duration.ofSeconds(10))).isTrue();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void credentialsAreSentAndNeverRepeated() throws Exception {
        simulator.require("Bearer s3cr3t-token");
        var right = http(simulator.url(), Map.of("credentials", "Bearer s3cr3t-token"));
        var wrong = http(simulator.url(), Map.of("credentials", "Bearer other-s3cr3t"));

        assertThat(codeOf(right.submit(payload(""), "key-1"))).isEqualTo("understood 202");
        assertThat(wrong.submit(payload(""), "key-2"))
                .isEqualTo(new RemoteAnswer.Refused(401, null, "who are you? not Bearer ***"));
        assertThat(http(simulator.url(), Map.of("credentials", "Bearer s3cr3t\ntoken"))
                        .poll("wf-1"))
                .isInstanceOf(RemoteAnswer.Misconfigured.class)
                .asString()
                .doesNotContain("s3cr3t");
    }

    @Test
    void pathsFieldsAndHeadersAreConfiguration() throws Exception {
        started("\"polls\": 1");
        var other = http(
                simulator.url() + "/",
                Map.of(
                        "poll-path", "/v1/workflows/{workflow_id}",
                        "workflow-id-field", "status",
                        "status-field", "workflow_id"));

        assertThat(other.poll("wf-1")).isEqualTo(new RemoteAnswer.Understood(200, "completed", "wf-1", 100.0, null));
    }

    @Test
    void withoutAnAddressNothingIsAsked() throws Exception {
        RemoteConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(RemoteConfig.class)
                .build()
                .getConfigMapping(RemoteConfig.class);

        assertThat(codeOf(new RemoteHttp(config, Clock.systemUTC()).poll("wf-1")))
                .isEqualTo("not_configured");
    }
}
