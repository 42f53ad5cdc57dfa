package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What people do to jobs and queues, over HTTP, against a real PostgreSQL and a real Kafka. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class JobControlTest {

    private static final String JOBS = "/api/v1/jobs";
    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", null);

    @Inject
    TaskStore tasks;

    @Inject
    JobStore store;

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "control.task",
                "default",
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}")));
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private static String submit() {
        return post(JOBS, "{\"task\": \"control.task\"}")
                .statusCode(202)
                .extract()
                .path("job_id");
    }

    private static String submitted(String tag, String args) {
        return post(JOBS, "{\"task\": \"control.task\", \"tags\": [\"" + tag + "\"], \"args\": " + args + "}")
                .statusCode(202)
                .extract()
                .path("job_id");
    }

    private Claim claim(String id) {
        return store.claim(List.of(new Hint(UUID.fromString(id), 0, "default", 5, null)), "w1")
                .getFirst();
    }

    private void fail(String id) {
        store.record(List.of(new Settled(claim(id), new Transition.Fail(ERROR, false))));
    }

    @Test
    void the_same_key_and_job_again_are_answered_with_the_first_job() {
        String key = UUID.randomUUID().toString();
        String first = given().header("Idempotency-Key", key)
                .contentType("application/json")
                .body("{\"task\": \"control.task\", \"args\": {\"n\": 1}}")
                .post(JOBS)
                .then()
                .statusCode(202)
                .extract()
                .path("job_id");

        post(JOBS, "{\"idempotency_key\": \"" + key + "\", \"args\": { \"n\":1 }, \"task\": \"control.task\"}")
                .statusCode(200)
                .body("job_id", equalTo(first));
        post(JOBS, "{\"idempotency_key\": \"" + key + "\", \"args\": {\"n\": 2}, \"task\": \"control.task\"}")
                .statusCode(422)
                .body("code", equalTo("idempotency_key_reused"));
    }

    @Test
    void a_waiting_job_is_revoked_and_only_once() {
        String id = submit();

        post(JOBS + "/" + id + "/revoke", "").statusCode(200).body("state", equalTo("REVOKED"));
        post(JOBS + "/" + id + "/revoke", "{\"terminate\": true}")
                .statusCode(409)
                .body("code", equalTo("job_already_finished"));
        when().get(JOBS + "/" + id + "/result").then().statusCode(409).body("code", equalTo("job_revoked"));
    }

    @Test
    void a_running_job_is_revoked_with_terminate() {
        String id = submit();
        claim(id);

        post(JOBS + "/" + id + "/revoke", "{\"terminate\": true}")
                .statusCode(200)
                .body("state", equalTo("REVOKED"));
    }

    @Test
    void nonsense_is_refused_and_an_unknown_job_not_found() {
        post(JOBS + "/" + submit() + "/revoke", "{\"terminate\": \"yes\"}")
                .statusCode(422)
                .body("errors.field", hasItem("terminate"));
        post(JOBS + "/" + UUID.randomUUID() + "/revoke", "{}").statusCode(404).body("code", equalTo("job_not_found"));
        post(JOBS + "/replay", "{\"limit\": 0}").statusCode(422);
        post(JOBS + "/replay", "{\"filter\": {\"colour\": \"red\"}}")
                .statusCode(422)
                .body("code", equalTo("unknown_field"));
    }

    @Test
    void a_failed_job_runs_again_with_other_arguments_that_fit() {
        String id = submit();
        post(JOBS + "/" + id + "/retry", "{}").statusCode(409).body("code", equalTo("job_not_failed"));
        fail(id);

        post(JOBS + "/" + id + "/retry", "{\"args\": {\"n\": \"x\"}}")
                .statusCode(422)
                .body("code", equalTo("invalid_args"));
        post(JOBS + "/" + id + "/retry", "{\"args\": {\"n\": 3}}")
                .statusCode(202)
                .body("state", equalTo("PENDING"))
                .body("args.n", equalTo(3));
    }

    @Test
    void failed_jobs_are_replayed_by_filter() {
        String id = post(JOBS, "{\"task\": \"control.task\", \"tags\": [\"replay\"]}")
                .extract()
                .path("job_id");
        fail(id);

        post(JOBS + "/replay", "{\"filter\": {\"tag\": \"replay\"}, \"limit\": 10}")
                .statusCode(200)
                .body("replayed", equalTo(1));

        when().get(JOBS + "/" + id).then().body("state", equalTo("PENDING"));
    }

    @Test
    void jobs_are_replayed_with_changed_arguments_all_or_none() {
        String one = submitted("changed", "{\"n\": 1}");
        String other = submitted("changed", "{\"n\": 2}");
        fail(one);
        fail(other);
        String filter = "\"filter\": {\"tag\": \"changed\"}";

        post(JOBS + "/replay", "{" + filter + ", \"args_patch\": {\"n\": \"x\"}}")
                .statusCode(422)
                .body("code", equalTo("invalid_args"))
                .body("errors.field", hasItem("args.n"));
        post(JOBS + "/replay", "{" + filter + ", \"args\": {}, \"args_patch\": {}}")
                .statusCode(422)
                .body("errors.field", hasItem("args_patch"));
        when().get(JOBS + "/" + one).then().body("state", equalTo("FAILURE")).body("args.n", equalTo(1));

        post(JOBS + "/replay", "{" + filter + ", \"args_patch\": {\"n\": 7}}")
                .statusCode(200)
                .body("replayed", equalTo(2));
        when().get(JOBS + "/" + one).then().body("state", equalTo("PENDING")).body("args.n", equalTo(7));
        when().get(JOBS + "/" + other).then().body("state", equalTo("PENDING")).body("args.n", equalTo(7));
    }

    @Test
    void who_waits_is_answered_as_soon_as_the_job_ends() {
        String id = submit();
        Claim claim = claim(id);
        var waiting = CompletableFuture.supplyAsync(
                () -> when().get(JOBS + "/" + id + "?wait=30").then().extract().<String>path("state"));

        store.record(List.of(new Settled(claim, new Transition.Succeed("1"))));

        assertThat(waiting.orTimeout(15, java.util.concurrent.TimeUnit.SECONDS).join())
                .isEqualTo("SUCCESS");
    }

    @Test
    void who_waits_for_a_job_that_does_not_end_in_time_gets_it_as_it_is() {
        given().header("Prefer", "wait=1")
                .contentType("application/json")
                .body("{\"task\": \"control.task\"}")
                .post(JOBS)
                .then()
                .statusCode(202)
                .body("state", equalTo("PENDING"));
        when().get(JOBS + "/" + submit() + "?wait=x").then().statusCode(422).body("errors.field", hasItem("wait"));
    }

    @Test
    void a_queue_is_paused_resumed_and_purged() {
        post("/api/v1/queues/cron/pause", "").statusCode(200).body("paused", equalTo(true));
        post("/api/v1/queues/cron/resume", "").statusCode(200).body("paused", equalTo(false));
        String id = post(JOBS, "{\"task\": \"control.task\", \"queue\": \"cron\"}")
                .extract()
                .path("job_id");

        post("/api/v1/queues/cron/purge", "").statusCode(200).body("purged", equalTo(1));

        when().get(JOBS + "/" + id).then().body("state", equalTo("REVOKED"));
        post("/api/v1/queues/nowhere/pause", "").statusCode(404).body("code", equalTo("queue_not_found"));
    }

    @Test
    void a_run_that_has_told_how_far_it_is_is_in_progress_until_it_ends() {
        String id = submit();
        Claim claim = claim(id);
        when().get(JOBS + "/" + id).then().body("state", equalTo("STARTED")).body("progress", nullValue());

        store.progress(claim, "{\"current\": 50, \"total\": 100, \"percent\": 50.0, \"status\": \"halfway\"}");

        when().get(JOBS + "/" + id)
                .then()
                .body("state", equalTo("PROGRESS"))
                .body("progress.current", equalTo(50))
                .body("progress.status", equalTo("halfway"));
        when().get(JOBS + "?task=control.task&state=PROGRESS").then().body("jobs.job_id", hasItem(id));
        when().get(JOBS + "?task=control.task&state=STARTED").then().body("jobs.job_id", not(hasItem(id)));
        store.record(List.of(new Settled(claim, new Transition.Succeed("1"))));
        when().get(JOBS + "/" + id).then().body("state", equalTo("SUCCESS")).body("progress", nullValue());
    }
}
