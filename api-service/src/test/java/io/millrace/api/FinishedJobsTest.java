package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.DueStore;
import io.millrace.store.FinishedStore;
import io.millrace.store.JobStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs that have left the hot table, over HTTP: nobody sees where they are. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class FinishedJobsTest {

    private static final String JOBS = "/api/v1/jobs";
    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", "at line 1");
    private static final FinishedStore.Kept KEPT =
            new FinishedStore.Kept(Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(7));

    private final String project = "p-" + UUID.randomUUID();

    @Inject
    TaskStore tasks;

    @Inject
    JobStore store;

    @Inject
    DueStore due;

    @Inject
    FinishedStore finished;

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "finished.task",
                "default",
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{}")));
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private String body(String more) {
        return "{\"task\": \"finished.task\", \"args\": {\"n\": 1}, \"trace_id\": \"t\", \"project_id\": \"" + project
                + "\"" + more + "}";
    }

    private String submit(String more) {
        return post(JOBS, body(more)).statusCode(202).extract().path("job_id");
    }

    private Claim claim(String id, int seq) {
        return store.claim(List.of(new Hint(UUID.fromString(id), seq, "default", 5, null)), "w1")
                .getFirst();
    }

    private void end(String id, Transition transition) {
        store.record(List.of(new Settled(claim(id, 0), transition)));
    }

    private int moveAll() {
        int moved = 0;
        Optional<UUID> position = Optional.of(new UUID(0, 0));
        while (position.isPresent()) {
            var step = finished.move(position.get(), 10_000, Duration.ZERO, KEPT, 2_000);
            moved += step.moved();
            position = step.last();
        }
        return moved;
    }

    /** Everything that can be asked about these jobs, as it is answered. */
    private Map<String, String> answers(List<String> ids) {
        var answers = new LinkedHashMap<String, String>();
        for (String id : ids) {
            for (String path : List.of("", "?wait=1", "/history", "/result")) {
                String url = JOBS + "/" + id + path;
                var answer = when().get(url);
                answers.put(url, answer.statusCode() + " " + answer.asString());
            }
        }
        for (String query : List.of(
                "project_id=" + project,
                "project_id=" + project + "&order=asc",
                "project_id=" + project + "&limit=2",
                "project_id=" + project + "&state=FAILURE,REVOKED",
                "project_id=" + project + "&state=SUCCESS&tag=x",
                "task=finished.task&q=IOEXCEPTION&project_id=" + project,
                "worker=w1&created_after=2020-01-01T00:00:00Z&project_id=" + project)) {
            answers.put(query, when().get(JOBS + "?" + query).asString());
        }
        answers.put("stats", when().get("/api/v1/stats").asString());
        return answers;
    }

    @Test
    void a_job_that_has_left_is_answered_as_before() {
        String good = submit(", \"tags\": [\"x\"]");
        end(good, new Transition.Succeed("{\"sum\": 3.50}"));
        String large = submit("");
        end(large, new Transition.Succeed('"' + "ü".repeat(20_000) + '"'));
        String silent = submit("");
        end(silent, new Transition.Succeed(null));
        String unkept = submit(", \"result_ttl\": 0");
        end(unkept, new Transition.Succeed(null));
        String revoked = submit("");
        post(JOBS + "/" + revoked + "/revoke", "").statusCode(200);
        String bad = submit(", \"priority\": 7, \"time_limit\": 30, \"callback_url\": \"http://example.org/done\"");
        end(bad, new Transition.Retry(ERROR, Instant.now().minusSeconds(1), 2.5));
        due.dispatchDue(100);
        store.record(List.of(new Settled(claim(bad, 1), new Transition.Fail(ERROR, false))));
        String waiting = submit("");
        List<String> all = List.of(good, large, silent, unkept, revoked, bad, waiting);
        var before = answers(all);

        assertThat(moveAll()).isGreaterThanOrEqualTo(6);

        assertThat(answers(all)).containsExactlyEntriesOf(before);
        when().get(JOBS + "?task=finished.task&project_id=" + project).then().body("jobs", hasSize(7));
        post(JOBS + "/" + good + "/revoke", "{\"terminate\": true}")
                .statusCode(409)
                .body("code", equalTo("job_already_finished"));
        post(JOBS + "/" + good + "/retry", "").statusCode(409).body("code", equalTo("job_not_failed"));
    }

    @Test
    void a_failed_job_that_has_left_runs_again() {
        String id = submit(", \"tags\": [\"again\"]");
        end(id, new Transition.Fail(ERROR, false));
        String other = submit(", \"tags\": [\"again\"]");
        end(other, new Transition.Fail(ERROR, false));
        moveAll();

        post(JOBS + "/" + id + "/retry", "{\"args\": {\"n\": 2}}")
                .statusCode(202)
                .body("state", equalTo("PENDING"))
                .body("args.n", equalTo(2));
        post(JOBS + "/replay", "{\"filter\": {\"tag\": \"again\"}}")
                .statusCode(200)
                .body("replayed", equalTo(1));

        when().get(JOBS + "/" + other).then().body("state", equalTo("PENDING"));
        when().get(JOBS + "/" + id + "/history").then().body("attempts", hasSize(1));
    }

    @Test
    void the_same_key_again_is_answered_with_a_job_that_has_left() {
        String key = UUID.randomUUID().toString();
        String id = submit(", \"idempotency_key\": \"" + key + "\"");
        end(id, new Transition.Succeed("1"));
        moveAll();

        post(JOBS, body(", \"idempotency_key\": \"" + key + "\""))
                .statusCode(200)
                .body("job_id", equalTo(id))
                .body("state", equalTo("SUCCESS"))
                .body("result", equalTo(1));
    }

    @Test
    void a_stream_of_a_job_that_has_left_says_how_it_ended() {
        String id = submit("");
        end(id, new Transition.Succeed("1"));
        String before = when().get(JOBS + "/" + id + "/events").asString();
        moveAll();

        String after = when().get(JOBS + "/" + id + "/events").asString();

        assertThat(after).contains("SUCCESS");
        assertThat(after.lines().filter(line -> line.contains("SUCCESS")).count())
                .isEqualTo(
                        before.lines().filter(line -> line.contains("SUCCESS")).count());
    }
}
