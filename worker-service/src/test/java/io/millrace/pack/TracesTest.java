package io.millrace.pack;

import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.dispatch.HintEmitter;
import io.millrace.job.JobIds;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.store.Dispatched;
import io.millrace.store.DueStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.store.SubmissionStore;
import io.millrace.testing.FakeCollector;
import io.millrace.testing.FakeCollector.Received;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.JsonFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One trace from a submission through a failed attempt and its retry to what the run calls, the job it submits and the
 * callback of its end, as a collector gets it; and the lines that a run logs. There is no scheduler here; the test does what
 * its duties would.
 */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(CallbackRunsTest.Receiving.class)
class TracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SUBMISSION = "00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + SUBMISSION + "-01";

    @Inject
    JobStore jobs;

    @Inject
    JobQueries queries;

    @Inject
    SubmissionStore submissions;

    @Inject
    DueStore due;

    @Inject
    HintEmitter hints;

    @ConfigProperty(name = "millrace.tracing.endpoint")
    URI endpoint;

    private final Map<String, List<String>> told = new ConcurrentHashMap<>();
    private final List<ExtLogRecord> logged = new CopyOnWriteArrayList<>();
    private final Logger log = Logger.getLogger("io.millrace.task");
    private final Handler keeping = new Handler() {
        @Override
        public void publish(LogRecord line) {
            var full = ExtLogRecord.wrap(line);
            full.copyAll();
            logged.add(full);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private FakeCollector collector;
    private HttpServer server;

    @BeforeEach
    void everybodyIsThere() throws Exception {
        collector = new FakeCollector(endpoint.getPort());
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            told.put(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getOrDefault("traceparent", List.of()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        log.addHandler(keeping);
    }

    @AfterEach
    void theyGo() {
        log.removeHandler(keeping);
        server.stop(0);
        collector.close();
    }

    @Test
    void aJobItsRetryItsChildAndItsCallbackAreOneTrace() throws Exception {
        UUID child = new JobIds().next();
        NewJob job = run(child);

        Received first = spanOf("run " + TracedTask.NAME, job.id(), 1);
        Received second = spanOf("run " + TracedTask.NAME, job.id(), 2);
        assertThat(List.of(first, second))
                .allMatch(run -> run.parentId().equals(SUBMISSION))
                .allMatch(run -> run.kind().equals("SPAN_KIND_CONSUMER"));
        assertThat(first.failed()).isTrue();
        assertThat(first.events()).containsExactly("exception");
        assertThat(first.attributes()).containsEntry("millrace.outcome", "retry");
        assertThat(second.failed()).isFalse();

        for (Received run : List.of(first, second)) {
            Received wait = spanOf(
                    "wait " + TracedTask.NAME,
                    job.id(),
                    Integer.parseInt(run.attributes().getOrDefault("millrace.attempt", "0")));
            assertThat(wait.parentId()).isEqualTo(SUBMISSION);
            assertThat(wait.endNanos()).isEqualTo(run.startNanos());
            Received settle = collector.await(
                    span -> span.parentId().equals(run.spanId()) && span.name().equals("settle " + TracedTask.NAME));
            assertThat(settle.startNanos()).isEqualTo(run.endNanos());
        }

        assertThat(told.get("/called")).containsExactly("00-" + TRACE + "-" + second.spanId() + "-01");
        assertThat(spanOf("run demo.noop", child, 1).parentId()).isEqualTo(second.spanId());

        Received callback = collector.await(span ->
                span.name().equals("run deliver_callback") && span.parentId().equals(second.spanId()));
        assertThat(told.get("/hook")).containsExactly("00-" + TRACE + "-" + callback.spanId() + "-01");
        assertThat(List.of(first, second, callback))
                .allMatch(span -> span.traceId().equals(TRACE));
        assertThat(queries.get(job.id()).orElseThrow().traceId()).isEqualTo(TRACE);
    }

    @Test
    void everyLineOfARunSaysWhichItIsAsTextAndInJson() throws Exception {
        NewJob job = run(new JobIds().next());

        ExtLogRecord line = logged.stream()
                .filter(each -> job.id().toString().equals(each.getMdc("job")))
                .filter(each -> "2".equals(each.getMdc("attempt")))
                .findFirst()
                .orElseThrow();
        Received run = spanOf("run " + TracedTask.NAME, job.id(), 2);
        var fields = new JsonObject(new JsonFormatter().format(line)).getJsonObject("mdc");
        assertThat(fields.getMap())
                .containsEntry("task", TracedTask.NAME)
                .containsEntry("queue", job.queue())
                .containsEntry("worker", run.attributes().get("millrace.worker"))
                .containsEntry("trace", TRACE)
                .containsEntry("span", run.spanId());
    }

    /** Runs until the callback has been heard. */
    private NewJob run(UUID child) {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        NewJob job = aJob().ofTask(TracedTask.NAME)
                .withArgs("{\"url\": \"" + base + "/called\", \"child\": \"" + child + "\"}")
                .callingBack(base + "/hook")
                .submitted()
                .withTraceId(TRACEPARENT);
        jobs.submit(List.of(job));
        hints.emit(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), job.traceId())));
        soon().until(() -> {
            hints.emit(due.dispatchDue(100).stream().map(Dispatched::hint).toList());
            hints.emit(
                    submissions.takeUnhinted(100).stream().map(Dispatched::hint).toList());
            return told.containsKey("/hook");
        });
        return job;
    }

    private Received spanOf(String name, UUID job, int attempt) {
        return collector.await(span -> span.name().equals(name)
                && job.toString().equals(span.attributes().get("millrace.job.id"))
                && Integer.toString(attempt).equals(span.attributes().get("millrace.attempt")));
    }
}
