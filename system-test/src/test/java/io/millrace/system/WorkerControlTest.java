package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two worker processes, told over HTTP what to do, stopped and continued: nothing is lost, nothing ends twice. */
@Tag("real")
@ExtendWith(StackExtension.class)
class WorkerControlTest {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final int MANY_SLOTS = 100;

    private final Stack stack;
    private final String tag = "w" + UUID.randomUUID().toString().replace("-", "");
    private Set<String> others = Set.of();

    WorkerControlTest(Stack stack) {
        this.stack = stack;
    }

    /** A worker that another test has killed may still be listed; it does not answer. */
    @BeforeEach
    void whoIsThereAnswers() {
        eventually(
                SOON,
                () -> assertThat(ping().path("silent").valueStream().map(JsonNode::asText))
                        .isEmpty());
        others = alive();
    }

    @AfterEach
    void everyWorkerHasItsSlotsBack() {
        resize(others, MANY_SLOTS);
    }

    @Test
    void a_worker_that_is_asked_to_shut_down_ends_with_0_and_what_it_ran_is_given_back_and_runs_elsewhere()
            throws Exception {
        Process process = stack.another(Component.WORKER, Map.of("MILLRACE_WORKER_DRAIN_TIMEOUT", "1s"));
        String worker = theNewOne();
        resize(others, 1);
        List<String> ids = stack.bulk(20, "demo.sleep", "{\"seconds\": 12}", tag);
        Set<String> held = runningOn(worker, ids.size() - others.size());
        resize(others, MANY_SLOTS);

        assertThat(stack.post("/workers/" + worker + "/shutdown", "").statusCode())
                .isEqualTo(202);

        eventually(SOON, () -> assertThat(process.isAlive()).isFalse());
        assertThat(process.exitValue()).isZero();
        assertThat(stack.get("/workers/" + worker).path("state").asText()).isEqualTo("STOPPED");
        eventually(
                SOON,
                () -> assertThat(held).allSatisfy(id -> {
                    assertThat(stack.job(id).path("state").asText()).isIn("STARTED", "PROGRESS", "SUCCESS");
                    assertThat(stack.job(id).path("worker").asText()).isNotEqualTo(worker);
                }));
        eventually(SOON, () -> assertThat(stack.states(tag)).isEqualTo(Map.of("SUCCESS", 20L)));
        assertThat(stack.jobs(tag).values())
                .as("an attempt that was given back does not count")
                .allMatch(job -> job.path("attempt").asInt() == 1);
    }

    @Test
    void a_worker_that_comes_back_from_the_dead_changes_nothing_and_begins_anew() {
        Process process = stack.another(Component.WORKER);
        String worker = theNewOne();
        resize(others, 1);
        List<String> ids = stack.bulk(10, "demo.sleep", "{\"seconds\": 15}", tag);
        Set<String> held = runningOn(worker, ids.size() - others.size());
        resize(others, MANY_SLOTS);

        Stack.signal(process, "STOP");
        try {
            assertThat(ping().path("silent").valueStream().map(JsonNode::asText))
                    .contains(worker);
            eventually(
                    SOON,
                    () -> assertThat(ping().path("answered")
                                    .valueStream()
                                    .map(answer -> answer.path("worker_id").asText()))
                            .containsExactlyInAnyOrderElementsOf(others));
            eventually(
                    SOON,
                    () -> assertThat(held)
                            .allMatch(
                                    id -> !stack.job(id).path("worker").asText().equals(worker)));
            assertThat(stack.get("/workers/" + worker).path("state").asText()).isEqualTo("LOST");
        } finally {
            Stack.signal(process, "CONT");
        }

        String again = theNewOne();
        assertThat(again).isNotEqualTo(worker);
        eventually(SOON, () -> assertThat(stack.states(tag)).isEqualTo(Map.of("SUCCESS", 10L)));
        assertThat(stack.get("/workers/" + worker).path("state").asText()).isEqualTo("LOST");
        for (String id : ids) {
            assertThat(stack.attempts(id))
                    .filteredOn(attempt -> attempt.path("outcome").asText().equals("success"))
                    .as("successful attempts of %s", id)
                    .singleElement()
                    .satisfies(attempt ->
                            assertThat(attempt.path("worker").asText()).isNotEqualTo(worker));
        }
        assertThat(stack.post("/workers/" + again + "/shutdown", "").statusCode())
                .isEqualTo(202);
        eventually(SOON, () -> assertThat(process.isAlive()).isFalse());
    }

    private JsonNode ping() {
        return stack.parse(stack.post("/workers/ping", "").body());
    }

    private Set<String> alive() {
        return stack.get("/workers")
                .valueStream()
                .filter(worker -> worker.path("state").asText().equals("ACTIVE"))
                .map(worker -> worker.path("worker_id").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String theNewOne() {
        Set<String> added = new TreeSet<>();
        eventually(SOON, () -> {
            added.clear();
            added.addAll(alive());
            added.removeAll(others);
            assertThat(added).hasSize(1);
        });
        return added.iterator().next();
    }

    /** Changes the slots of workers, and waits until it is so. */
    private void resize(Set<String> workers, int slots) {
        for (String worker : workers) {
            assertThat(stack.patch("/workers/" + worker, "{\"concurrency\": %d}".formatted(slots))
                            .statusCode())
                    .isEqualTo(200);
        }
        for (String worker : workers) {
            eventually(
                    SOON,
                    () -> assertThat(stack.get("/workers/" + worker)
                                    .path("concurrency")
                                    .asInt())
                            .isEqualTo(slots));
        }
    }

    /** The jobs that a worker runs, once they are at least so many. */
    private Set<String> runningOn(String worker, int atLeast) {
        Set<String> running = new TreeSet<>();
        eventually(SOON, () -> {
            running.clear();
            stack.jobs(tag).forEach((id, job) -> {
                if (job.path("started_at").isTextual()
                        && job.path("worker").asText().equals(worker)) {
                    running.add(id);
                }
            });
            assertThat(running).hasSizeGreaterThanOrEqualTo(atLeast);
        });
        return running;
    }
}
