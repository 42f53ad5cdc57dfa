package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.job.RetryPolicy;
import io.millrace.limit.LimitName;
import io.millrace.queue.Hint;
import io.millrace.store.LimitStore;
import io.millrace.store.TaskStore;
import io.millrace.store.WorkerStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Why a job is not running, over HTTP against a real PostgreSQL. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class WhyTest {

    private static final String JOBS = "/api/v1/jobs";

    @Inject
    TaskStore tasks;

    @Inject
    WorkerStore workers;

    @Inject
    LimitStore limits;

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "why.task", "cron", 5, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, "{}")));
    }

    private static String submit(String fields) {
        return post(JOBS, "{\"task\": \"why.task\"" + fields + "}")
                .statusCode(202)
                .extract()
                .path("job_id");
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    private static ValidatableResponse why(String id) {
        return when().get(JOBS + "/" + id + "/why").then();
    }

    @Test
    void what_keeps_a_job_is_told_with_a_stable_word_and_a_sentence() {
        String id = submit("");
        post("/api/v1/queues/cron/pause", "").statusCode(200);

        why(id).statusCode(200)
                .body("job_id", equalTo(id))
                .body("state", equalTo("PENDING"))
                .body("because.code", hasItems("queue_paused", "no_worker"))
                .body("because[0].code", equalTo("queue_paused"))
                .body("because[0].message", containsString("cron"))
                .body("because[0].until", nullValue());

        post("/api/v1/queues/cron/resume", "").statusCode(200);
        why(id).body("because", hasSize(1)).body("because[0].code", equalTo("no_worker"));
    }

    @Test
    void one_that_is_not_due_says_until_when() {
        why(submit(", \"countdown\": 3600"))
                .body("state", equalTo("SCHEDULED"))
                .body("because[0].code", equalTo("not_due"))
                .body("because[0].until", notNullValue());
    }

    @Test
    void one_that_has_ended_says_so_and_one_that_is_not_there_is_no_job() {
        String id = submit("");
        post(JOBS + "/" + id + "/revoke", "").statusCode(200);

        why(id).body("because[0].code", equalTo("finished")).body("state", equalTo("REVOKED"));
        why(UUID.randomUUID().toString()).statusCode(404).body("code", equalTo("job_not_found"));
        why("x").statusCode(404);
    }

    @Test
    void a_throttled_one_names_the_limit() {
        String worker = "why-" + UUID.randomUUID();
        workers.enrol(worker, "host", "test", List.of("webhooks"), 2);
        workers.knows(worker, List.of("why.task"));
        String key = "why-" + UUID.randomUUID();
        limits.set(new LimitName(LimitName.Scope.KEY, key), new LimitStore.Change(true, "1/h", false, null));
        // In a queue that no other test looks at: there is a worker in it from now on.
        String fields = ", \"queue\": \"webhooks\", \"rate_key\": \"" + key + "\"";
        List<Hint> both = List.of(submit(fields), submit(fields)).stream()
                .map(id -> new Hint(UUID.fromString(id), 0, "webhooks", 5, null))
                .toList();
        limits.admit(both, limits.inForce(), worker);

        why(both.getLast().jobId().toString())
                .body("because", hasSize(1))
                .body("because[0].code", equalTo("throttled"))
                .body("because[0].until", notNullValue())
                .body("because[0].limits[0].scope", equalTo("key"))
                .body("because[0].limits[0].name", equalTo(key))
                .body("because[0].limits[0].rate_limit", equalTo("1/h"))
                .body("because[0].limits[0].max_concurrency", nullValue());
        given().contentType("application/json")
                .delete("/api/v1/limits/keys/" + key)
                .then()
                .statusCode(204);
    }

    @Test
    void a_blocked_one_names_what_it_waits_for() {
        var batch = post("/api/v1/batches", """
                        {"jobs": [{"key": "a", "task": "why.task"}, {"key": "b", "task": "why.task", "depends_on": ["a"]}]}
                        """).statusCode(202).extract().jsonPath();

        why(batch.getString("jobs.b"))
                .body("because[0].code", equalTo("waits_for_parents"))
                .body("because[0].parents[0].key", equalTo("a"))
                .body("because[0].parents[0].job_id", equalTo(batch.getString("jobs.a")));
    }

    @Test
    void it_is_in_the_description_of_the_api() {
        when().get("/q/openapi?format=json")
                .then()
                .body("paths.'/api/v1/jobs/{id}/why'.get.operationId", equalTo("whyIsJobWaiting"))
                .body("components.schemas.Because.properties.code.enum", hasItems("throttled", "hint_lost"));
    }
}
