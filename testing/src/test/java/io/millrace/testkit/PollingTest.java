package io.millrace.testkit;

import static io.millrace.testkit.JobAssert.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.worker.http.HttpCalls;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The example of {@code docs/calling.md}: what is shown there is here, word by word. */
class PollingTest {

    static class Polling {

        record Poll(long workflowJob) {}

        private final HttpCalls http = new HttpCalls(Duration.ofSeconds(10), 64 * 1024);
        private final URI workflows;

        Polling(URI workflows) {
            this.workflows = workflows;
        }

        @Task(name = "poll", queue = "polling", maxRetries = 5, softTimeLimit = "50s", timeLimit = "60s")
        String poll(Poll args) throws InterruptedException {
            var request = HttpRequest.newBuilder(workflows.resolve("/jobs/" + args.workflowJob()))
                    .build();
            String status = HttpCalls.text(http.send(request));
            if (status.equals("running")) {
                throw new Snooze(Duration.ofMinutes(1));
            }
            return status;
        }
    }

    private record Answer(int status, String retryAfter, String body) {}

    private final Deque<Answer> answers = new ArrayDeque<>();
    private HttpServer server;
    private TestEngine engine;

    @BeforeEach
    void aServiceThatAnswersAsPlanned() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/jobs/7", call -> {
            try (call) {
                Answer answer = answers.remove();
                if (!answer.retryAfter().isEmpty()) {
                    call.getResponseHeaders().add("Retry-After", answer.retryAfter());
                }
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                call.sendResponseHeaders(answer.status(), body.length);
                call.getResponseBody().write(body);
            }
        });
        server.start();
        var address = server.getAddress();
        engine = TestEngine.with(
                new Polling(URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort())));
    }

    @AfterEach
    void isStopped() {
        server.stop(0);
    }

    @Test
    void aServiceThatAsksToBeLeftAloneIsLeftAlone() {
        answers.add(new Answer(503, "120", "restarting"));
        answers.add(new Answer(200, "", "running"));
        answers.add(new Answer(200, "", "completed"));
        var job = engine.submit("poll", new Polling.Poll(7));

        engine.runUntilIdle();
        assertThat(job).retriesIn(Duration.ofMinutes(2)).hasError("HttpServiceUnavailable");

        engine.advance(Duration.ofMinutes(2));
        assertThat(job).snoozedFor(Duration.ofMinutes(1));

        engine.advance(Duration.ofMinutes(1));
        assertThat(job).succeededWith("completed");
    }

    @Test
    void aServiceThatDoesNotKnowTheJobIsNotAskedAgain() {
        answers.add(new Answer(404, "", "no such job"));
        var job = engine.submit("poll", new Polling.Poll(7));

        engine.runUntilIdle();

        assertThat(job).failedWith("HttpClientError").hasRun(1);
    }

    @Test
    void aServiceThatFailsIsAskedAgainByTheRetryPolicy() {
        answers.addAll(List.of(new Answer(500, "", "oops"), new Answer(200, "", "completed")));
        var job = engine.submit("poll", new Polling.Poll(7));

        engine.finish(job);

        assertThat(job).succeededWith("completed").hasRun(2).waitedBetweenRuns(Duration.ofSeconds(1));
    }
}
