package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Isolated runs of the packaged worker: in processes of their own, which end when they must, and nothing else does. */
@Tag("real")
@ExtendWith(StackExtension.class)
class IsolationTest {

    private static final Duration SOON = Duration.ofMinutes(1);

    private final Stack stack;

    IsolationTest(Stack stack) {
        this.stack = stack;
    }

    /** A child's start is not what is measured here; and it must be a child of the worker that is looked at. */
    @BeforeEach
    void aChildOfTheOnlyWorkerIsWarm() {
        stack.onlyOneOfEach();
        String id = submit("{\"task\": \"demo.spin\", \"args\": {\"seconds\": 0, \"isolated\": true}}");
        awaitState(id, "SUCCESS", SOON);
        assertThat(children()).isNotEmpty();
    }

    private String submit(String body) {
        HttpResponse<String> response = stack.post("/jobs", body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return stack.parse(response.body()).path("job_id").asText();
    }

    private JsonNode awaitState(String id, String state, Duration limit) {
        eventually(limit, () -> assertThat(stack.job(id).path("state").asText()).isEqualTo(state));
        return stack.job(id);
    }

    private List<ProcessHandle> children() {
        return ProcessHandle.of(stack.pid(Component.WORKER))
                .orElseThrow()
                .children()
                .toList();
    }

    @Test
    void a_run_that_ignores_everything_is_killed_at_its_time_limit() {
        // Looked at before the limit begins, after which it may not be there any more.
        List<ProcessHandle> warm = children();
        long worker = stack.pid(Component.WORKER);

        String id = submit(
                "{\"task\": \"demo.spin\", \"args\": {\"seconds\": 600, \"isolated\": true}, \"time_limit\": 2, \"max_retries\": 0}");
        JsonNode ended = awaitState(id, "FAILURE", SOON);

        assertThat(ended.at("/error/exc_type").asText()).isEqualTo("TimeLimitExceeded");
        eventually(SOON, () -> assertThat(warm).anyMatch(child -> !child.isAlive()));
        assertThat(stack.pid(Component.WORKER)).isEqualTo(worker);
    }

    @Test
    void a_run_that_is_terminated_ends_with_its_process() {
        String id = submit("{\"task\": \"demo.spin\", \"args\": {\"seconds\": 600, \"isolated\": true}}");
        awaitState(id, "STARTED", SOON);
        List<ProcessHandle> busy = children();

        stack.post("/jobs/" + id + "/revoke", "{\"terminate\": true}");

        eventually(SOON, () -> assertThat(busy).anyMatch(child -> !child.isAlive()));
        assertThat(stack.job(id).path("state").asText()).isEqualTo("REVOKED");
    }

    @Test
    void a_job_that_crashes_its_process_three_times_fails_alone() {
        long worker = stack.pid(Component.WORKER);
        String bystander = submit("{\"task\": \"demo.sleep\", \"args\": {\"seconds\": 5}}");

        String id = submit("{\"task\": \"demo.crash\", \"args\": {\"isolated\": true}}");

        JsonNode ended = awaitState(id, "FAILURE", SOON);
        assertThat(ended.at("/error/exc_type").asText()).isEqualTo("WorkerLost");
        assertThat(ended.at("/error/exc_message").asText()).contains("exit status 1");
        assertThat(stack.attempts(id))
                .hasSize(3)
                .allMatch(attempt -> attempt.path("outcome").asText().equals("lost"));
        assertThat(awaitState(bystander, "SUCCESS", SOON).path("attempt").asInt())
                .isEqualTo(1);
        assertThat(stack.pid(Component.WORKER)).isEqualTo(worker);
    }

    @Test
    void children_end_with_their_worker_however_it_ends() {
        String id = submit("{\"task\": \"demo.spin\", \"args\": {\"seconds\": 600, \"isolated\": true}}");
        awaitState(id, "STARTED", SOON);
        List<ProcessHandle> orphans = children();

        stack.kill9(Component.WORKER);

        eventually(SOON, () -> assertThat(orphans).noneMatch(ProcessHandle::isAlive));
        stack.post("/jobs/" + id + "/revoke", "{\"terminate\": true}");
    }
}
