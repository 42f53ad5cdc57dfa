package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.callback.Callback;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.CallbackStore;
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
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Callbacks over HTTP, against a real PostgreSQL and a real Kafka. Nothing delivers them here: the tests do. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class CallbackApiTest {

    private static final String JOBS = "/api/v1/jobs";
    private static final String CALLBACKS = "/api/v1/callbacks";
    private static final String URL = "https://example.org/done";
    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", null);

    @Inject
    TaskStore tasks;

    @Inject
    JobStore store;

    @Inject
    CallbackStore callbacks;

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "callback.task",
                "default",
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{\"type\":\"object\"}")));
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private static UUID submit(String callbackUrl) {
        return UUID.fromString(post(JOBS, "{\"task\": \"callback.task\", \"callback_url\": \"" + callbackUrl + "\"}")
                .statusCode(202)
                .extract()
                .path("job_id"));
    }

    private void end(UUID id, Transition transition) {
        Claim claim =
                store.claim(List.of(new Hint(id, 0, "default", 5, null)), "w1").getFirst();
        store.record(List.of(new Settled(claim, transition)));
    }

    private Callback told(UUID job) {
        return callbacks.ofJob(job, null, 1).getFirst();
    }

    private static String listOf(UUID job) {
        return JOBS + "/" + job + "/callbacks";
    }

    @Test
    void an_address_that_cannot_be_called_is_refused_with_the_field() {
        for (String wrong :
                List.of("ftp://example.org/", "https://user:word@example.org/", "//example.org", "https://")) {
            post(JOBS, "{\"task\": \"callback.task\", \"callback_url\": \"" + wrong + "\"}")
                    .statusCode(422)
                    .body("errors.field", hasItem("callback_url"));
            post(
                            "/api/v1/batches",
                            "{\"jobs\": [{\"key\": \"a\", \"task\": \"callback.task\"}], \"callback_url\": \"" + wrong
                                    + "\"}")
                    .statusCode(422)
                    .body("errors.field", hasItem("callback_url"));
        }
    }

    @Test
    void the_callbacks_of_a_job_show_how_their_delivery_goes() {
        UUID job = submit(URL);
        when().get(listOf(job))
                .then()
                .statusCode(200)
                .body("callbacks", empty())
                .body("next_cursor", nullValue());

        end(job, new Transition.Succeed("1"));
        when().get(listOf(job))
                .then()
                .statusCode(200)
                .body("callbacks", hasSize(1))
                .body("callbacks[0].job_id", equalTo(job.toString()))
                .body("callbacks[0].batch_id", nullValue())
                .body("callbacks[0].event", equalTo("job.succeeded"))
                .body("callbacks[0].url", equalTo(URL))
                .body("callbacks[0].status", equalTo("PENDING"))
                .body("callbacks[0].attempts", equalTo(0))
                .body("callbacks[0].last_response_status", nullValue());

        Callback callback = told(job);
        callbacks.record(callback.id(), callback.deliveryId(), 503, "the receiver answered 503");
        end(callback.deliveryId(), new Transition.Retry(ERROR, Instant.now().plusSeconds(600), 600));
        when().get(CALLBACKS + "/" + callback.id())
                .then()
                .statusCode(200)
                .body("status", equalTo("RETRYING"))
                .body("attempts", equalTo(1))
                .body("last_response_status", equalTo(503))
                .body("last_error", equalTo("the receiver answered 503"))
                .body("next_attempt_at", notNullValue())
                .body("delivery_job_id", equalTo(callback.deliveryId().toString()));
        when().get(JOBS + "/" + callback.deliveryId())
                .then()
                .body("task", equalTo("deliver_callback"))
                .body("parent_id", equalTo(job.toString()));
    }

    @Test
    void a_callback_that_was_given_up_is_delivered_again_on_request() {
        UUID job = submit(URL);
        end(job, new Transition.Fail(ERROR, false));
        Callback callback = told(job);

        post(CALLBACKS + "/" + callback.id() + "/redeliver", "")
                .statusCode(409)
                .body("code", equalTo("callback_under_way"));
        end(callback.deliveryId(), new Transition.Fail(ERROR, false));
        when().get(CALLBACKS + "/" + callback.id()).then().body("status", equalTo("FAILED"));

        given().when()
                .post(CALLBACKS + "/" + callback.id() + "/redeliver")
                .then()
                .statusCode(202)
                .body("callback_id", equalTo(callback.id().toString()))
                .body("status", equalTo("PENDING"))
                .body("delivery_job_id", not(equalTo(callback.deliveryId().toString())));
    }

    @Test
    void pages_follow_each_other() {
        UUID job = submit(URL);
        end(job, new Transition.Fail(ERROR, false));
        post(JOBS + "/" + job + "/retry", "").statusCode(202);
        assertThat(store.claim(List.of(new Hint(job, 1, "default", 5, null)), "w1"))
                .singleElement()
                .satisfies(claim -> store.record(List.of(new Settled(claim, new Transition.Succeed("1")))));

        String cursor = when().get(listOf(job) + "?limit=1")
                .then()
                .body("callbacks.event", equalTo(List.of("job.failed")))
                .extract()
                .path("next_cursor");
        when().get(listOf(job) + "?limit=1&cursor=" + cursor)
                .then()
                .body("callbacks.event", equalTo(List.of("job.succeeded")))
                .body("next_cursor", nullValue());
        when().get(listOf(job) + "?limit=0&cursor=x")
                .then()
                .statusCode(422)
                .body("errors.field", hasItem("limit"))
                .body("errors.field", hasItem("cursor"));
    }

    @Test
    void the_callbacks_of_a_batch_are_its_own() {
        String batch = post(
                        "/api/v1/batches",
                        "{\"jobs\": [{\"key\": \"a\", \"task\": \"callback.task\"}], \"callback_url\": \"" + URL
                                + "\"}")
                .statusCode(202)
                .extract()
                .path("batch_id");
        post("/api/v1/batches/" + batch + "/revoke", "").statusCode(200);

        when().get("/api/v1/batches/" + batch + "/callbacks")
                .then()
                .statusCode(200)
                .body("callbacks", hasSize(1))
                .body("callbacks[0].batch_id", equalTo(batch))
                .body("callbacks[0].job_id", nullValue())
                .body("callbacks[0].event", equalTo("batch.cancelled"));
    }

    @Test
    void what_is_not_there_is_not_found() {
        UUID none = UUID.randomUUID();

        when().get(listOf(none)).then().statusCode(404).body("code", equalTo("job_not_found"));
        when().get("/api/v1/batches/" + none + "/callbacks")
                .then()
                .statusCode(404)
                .body("code", equalTo("batch_not_found"));
        when().get(CALLBACKS + "/x").then().statusCode(404).body("code", equalTo("callback_not_found"));
        post(CALLBACKS + "/" + none + "/redeliver", "").statusCode(404).body("code", equalTo("callback_not_found"));
    }
}
