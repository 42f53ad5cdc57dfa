package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Watching a job from its submission to its end, over three processes and Kafka, as curl -N does. */
@Tag("real")
@ExtendWith(StackExtension.class)
class EventsTest {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Stack stack;

    EventsTest(Stack stack) {
        this.stack = stack;
    }

    @Test
    void a_job_is_watched_from_its_submission_to_its_end() throws Exception {
        // Due a moment later, so that the stream is there before it starts.
        String id = submit("{\"task\": \"demo.sleep\", \"args\": {\"seconds\": 2}, \"countdown\": 2}");

        List<JsonNode> events = watchToTheEnd(id);

        assertThat(events.getFirst().path("event").asText()).isEqualTo("job.state");
        assertThat(events).allMatch(event -> event.path("job_id").asText().equals(id));
        assertThat(names(asTheyHappened(events)))
                .containsSubsequence("job.due", "job.started", "job.progress", "job.succeeded");
        assertThat(events.getLast().path("state").asText()).isEqualTo("SUCCESS");
    }

    @Test
    void failures_are_watched_with_their_errors() throws Exception {
        String id = submit(
                "{\"task\": \"demo.fail\", \"args\": {\"times\": 2, \"exc_type\": \"Flaky\"}, \"max_retries\": 1,"
                        + " \"retry_delay\": 0.5, \"countdown\": 2}");

        List<JsonNode> events = watchToTheEnd(id);

        assertThat(names(events)).containsSubsequence("job.started", "job.retry", "job.started", "job.failed");
        assertThat(events.getLast().path("error").path("exc_type").asText()).isEqualTo("Flaky");
    }

    @Test
    void the_stream_of_a_job_that_has_ended_is_its_end() throws Exception {
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

    /** Every event of a job's stream; the server ends it. */
    private List<JsonNode> watchToTheEnd(String id) throws IOException, InterruptedException {
        var events = new ArrayList<JsonNode>();
        var request = HttpRequest.newBuilder(stack.api("/jobs/" + id + "/events"))
                .timeout(LONGEST)
                .build();
        try (HttpClient http = HttpClient.newHttpClient();
                Stream<String> lines =
                        http.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
            lines.filter(line -> line.startsWith("data: "))
                    .forEach(line -> events.add(stack.parse(line.substring("data: ".length()))));
        }
        return events;
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
