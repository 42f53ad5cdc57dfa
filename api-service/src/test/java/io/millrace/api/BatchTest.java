package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
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
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches over HTTP, against a real PostgreSQL and a real Kafka. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class BatchTest {

    private static final String BATCHES = "/api/v1/batches";
    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", null);

    @Inject
    TaskStore tasks;

    @Inject
    JobStore store;

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "batch.task", "default", 5, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, """
                {"type": "object", "additionalProperties": false, "required": ["n"],
                 "properties": {"n": {"type": "integer"}, "more": {"type": "array", "items": {"type": "integer"}, "maxItems": 3}}}
                """)));
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private static String job(String key, String args, String... dependsOn) {
        return "{\"key\": \"%s\", \"task\": \"batch.task\", \"args\": %s, \"depends_on\": [%s]}"
                .formatted(
                        key,
                        args,
                        List.of(dependsOn).stream().map(k -> "\"" + k + "\"").collect(Collectors.joining(",")));
    }

    private static String batch(String... jobs) {
        return "{\"name\": \"test\", \"jobs\": [" + String.join(",", jobs) + "]}";
    }

    private static final String N = "{\"n\": 1}";

    /** a → b → c, and d. */
    private static Map<String, String> submitted(StringBuilder id) {
        var answer = post(
                        BATCHES,
                        batch(job("a", N), job("b", "{\"n\": {\"$result\": \"a\"}}"), job("c", N, "b"), job("d", N)))
                .statusCode(202)
                .extract();
        id.append(answer.<String>path("batch_id"));
        return answer.path("jobs");
    }

    private Claim claim(@Nullable String id) {
        return store.claim(List.of(new Hint(UUID.fromString(Objects.requireNonNull(id)), 0, "default", 5, null)), "w1")
                .getFirst();
    }

    private void end(@Nullable String id, Transition transition) {
        store.record(List.of(new Settled(claim(id), transition)));
    }

    @Test
    void a_batch_is_accepted_whole_and_shown() {
        var id = new StringBuilder();
        Map<String, String> jobs = submitted(id);

        when().get(BATCHES + "/" + id)
                .then()
                .statusCode(200)
                .body("batch_id", equalTo(id.toString()))
                .body("name", equalTo("test"))
                .body("status", equalTo("PENDING"))
                .body("counts", equalTo(Map.of("total", 4, "completed", 0, "failed", 0, "cancelled", 0, "active", 4)))
                .body("on_parent_failure", equalTo("cancel"))
                .body("created_at", notNullValue())
                .body("finished_at", nullValue());
        when().get("/api/v1/jobs/" + jobs.get("b"))
                .then()
                .body("state", equalTo("BLOCKED"))
                .body("batch_id", equalTo(id.toString()))
                .body("args.n.'$result'", equalTo("a"));
        when().get("/api/v1/jobs/" + jobs.get("a")).then().body("state", equalTo("PENDING"));
        when().get("/api/v1/jobs?batch_id=" + id).then().body("jobs", hasSize(4));
        String next = when().get(BATCHES + "/" + id + "/jobs?limit=3")
                .then()
                .body("jobs.key", equalTo(List.of("a", "b", "c")))
                .body("jobs[1].state", equalTo("BLOCKED"))
                .extract()
                .path("next_cursor");
        when().get(BATCHES + "/" + id + "/jobs?limit=3&cursor=" + next)
                .then()
                .body("jobs.key", equalTo(List.of("d")))
                .body("next_cursor", nullValue());
    }

    @Test
    void batches_are_listed_by_status_and_name_a_page_at_a_time() {
        String name = "n" + UUID.randomUUID();
        for (int i = 0; i < 3; i++) {
            post(BATCHES, batch(job("a", N)).replace("test", name)).statusCode(202);
        }

        String next = when().get(BATCHES + "?limit=2&name=" + name + "&status=PENDING,RUNNING")
                .then()
                .body("batches", hasSize(2))
                .extract()
                .path("next_cursor");
        when().get(BATCHES + "?limit=2&name=" + name + "&cursor=" + next).then().body("batches", hasSize(1));
        when().get(BATCHES + "?name=" + name + "&status=MIXED").then().body("batches", empty());
        when().get(BATCHES + "?status=odd&limit=0&cursor=x&created_after=y")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("status", "limit", "cursor", "created_after"));
    }

    @Test
    void what_is_no_graph_is_refused_with_the_place() {
        post(BATCHES, batch(job("a", N, "c"), job("b", N, "a"), job("c", N, "b")))
                .statusCode(422)
                .body("code", equalTo("invalid_graph"))
                .body("errors.message", hasItem(containsString("cycle of 3")));
        post(BATCHES, batch(job("a", N), job("b", N, "x"), job("b", "{\"n\": {\"$result\": \"y\"}}")))
                .statusCode(422)
                .body("code", equalTo("invalid_graph"))
                .body("errors.field", hasItems("jobs[1].depends_on[0]", "jobs[2].args", "jobs[2].key"));
    }

    @Test
    void every_bad_job_is_named_and_none_is_accepted() {
        post(
                        BATCHES,
                        batch(
                                job("a", "{}"),
                                job("b", N),
                                "{\"key\": \"c\", \"task\": \"nobody.knows\"}",
                                "7",
                                "{\"key\": \"d\", \"task\": \"batch.task\", \"args\": {\"n\": 1}, \"idempotency_key\": \"k\"}",
                                "{\"key\": 1, \"task\": \"batch.task\", \"args\": {\"n\": 1}, \"depends_on\": [2], \"on_parent_failure\": \"explode\"}",
                                "{\"task\": \"batch.task\", \"args\": {\"n\": {\"$result\": 1}}}"))
                .statusCode(422)
                .body("code", equalTo("batch_rejected"))
                .body(
                        "errors.field",
                        hasItems(
                                "jobs[0].args.n",
                                "jobs[2]",
                                "jobs[3]",
                                "jobs[4].idempotency_key",
                                "jobs[5].key",
                                "jobs[5].depends_on[0]",
                                "jobs[5].on_parent_failure",
                                "jobs[6].args.n"));
    }

    @Test
    void arguments_are_checked_as_far_as_no_result_is_put_in() {
        post(
                        BATCHES,
                        batch(
                                job("a", N),
                                job("b", "{\"n\": {\"$result\": \"a\"}, \"more\": [1, {\"$result\": \"a\"}]}")))
                .statusCode(202);
        post(BATCHES, batch(job("a", N), job("b", "{\"n\": {\"$result\": \"a\"}, \"more\": [1, \"x\"]}")))
                .statusCode(422)
                .body("errors.field", equalTo(List.of("jobs[1].args.more[1]")));
        post(BATCHES, batch(job("a", N), job("b", "{\"more\": [{\"$result\": \"a\"}], \"odd\": 1}")))
                .statusCode(422)
                .body("errors.field", hasItems("jobs[1].args.n", "jobs[1].args.odd"));
    }

    @Test
    void nonsense_is_refused() {
        post(BATCHES, "[]").statusCode(422);
        post(BATCHES, "{\"jobs\": [").statusCode(400).body("code", equalTo("malformed_json"));
        post(BATCHES, "{\"jobs\": []} x").statusCode(400);
        post(BATCHES, "{\"jobs\": []}").statusCode(422).body("errors.field", hasItem("jobs"));
        post(BATCHES, "{\"name\": 7, \"callback_url\": \"ftp://x\", \"on_parent_failure\": \"?\"}")
                .statusCode(422)
                .body("errors.field", hasItems("name", "callback_url", "on_parent_failure", "jobs"));
        post(BATCHES, "{\"jobs\": [" + job("a", N) + "], \"colour\": 1}")
                .statusCode(422)
                .body("code", equalTo("unknown_field"));
        when().get(BATCHES + "/" + UUID.randomUUID()).then().statusCode(404).body("code", equalTo("batch_not_found"));
        post(BATCHES + "/x/revoke", "").statusCode(404);
        post(BATCHES + "/" + UUID.randomUUID() + "/retry", "").statusCode(404);
    }

    @Test
    void a_batch_has_a_largest_size() {
        String jobs = IntStream.range(0, 20_001)
                .mapToObj(i -> "{\"task\": \"batch.task\", \"args\": {\"n\": 1}}")
                .collect(Collectors.joining(","));

        post(BATCHES, "{\"jobs\": [" + jobs + "]}").statusCode(413).body("code", equalTo("batch_too_large"));
    }

    @Test
    void ten_thousand_and_one_jobs_with_two_hundred_thousand_dependencies_are_accepted() {
        String jobs = IntStream.range(0, 10_001)
                .mapToObj(i -> job(
                        "k" + i,
                        N,
                        IntStream.range(Math.max(0, i - 20), i)
                                .mapToObj(p -> "k" + p)
                                .toArray(String[]::new)))
                .collect(Collectors.joining(","));

        String id = post(BATCHES, "{\"jobs\": [" + jobs + "]}")
                .statusCode(202)
                .extract()
                .path("batch_id");

        when().get(BATCHES + "/" + id).then().body("counts.total", equalTo(10_001));
        post(BATCHES + "/" + id + "/revoke", "").statusCode(200).body("status", equalTo("CANCELLED"));
    }

    @Test
    void a_job_without_a_key_is_called_by_its_place() {
        var jobs = post(BATCHES, batch("{\"task\": \"batch.task\", \"args\": {\"n\": 1}}", job("b", N, "0")))
                .statusCode(202)
                .extract()
                .<Map<String, String>>path("jobs");

        assertThat(jobs).containsOnlyKeys("0", "b");
    }

    @Test
    void a_batch_is_revoked_once() {
        var id = new StringBuilder();
        submitted(id);

        post(BATCHES + "/" + id + "/revoke", "{\"terminate\": true}")
                .statusCode(200)
                .body("status", equalTo("CANCELLED"))
                .body("counts.cancelled", equalTo(4));
        post(BATCHES + "/" + id + "/revoke", "").statusCode(409).body("code", equalTo("batch_already_finished"));
        post(BATCHES + "/" + id + "/revoke", "{\"terminate\": 1}").statusCode(422);
    }

    @Test
    void revoking_a_job_cancels_what_follows_from_it() {
        var id = new StringBuilder();
        Map<String, String> jobs = submitted(id);

        post("/api/v1/jobs/" + jobs.get("b") + "/revoke", "").statusCode(200).body("state", equalTo("REVOKED"));

        when().get("/api/v1/jobs/" + jobs.get("c"))
                .then()
                .body("state", equalTo("REVOKED"))
                .body("error.exc_message", equalTo("parent failed: b"));
        when().get(BATCHES + "/" + id).then().body("counts.cancelled", equalTo(2));
    }

    @Test
    void the_failed_part_is_retried() {
        var id = new StringBuilder();
        Map<String, String> jobs = submitted(id);
        post(BATCHES + "/" + id + "/retry", "").statusCode(409).body("code", equalTo("batch_not_failed"));
        end(jobs.get("d"), new Transition.Succeed("1"));
        end(jobs.get("a"), new Transition.Fail(ERROR, false));
        when().get(BATCHES + "/" + id)
                .then()
                .body("status", equalTo("MIXED"))
                .body("counts", equalTo(Map.of("total", 4, "completed", 1, "failed", 1, "cancelled", 2, "active", 0)))
                .body("finished_at", notNullValue());

        post(BATCHES + "/" + id + "/retry", "")
                .statusCode(202)
                .body("status", equalTo("RUNNING"))
                .body("counts", equalTo(Map.of("total", 4, "completed", 1, "failed", 0, "cancelled", 0, "active", 3)))
                .body("finished_at", nullValue());

        when().get(BATCHES + "/" + id + "/jobs")
                .then()
                .body("jobs.state", is(List.of("PENDING", "BLOCKED", "BLOCKED", "SUCCESS")))
                .body("jobs.task", everyItem(equalTo("batch.task")));
    }
}
