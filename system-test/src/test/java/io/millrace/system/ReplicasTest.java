package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three schedulers, two APIs and two workers side by side: one of each is killed, and nobody who uses them can tell. */
@Tag("real")
@ExtendWith(StackExtension.class)
class ReplicasTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int STATUS_OF_TERM = 128 + 15;

    private final Stack stack;
    private final String tag = "t" + UUID.randomUUID().toString().replace("-", "");

    /** What was accepted, by its idempotency key. */
    private final Map<Integer, String> accepted = new ConcurrentHashMap<>();

    private final List<String> refused = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean enough = new AtomicBoolean();

    ReplicasTest(Stack stack) {
        this.stack = stack;
    }

    /** As a deployment does before a new version: the process has to end by itself, or the deployment waits for ever. */
    @Test
    void a_process_that_is_told_to_migrate_does_so_beside_the_others_and_ends() {
        assertThat(stack.once(Component.SCHEDULER, "migrate")).isZero();
    }

    @Test
    void processes_that_wait_for_PostgreSQL_at_their_start_end_when_they_are_told_to() throws InterruptedException {
        var waiting = List.of(stack.waiting(Component.API), stack.waiting(Component.SCHEDULER, "migrate"));

        waiting.forEach(Process::destroy);

        for (Process process : waiting) {
            assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                    .as("it has ended")
                    .isTrue();
            assertThat(process.exitValue()).isEqualTo(STATUS_OF_TERM);
            assertThat(stack.said(process).lines()).last().asString().contains("told to end");
        }
    }

    @Test
    void one_of_each_is_killed_and_every_job_is_accepted_and_succeeds_once_at_the_planned_time() {
        Process api = stack.another(Component.API);
        stack.another(Component.SCHEDULER);
        stack.another(Component.SCHEDULER);
        stack.another(Component.WORKER);
        String schedule = "every-second-" + tag;
        stack.post("/schedules", "{\"name\": \"%s\", \"task\": \"demo.noop\", \"every\": 1}".formatted(schedule));
        // As behind a balancer: a request that one replica does not answer goes to the other.
        var replicas = List.of(stack.api("/jobs"), stack.api(api, "/jobs"));
        var caller = CompletableFuture.runAsync(() -> submitUntilEnough(replicas));

        for (Component victim : List.of(Component.SCHEDULER, Component.API, Component.WORKER)) {
            int before = accepted.size();
            eventually(SOON, () -> assertThat(accepted).hasSizeGreaterThan(before + 100));
            stack.kill9(victim);
        }
        int before = accepted.size();
        eventually(SOON, () -> assertThat(accepted).hasSizeGreaterThan(before + 100));
        enough.set(true);
        caller.join();
        stack.up();

        assertThat(refused).isEmpty();
        eventually(SOON, () -> assertThat(stack.states(tag)).containsOnlyKeys("SUCCESS"));
        Map<String, JsonNode> jobs = stack.jobs(tag);
        assertThat(jobs.keySet()).containsExactlyInAnyOrderElementsOf(accepted.values());
        assertThat(jobs.values())
                .allSatisfy(job -> assertThat(stack.attempts(job.path("job_id").asText()))
                        .filteredOn(attempt -> attempt.path("outcome").asText().equals("success"))
                        .hasSize(1));
        everySecondFiredOnce(schedule);
    }

    /** Jobs that are due at once, jobs that are due later, and jobs that fail once, each with a key of its own. */
    private void submitUntilEnough(List<URI> replicas) {
        for (int key = 0; !enough.get(); key++) {
            String kind = List.of(
                            "\"task\": \"demo.noop\"",
                            "\"task\": \"demo.noop\", \"countdown\": 2",
                            "\"task\": \"demo.fail\", \"args\": {\"times\": 1}, \"retry_delay\": 1")
                    .get(key % 3);
            String body = "{%s, \"idempotency_key\": \"%s-%d\", \"tags\": [\"%s\"]}".formatted(kind, tag, key, tag);
            submit(key, body, replicas);
        }
    }

    private void submit(int key, String body, List<URI> replicas) {
        for (int i = 0; i < replicas.size(); i++) {
            try {
                HttpResponse<String> answer = stack.post(replicas.get((key + i) % replicas.size()), body);
                if (answer.statusCode() / 100 == 2) {
                    accepted.put(key, stack.parse(answer.body()).path("job_id").asText());
                } else {
                    refused.add(answer.body());
                }
                return;
            } catch (UncheckedIOException e) {
                // This replica is dead; whether it had accepted the job before, the key tells the other one.
            }
        }
        refused.add("nobody answers for " + key);
    }

    private void everySecondFiredOnce(String schedule) {
        List<JsonNode> firings = stack.get("/schedules/" + schedule + "/firings?limit=500")
                .path("firings")
                .valueStream()
                .toList()
                .reversed();
        assertThat(firings).hasSizeGreaterThan(5);
        for (int i = 0; i < firings.size(); i++) {
            assertThat(firings.get(i).path("outcome").asText()).isEqualTo("fired");
            if (i > 0) {
                assertThat(Duration.between(fireTime(firings.get(i - 1)), fireTime(firings.get(i))))
                        .isEqualTo(Duration.ofSeconds(1));
            }
        }
    }

    private static Instant fireTime(JsonNode firing) {
        return Instant.parse(firing.path("fire_time").asText());
    }
}
