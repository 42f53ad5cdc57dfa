package io.millrace.api;

import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.startsWith;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.dispatch.EventEmitter;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams of events, over HTTP, with a real PostgreSQL and a real Kafka. There is no worker: what it would do is done by hand. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(EventStreamTest.Small.class)
class EventStreamTest {

    /** Bounds that a test can go beyond, and times that it can wait for. */
    public static final class Small implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.event-streams.max", "3",
                    "millrace.event-streams.buffer", "1000",
                    // A stream that opens without Kafka would miss what is submitted next.
                    "millrace.event-streams.open-timeout", "30s",
                    "millrace.event-streams.heartbeat", "500ms",
                    "millrace.event-streams.look", "300ms",
                    "millrace.event-streams.grace", "500ms");
        }
    }

    private static final String JOBS = "/api/v1/jobs";
    private static final Duration LONG = Duration.ofSeconds(30);

    @Inject
    TaskStore tasks;

    @Inject
    JobStore store;

    @Inject
    EventEmitter events;

    @Inject
    MeterRegistry metrics;

    private final String tag = "q" + UUID.randomUUID().toString().substring(0, 8);
    private final List<Watching> watching = new ArrayList<>();

    @BeforeEach
    void aTask() {
        for (String name : List.of("events.task", "events.other")) {
            tasks.register(List.of(new TaskDefinition(
                    name, "default", 5, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, "{}")));
        }
    }

    @AfterEach
    void nobodyWatchesAnyMore() throws Exception {
        watching.forEach(Watching::close);
        soon().until(() -> streams() == 0);
    }

    /** A client that reads a stream line by line, as curl -N does. */
    private final class Watching implements AutoCloseable {
        private static final String END = "the stream has ended";

        private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private final List<String> seen = new ArrayList<>();
        private final HttpClient client = HttpClient.newHttpClient();
        private final HttpResponse<Stream<String>> response;

        Watching(String path, @Nullable String lastEventId) throws Exception {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + RestAssured.port + path));
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            Thread.ofVirtual().start(() -> {
                try {
                    response.body().forEach(lines::add);
                } catch (RuntimeException e) {
                    // Closed by this test, or cut off: either way it has ended.
                }
                lines.add(END);
            });
            watching.add(this);
        }

        /** The next line that begins so, in time. */
        String line(String beginning) throws InterruptedException {
            while (true) {
                String line = lines.poll(LONG.toSeconds(), TimeUnit.SECONDS);
                assertThat(line).as("a line with %s after %s", beginning, seen).isNotNull();
                seen.add(line);
                if (line.startsWith(beginning)) {
                    return line;
                }
                assertThat(line).as("before %s came, after %s", beginning, seen).isNotEqualTo(END);
            }
        }

        JsonPath event() throws InterruptedException {
            return JsonPath.from(line("data: ").substring("data: ".length()));
        }

        void end() throws InterruptedException {
            line(END);
        }

        @Override
        public void close() {
            client.shutdownNow();
        }
    }

    private Watching watch(String path) throws Exception {
        var stream = new Watching(path, null);
        stream.line(": open");
        return stream;
    }

    private double streams() {
        return metrics.get("millrace.event.streams").gauge().value();
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private static String submit(String task) {
        return post(JOBS, "{\"task\": \"" + task + "\"}")
                .statusCode(202)
                .extract()
                .path("job_id");
    }

    /** The event of a submission may have been on its way as the stream began. */
    private static JsonPath eventAfterSubmission(Watching stream) throws InterruptedException {
        JsonPath event = stream.event();
        while (event.getString("event").equals("job.submitted")) {
            event = stream.event();
        }
        return event;
    }

    /** A job ends as a worker would end it, but without its events. */
    private void endSilently(String id) {
        var claim = store.claim(List.of(new Hint(UUID.fromString(id), 0, "default", 5, null)), "w1")
                .getFirst();
        store.record(List.of(new Settled(claim, new Transition.Succeed("1"))));
    }

    @Test
    void a_submitted_job_is_seen_by_those_who_ask_for_its_kind() throws Exception {
        var all = watch("/api/v1/events");
        var some = watch("/api/v1/events?task=events.other,nothing&state=pending");

        String first = submit("events.task");
        String second = submit("events.other");

        var event = all.event();
        assertThat(event.getString("event")).isEqualTo("job.submitted");
        assertThat(event.getString("job_id")).isEqualTo(first);
        assertThat(event.getString("task")).isEqualTo("events.task");
        assertThat(event.getString("queue")).isEqualTo("default");
        assertThat(event.getString("state")).isEqualTo("PENDING");
        assertThat(Instant.parse(event.getString("at"))).isAfter(Instant.now().minusSeconds(60));
        assertThat(all.event().getString("job_id")).isEqualTo(second);
        assertThat(some.event().getString("job_id")).isEqualTo(second);
    }

    @Test
    void every_way_in_and_out_over_http_is_told() throws Exception {
        var all = watch("/api/v1/events");

        post(JOBS, "{\"task\": \"events.task\", \"countdown\": 3600}").statusCode(202);
        assertThat(all.event().getString("event")).isEqualTo("job.scheduled");
        given().header("Idempotency-Key", tag)
                .contentType("application/json")
                .body("{\"task\": \"events.task\"}")
                .post(JOBS);
        assertThat(all.event().getString("event")).isEqualTo("job.submitted");
        String id = post(JOBS + "/bulk", "[{\"task\": \"events.task\", \"tags\": [\"" + tag + "\"]}]")
                .extract()
                .path("items[0].job_id");
        assertThat(all.event().getString("job_id")).isEqualTo(id);
        post(JOBS + "/" + id + "/revoke", "");
        assertThat(all.event().getString("error.code")).isEqualTo("revoked");
        post(JOBS + "/" + id + "/retry", "");
        assertThat(all.event().getString("event")).isEqualTo("job.replayed");
        post(JOBS + "/" + id + "/revoke", "");
        assertThat(all.event().getString("event")).isEqualTo("job.revoked");
        post(JOBS + "/replay", "{\"filter\": {\"tag\": \"" + tag + "\"}}").body("replayed", equalTo(1));
        assertThat(all.event().getString("event")).isEqualTo("job.replayed");
        String purged = post(JOBS, "{\"task\": \"events.task\", \"queue\": \"cron\"}")
                .extract()
                .path("job_id");
        all.event();
        post("/api/v1/queues/cron/purge", "").body("purged", equalTo(1));
        var last = all.event();
        assertThat(last.getString("job_id")).isEqualTo(purged);
        assertThat(last.getString("error.code")).isEqualTo("purged");
    }

    /** As {@code key event state}, in any order: those of one request are. */
    private static List<String> told(Watching stream, Map<String, String> ids, int events) throws InterruptedException {
        var told = new ArrayList<String>();
        for (int i = 0; i < events; i++) {
            var event = stream.event();
            assertThat(event.getString("batch_id")).isNotNull();
            String id = event.getString("job_id");
            String key = ids.entrySet().stream()
                    .filter(each -> each.getValue().equals(id))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse("?");
            told.add(key + " " + event.getString("event") + " " + event.getString("state"));
        }
        return told.stream().sorted().toList();
    }

    @Test
    void what_becomes_of_the_jobs_of_a_batch_over_http_is_told() throws Exception {
        var all = watch("/api/v1/events");
        var batch = post("/api/v1/batches", """
                        {"jobs": [{"key": "a", "task": "events.task", "queue": "cron"},
                                  {"key": "b", "task": "events.task", "depends_on": ["a"]},
                                  {"key": "c", "task": "events.task", "depends_on": ["a"], "on_parent_failure": "run"}]}
                        """).statusCode(202).extract().jsonPath();
        Map<String, String> ids = batch.getMap("jobs");
        assertThat(told(all, ids, 3))
                .containsExactly("a job.submitted PENDING", "b job.submitted BLOCKED", "c job.submitted BLOCKED");

        post(JOBS + "/" + ids.get("a") + "/revoke", "").statusCode(200);
        assertThat(told(all, ids, 3))
                .containsExactly("a job.revoked REVOKED", "b job.revoked REVOKED", "c job.unblocked PENDING");

        String path = "/api/v1/batches/" + batch.getString("batch_id");
        post(path + "/revoke", "").statusCode(200);
        assertThat(told(all, ids, 1)).containsExactly("c job.revoked REVOKED");

        post(path + "/retry", "").statusCode(202);
        assertThat(told(all, ids, 3))
                .containsExactly("a job.replayed PENDING", "b job.replayed BLOCKED", "c job.replayed BLOCKED");

        post("/api/v1/queues/cron/purge", "").body("purged", equalTo(1));
        assertThat(told(all, ids, 3))
                .containsExactly("a job.revoked REVOKED", "b job.revoked REVOKED", "c job.unblocked PENDING");
    }

    @Test
    void a_jobs_stream_begins_with_how_it_stands_and_ends_with_it() throws Exception {
        String id = submit("events.task");
        submit("events.task");
        var stream = watch(JOBS + "/" + id + "/events");

        var first = stream.event();
        assertThat(first.getString("event")).isEqualTo("job.state");
        assertThat(first.getString("state")).isEqualTo("PENDING");
        post(JOBS + "/" + id + "/revoke", "").statusCode(200);

        stream.line("id: ");
        var last = eventAfterSubmission(stream);
        assertThat(last.getString("event")).isEqualTo("job.revoked");
        assertThat(last.getString("job_id")).isEqualTo(id);
        stream.end();
    }

    @Test
    void a_jobs_stream_ends_though_the_event_of_its_end_was_lost() throws Exception {
        String id = submit("events.task");
        var stream = watch(JOBS + "/" + id + "/events");
        assertThat(stream.event().getString("event")).isEqualTo("job.state");

        endSilently(id);

        JsonPath last = eventAfterSubmission(stream);
        assertThat(last.getString("event")).isEqualTo("job.succeeded");
        assertThat(last.getInt("attempt")).isEqualTo(1);
        stream.end();
    }

    @Test
    void the_stream_of_a_job_that_has_ended_is_its_end() throws Exception {
        String id = submit("events.task");
        endSilently(id);

        var stream = watch(JOBS + "/" + id + "/events");

        assertThat(stream.event().getString("event")).isEqualTo("job.succeeded");
        stream.end();
    }

    @Test
    void who_comes_back_gets_what_he_has_missed_once() throws Exception {
        var before = watch("/api/v1/events?task=events.task");
        submit("events.task");
        String lastId = before.line("id: ").substring("id: ".length());
        before.close();
        String missed = submit("events.task");
        submit("events.other");
        String missedToo = submit("events.task");

        var after = new Watching("/api/v1/events?task=events.task", lastId);
        after.line(": open");
        String next = submit("events.task");

        assertThat(List.of(
                        after.event().getString("job_id"),
                        after.event().getString("job_id"),
                        after.event().getString("job_id")))
                .containsExactly(missed, missedToo, next);
    }

    @Test
    void a_place_that_does_not_exist_is_as_none() throws Exception {
        var stream = new Watching("/api/v1/events", "0-999999999-0");
        stream.line(": open");

        String id = submit("events.task");

        assertThat(stream.event().getString("job_id")).isEqualTo(id);
    }

    @Test
    void a_silent_stream_gives_signs_of_life() throws Exception {
        var stream = watch("/api/v1/events");

        stream.line(": still here");
        stream.line(": still here");
    }

    @Test
    void what_cannot_be_watched_is_a_problem_and_no_stream() {
        when().get(JOBS + "/" + UUID.randomUUID() + "/events")
                .then()
                .statusCode(404)
                .contentType(startsWith("application/problem+json"))
                .body("code", equalTo("job_not_found"));
        when().get(JOBS + "/none/events").then().statusCode(404).body("code", equalTo("job_not_found"));
        given().accept("text/event-stream")
                .get("/api/v1/events?state=happy&batch_id=1")
                .then()
                .statusCode(422)
                .contentType(startsWith("application/problem+json"))
                .body("errors.field", hasItems("state", "batch_id"));
    }

    @Test
    void one_stream_too_many_is_refused_and_who_leaves_makes_room() throws Exception {
        var first = watch("/api/v1/events");
        watch("/api/v1/events");
        watch("/api/v1/events");

        when().get("/api/v1/events")
                .then()
                .statusCode(503)
                .header("Retry-After", "1")
                .contentType(startsWith("application/problem+json"))
                .body("code", equalTo("too_many_subscribers"));
        first.close();

        soon().until(() -> streams() == 2);
        watch("/api/v1/events");
    }

    @Test
    void who_does_not_read_is_cut_off_and_the_others_miss_nothing() throws Exception {
        var quick = watch("/api/v1/events?task=" + tag);
        double before = metrics.get("millrace.event.streams.cut.off").counter().count();
        try (var slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), RestAssured.port));
            slow.getOutputStream()
                    .write("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            soon().until(() -> streams() == 2);

            var why = new JobEvent.Cause("x", "X", "x".repeat(500));
            int rounds = 0;
            while (metrics.get("millrace.event.streams.cut.off").counter().count() == before) {
                assertThat(rounds++).isLessThan(500);
                List<Subject> subjects = IntStream.range(0, 400)
                        .mapToObj(i -> new Subject(aJob().submitted().id(), tag, "default", i, null, null))
                        .toList();
                events.emit(subjects, subject -> JobEvent.revoked(subject, why, Instant.now()));
                for (Subject subject : subjects) {
                    assertThat(quick.line("data: ")).contains(subject.jobId().toString());
                }
            }

            // The one that does not read is gone, thread and all; the other one is still there.
            soon().until(() -> streams() == 1);
            String id = submit("events.task");
            events.emit(JobEvent.due(new Subject(UUID.fromString(id), tag, "default", 0, null, null), Instant.now()));
            assertThat(quick.event().getString("job_id")).isEqualTo(id);
        }
    }
}
