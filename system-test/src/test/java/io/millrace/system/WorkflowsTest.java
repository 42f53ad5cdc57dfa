package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Remote workflows as a user has them, over HTTP, while the remote side misbehaves and workers are killed. */
@Tag("real")
@ExtendWith(StackExtension.class)
class WorkflowsTest {

    private static final Duration SOON = Duration.ofMinutes(3);

    private final Stack stack;

    WorkflowsTest(Stack stack) {
        this.stack = stack;
    }

    @AfterEach
    void behaves() {
        simulator("{}");
    }

    private void simulator(String behaviour) {
        assertThat(stack.put(stack.simulator(), behaviour).statusCode()).isEqualTo(200);
    }

    private JsonNode seen() {
        return stack.parse(stack.get(stack.simulator()).body());
    }

    /** So many jobs of each of these scripts. */
    private String submit(int count, String... scripts) {
        String jobs = IntStream.range(0, count)
                .boxed()
                .flatMap(_ -> Stream.of(scripts))
                .map(script -> "{\"payload\": {\"simulate\": {" + script + "}}}")
                .collect(Collectors.joining(","));
        HttpResponse<String> response = stack.post("/workflows/batches", "{\"jobs\": [" + jobs + "]}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return stack.parse(response.body()).path("batch_id").asText();
    }

    private JsonNode batch(String id) {
        return stack.get("/workflows/batches/" + id);
    }

    private JsonNode finished(String id) {
        eventually(
                SOON,
                () -> assertThat(batch(id).hasNonNull("finished_at"))
                        .as("%s", batch(id))
                        .isTrue());
        return batch(id);
    }

    /** Every status that the jobs of a batch have, with how many have it. */
    private Map<String, Integer> statuses(String id) {
        var counts = new HashMap<String, Integer>();
        String cursor = "";
        do {
            JsonNode page = stack.get("/workflows/batches/" + id + "/jobs?limit=500&cursor=" + cursor);
            page.path("jobs").forEach(job -> counts.merge(job.path("status").asText(), 1, Integer::sum));
            cursor = page.path("next_cursor").asText("");
        } while (!cursor.isEmpty() && !cursor.equals("null"));
        return counts;
    }

    @Test
    void fifty_workflows_in_four_batches_end_completed_failed_cancelled_and_mixed() {
        String completed = submit(20, "\"polls\": 2");
        String failed = submit(10, "\"outcome\": \"failed\", \"submit\": [\"503\"]");
        String cancelled = submit(10, "\"outcome\": \"stuck\"");
        String mixed = submit(5, "\"polls\": 1", "\"outcome\": \"failed\"");
        eventually(SOON, () -> assertThat(statuses(cancelled)).containsEntry("RUNNING", 10));

        assertThat(stack.post("/workflows/batches/" + cancelled + "/cancel", "").statusCode())
                .isEqualTo(202);

        assertThat(finished(completed).path("status").asText()).isEqualTo("COMPLETED");
        assertThat(finished(failed).path("status").asText()).isEqualTo("FAILED");
        assertThat(finished(cancelled).path("status").asText()).isEqualTo("CANCELLED");
        assertThat(finished(mixed).path("status").asText()).isEqualTo("MIXED");
        for (String id : List.of(completed, failed, cancelled, mixed)) {
            JsonNode counts = batch(id).path("counts");
            Map<String, Integer> statuses = statuses(id);
            assertThat(counts.path("completed").asInt()).isEqualTo(statuses.getOrDefault("COMPLETED", 0));
            assertThat(counts.path("failed").asInt()).isEqualTo(statuses.getOrDefault("FAILED", 0));
            assertThat(counts.path("cancelled").asInt()).isEqualTo(statuses.getOrDefault("CANCELLED", 0));
        }
    }

    @Test
    void a_misbehaving_remote_side_and_a_killed_worker_start_nothing_twice_and_lose_nothing() {
        JsonNode before = seen();
        simulator("{\"fail_every\": 7, \"throttle_every\": 11, \"lose_every\": 13, \"latency_millis\": 5}");
        String id = submit(300, "\"polls\": 4");
        eventually(SOON, () -> assertThat(statuses(id)).containsKey("RUNNING"));

        stack.kill9(Component.WORKER);
        stack.up();

        JsonNode batch = finished(id);
        JsonNode after = seen();
        // A workflow job whose four tries all met a fault has failed, which a fault in four makes rare and not
        // impossible.
        assertThat(batch.path("counts").path("completed").asInt()).isGreaterThan(285);
        long started = after.at("/seen/workflows").asLong()
                - before.at("/seen/workflows").asLong();
        assertThat(started)
                .as("workflows over there")
                .isBetween((long) batch.path("counts").path("completed").asInt(), 300L);
        assertThat(after.at("/workflows/completed").asLong()
                        - before.at("/workflows/completed").asLong())
                .isEqualTo(batch.path("counts").path("completed").asInt());
    }

    @Test
    void while_the_remote_side_is_down_jobs_wait_and_end_well_when_it_is_back() {
        // By polls and not by time, so that none ends before all run; while it is down, polls do not count.
        String id = submit(20, "\"outcome\": \"completed\", \"polls\": 6");
        eventually(SOON, () -> assertThat(statuses(id)).containsEntry("RUNNING", 20));
        simulator("{\"down\": true}");
        eventually(
                SOON,
                () -> assertThat(stack.get("/workflows/batches/" + id + "/jobs").path("jobs"))
                        .anyMatch(job -> job.path("missed_polls").asInt() > 0));

        simulator("{}");

        assertThat(finished(id).path("status").asText()).isEqualTo("COMPLETED");
    }
}
