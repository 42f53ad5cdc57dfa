package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Watching a job from its submission to its end, over three processes and Kafka, as curl -N does. */
@Tag("real")
@ExtendWith(StackExtension.class)
@Timeout(300)
class EventsTest {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static final String DATA = "data: ";
    private static final String QUEUE = "/queues/default";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Stack stack;

    EventsTest(Stack stack) {
        this.stack = stack;
    }

    @AfterEach
    void close() {
        http.shutdownNow();
        goOn();
    }

    private void goOn() {
        assertThat(stack.post(QUEUE + "/resume", "").statusCode()).isEqualTo(200);
    }

    @Test
    void a_job_is_watched_from_its_first_state_to_its_end() {
        String id = held("{\"task\": \"demo.sleep\", \"args\": {\"seconds\": 2}}");

        List<JsonNode> events = watchToTheEnd(id);

        assertThat(events.getFirst().path("event").asText()).isEqualTo("job.state");
        assertThat(events).allMatch(event -> event.path("job_id").asText().equals(id));
        assertThat(names(asTheyHappened(events))).containsSubsequence("job.started", "job.progress", "job.succeeded");
        assertThat(events.getLast().path("state").asText()).isEqualTo("SUCCESS");
    }

    @Test
    void failures_are_watched_with_their_errors() {
        String id =
                held("{\"task\": \"demo.fail\", \"args\": {\"times\": 2, \"exc_type\": \"Flaky\"}, \"max_retries\": 1,"
                        + " \"retry_delay\": 0.5}");

        List<JsonNode> events = watchToTheEnd(id);

        assertThat(names(events)).containsSubsequence("job.started", "job.retry", "job.started", "job.failed");
        assertThat(events.getLast().path("error").path("exc_type").asText()).isEqualTo("Flaky");
    }

    @Test
    void what_all_three_processes_tell_of_a_job_is_on_the_stream_of_all_events() {
        Iterator<String> lines = open("/events?task=demo.sleep");

        String id = submit("{\"task\": \"demo.sleep\", \"args\": {\"seconds\": 1}, \"countdown\": 1}");

        var events = new ArrayList<JsonNode>();
        while (!names(events).contains("job.succeeded")) {
            event(lines.next())
                    .filter(event -> event.path("job_id").asText().equals(id))
                    .ifPresent(events::add);
        }
        assertThat(names(asTheyHappened(events)))
                .containsSubsequence("job.scheduled", "job.due", "job.started", "job.progress", "job.succeeded");
    }

    @Test
    void the_stream_of_a_job_that_has_ended_is_its_end() {
        String id = submit("{\"task\": \"demo.noop\"}");
        Stack.eventually(
                LONGEST, () -> assertThat(stack.job(id).path("state").asText()).isEqualTo("SUCCESS"));

        assertThat(names(watchToTheEnd(id))).containsExactly("job.succeeded");
    }

    private String submit(String body) {
        HttpResponse<String> response = stack.post("/jobs", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return stack.parse(response.body()).path("job_id").asText();
    }

    /** A job that does not start before its queue goes on. */
    private String held(String body) {
        assertThat(stack.post(QUEUE + "/pause", "").statusCode()).isEqualTo(200);
        return submit(body);
    }

    /** Every event of a job's stream, which is open before the job's queue goes on; the server ends it. */
    private List<JsonNode> watchToTheEnd(String id) {
        Iterator<String> lines = open("/jobs/" + id + "/events");
        goOn();
        var events = new ArrayList<JsonNode>();
        while (lines.hasNext()) {
            event(lines.next()).ifPresent(events::add);
        }
        return events;
    }

    /** The lines of a stream that Kafka is there for: whatever happens from now on is in them. */
    private Iterator<String> open(String path) {
        var request = HttpRequest.newBuilder(stack.api(path)).timeout(LONGEST).build();
        var opened = new AtomicReference<Iterator<String>>();
        Stack.eventually(LONGEST, () -> {
            Iterator<String> lines = http.sendAsync(request, HttpResponse.BodyHandlers.ofLines())
                    .join()
                    .body()
                    .iterator();
            // An API that has just begun may say that events come later.
            assertThat(lines.next()).isEqualTo(": open");
            opened.set(lines);
        });
        return opened.get();
    }

    private Optional<JsonNode> event(String line) {
        return line.startsWith(DATA) ? Optional.of(stack.parse(line.substring(DATA.length()))) : Optional.empty();
    }

    /** Those of different processes may come in another order than they happened; what says when they did is their time. */
    private static List<JsonNode> asTheyHappened(List<JsonNode> events) {
        return events.stream()
                .filter(event -> event.has("at"))
                .sorted(Comparator.comparing(
                        event -> Instant.parse(event.path("at").asText())))
                .toList();
    }

    private static List<String> names(List<JsonNode> events) {
        return events.stream().map(event -> event.path("event").asText()).toList();
    }
}
