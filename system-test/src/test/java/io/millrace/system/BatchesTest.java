package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Graphs of jobs are done whole and in order, whatever their shape and whatever dies meanwhile. */
@Tag("real")
@ExtendWith(StackExtension.class)
class BatchesTest {

    private static final Duration SOON = Duration.ofMinutes(2);

    private final Stack stack;
    private final String tag = "b" + UUID.randomUUID().toString().replace("-", "");

    BatchesTest(Stack stack) {
        this.stack = stack;
    }

    private String job(String key, String task, String args, List<String> dependsOn) {
        return "{\"key\": \"%s\", \"task\": \"%s\", \"args\": %s, \"tags\": [\"%s\"], \"depends_on\": [%s]}"
                .formatted(
                        key,
                        task,
                        args,
                        tag,
                        dependsOn.stream().map(k -> "\"" + k + "\"").collect(Collectors.joining(",")));
    }

    private String noop(String key, List<String> dependsOn) {
        return job(key, "demo.noop", "{}", dependsOn);
    }

    private String submit(List<String> jobs) {
        HttpResponse<String> response =
                stack.post("/batches", "{\"name\": \"" + tag + "\", \"jobs\": [" + String.join(",", jobs) + "]}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return stack.parse(response.body()).path("batch_id").asText();
    }

    private JsonNode completed(String id) {
        eventually(
                SOON,
                () -> assertThat(stack.get("/batches/" + id).path("status").asText())
                        .isEqualTo("COMPLETED"));
        return stack.get("/batches/" + id).path("counts");
    }

    /** Done when all have succeeded at their first attempt. */
    private void allRunOnce(String id, int total) {
        assertThat(completed(id).path("completed").asInt()).isEqualTo(total);
        assertThat(stack.jobs(tag).values())
                .hasSize(total)
                .allMatch(job -> job.path("state").asText().equals("SUCCESS"))
                .allMatch(job -> job.path("attempt").asInt() == 1);
    }

    private List<String> grid(int side, String task, String args) {
        var jobs = new ArrayList<String>();
        for (int x = 0; x < side; x++) {
            for (int y = 0; y < side; y++) {
                var parents = new ArrayList<String>();
                if (x > 0) {
                    parents.add((x - 1) + "-" + y);
                }
                if (y > 0) {
                    parents.add(x + "-" + (y - 1));
                }
                jobs.add(job(x + "-" + y, task, args, parents));
            }
        }
        return jobs;
    }

    @Test
    void ten_thousand_children_of_one_parent_run_after_it_and_before_their_end() {
        var jobs = new ArrayList<String>();
        jobs.add(noop("root", List.of()));
        IntStream.range(0, 10_000).forEach(i -> jobs.add(noop("c" + i, List.of("root"))));

        allRunOnce(submit(jobs), 10_001);
    }

    @Test
    void a_chain_of_a_thousand_runs_link_by_link() {
        allRunOnce(
                submit(IntStream.range(0, 1_000)
                        .mapToObj(i -> noop("k" + i, i == 0 ? List.of() : List.of("k" + (i - 1))))
                        .toList()),
                1_000);
    }

    @Test
    void a_grid_of_a_hundred_by_a_hundred_runs_from_corner_to_corner() {
        allRunOnce(submit(grid(100, "demo.noop", "{}")), 10_000);
    }

    @Test
    void results_go_from_parent_to_child() {
        var jobs = new ArrayList<String>();
        IntStream.range(0, 200)
                .forEach(i -> jobs.add(job("n" + i, "demo.add", "{\"values\": [" + i + ", 0.5]}", List.of())));
        String all = IntStream.range(0, 200)
                .mapToObj(i -> "{\"$result\": \"n" + i + "\"}")
                .collect(Collectors.joining(","));
        jobs.add(job("sum", "demo.add", "{\"values\": [" + all + "]}", List.of()));

        String id = submit(jobs);

        completed(id);
        var sum = stack.jobs(tag).values().stream()
                .filter(job -> job.path("args").toString().contains("$result"))
                .findFirst()
                .orElseThrow();
        assertThat(sum.path("result").asText()).isEqualTo("20000.0");
    }

    @Test
    void a_result_reaches_a_child_that_has_its_process_to_itself() {
        String id = submit(List.of(
                job("a", "demo.add", "{\"values\": [0.01, 0.04]}", List.of()),
                job("b", "demo.spin", "{\"seconds\": {\"$result\": \"a\"}, \"isolated\": true}", List.of())));

        completed(id);

        assertThat(stack.jobs(tag).values())
                .filteredOn(job -> job.path("task").asText().equals("demo.spin"))
                .singleElement()
                .satisfies(job -> assertThat(job.path("result").path("seconds").asDouble())
                        .isEqualTo(0.05));
    }

    @Test
    void a_worker_killed_in_the_middle_of_a_graph_changes_nothing_in_its_outcome() {
        String id = submit(grid(20, "demo.sleep", "{\"seconds\": 0.2}"));
        stack.another(Component.WORKER);
        eventually(
                SOON,
                () -> assertThat(stack.get("/batches/" + id)
                                .path("counts")
                                .path("completed")
                                .asInt())
                        .isGreaterThan(40));

        stack.kill9(Component.WORKER);

        assertThat(completed(id).path("completed").asInt()).isEqualTo(400);
        stack.up();
    }

    @Test
    void a_scheduler_killed_in_the_middle_of_a_graph_is_not_missed() {
        String id = submit(grid(20, "demo.sleep", "{\"seconds\": 0.1}"));
        eventually(
                SOON,
                () -> assertThat(stack.get("/batches/" + id)
                                .path("counts")
                                .path("completed")
                                .asInt())
                        .isGreaterThan(10));

        stack.kill9(Component.SCHEDULER);

        assertThat(completed(id).path("completed").asInt()).isEqualTo(400);
        stack.up();
    }

    @Test
    void a_failed_part_is_cancelled_and_then_retried() {
        var jobs = List.of(
                noop("a", List.of()),
                "{\"key\": \"b\", \"task\": \"demo.fail\", \"args\": {\"times\": 1}, \"max_retries\": 0, \"depends_on\": [\"a\"]}",
                noop("c", List.of("b")));

        String id = submit(jobs);
        eventually(
                SOON,
                () -> assertThat(stack.get("/batches/" + id).path("status").asText())
                        .isEqualTo("MIXED"));
        assertThat(stack.get("/batches/" + id).path("counts"))
                .isEqualTo(stack.parse("{\"total\":3,\"completed\":1,\"failed\":1,\"cancelled\":1,\"active\":0}"));

        // It fails once a fresh start, so it fails again: what matters is that this part alone was tried again.
        assertThat(stack.post("/batches/" + id + "/retry", "").statusCode()).isEqualTo(202);
        eventually(
                SOON,
                () -> assertThat(stack.get("/batches/" + id).path("status").asText())
                        .isEqualTo("MIXED"));
        assertThat(stack.get("/batches/" + id).path("counts").path("completed").asInt())
                .isEqualTo(1);
    }
}
