package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.millrace.job.RetryPolicy;
import io.millrace.store.TaskStore;
import io.millrace.store.WorkflowStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.millrace.workflow.PollResult;
import io.millrace.workflow.RemoteError;
import io.millrace.workflow.WorkflowStatus;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Remote workflows over HTTP, against a real PostgreSQL; what workers find out is written as they write it. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class WorkflowApiTest {

    private static final String BATCHES = "/api/v1/workflows/batches";
    private static final String JOBS = "/api/v1/workflows/jobs/";

    @Inject
    TaskStore tasks;

    @Inject
    WorkflowStore store;

    @BeforeEach
    void theTasks() {
        tasks.register(Stream.of("submit_job", "poll_job_status", "cancel_job")
                .map(name -> new TaskDefinition(
                        name,
                        "default",
                        5,
                        RetryPolicy.DEFAULT,
                        null,
                        null,
                        Duration.ofHours(1),
                        null,
                        false,
                        "{\"type\": \"object\"}"))
                .toList());
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private static String body(String... payloads) {
        return "{\"name\": \"portfolio\", \"jobs\": ["
                + Stream.of(payloads)
                        .map(payload -> "{\"name\": \"account\", \"payload\": " + payload + "}")
                        .collect(Collectors.joining(","))
                + "]}";
    }

    private static String submitted(int size) {
        return post(BATCHES, body(Stream.generate(() -> "{}").limit(size).toArray(String[]::new)))
                .statusCode(202)
                .extract()
                .path("batch_id");
    }

    private static List<String> jobsOf(String batch) {
        return when().get(BATCHES + "/" + batch + "/jobs?limit=500")
                .then()
                .extract()
                .path("jobs.id");
    }

    private static String one() {
        return jobsOf(submitted(1)).getFirst();
    }

    private String running() {
        String id = one();
        UUID job = UUID.fromString(id);
        store.submitted(job, 1, "wf-1", Duration.ofSeconds(9));
        UUID step = store.get(job).orElseThrow().stepJobId();
        store.polled(
                job,
                "wf-1",
                new WorkflowStore.Try("poll_job_status", step, 1),
                new PollResult(200, "cooking", WorkflowStatus.RUNNING, 12.5, null, null, Duration.ofSeconds(7)));
        return id;
    }

    private String failed() {
        String id = one();
        UUID job = UUID.fromString(id);
        store.submissionFailed(
                job,
                1,
                new WorkflowStore.Try("submit_job", store.get(job).orElseThrow().stepJobId(), 1),
                new RemoteError("http_422", 422, "the remote side answered HTTP 422", null),
                true);
        return id;
    }

    @Test
    void a_batch_is_begun_in_the_trace_of_who_submits_it() {
        String batch = given().contentType("application/json")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .body(body("{}"))
                .post(BATCHES)
                .path("batch_id");

        String step = store.get(UUID.fromString(jobsOf(batch).getFirst()))
                .orElseThrow()
                .stepJobId()
                .toString();
        when().get("/api/v1/jobs/" + step).then().body("trace_id", equalTo("4bf92f3577b34da6a3ce929d0e0e4736"));
    }

    @Test
    void a_batch_is_accepted_with_the_ids_of_its_jobs() {
        var answer = post(BATCHES, body("{\"model\": \"eq\", \"limit\": 12345678901234567890.10}", "{}"))
                .statusCode(202)
                .header("Location", startsWith(BATCHES + "/"))
                .body("name", equalTo("portfolio"))
                .body("status", equalTo("PENDING"))
                .body("counts", equalTo(Map.of("total", 2, "completed", 0, "failed", 0, "cancelled", 0, "active", 2)))
                .body("jobs", hasSize(2))
                .body("jobs.name", contains("account", "account"))
                .extract();
        String batch = answer.path("batch_id");
        String job = answer.path("jobs[0].id");

        assertThat(answer.header("Location")).endsWith(BATCHES + "/" + batch);
        when().get(BATCHES + "/" + batch)
                .then()
                .statusCode(200)
                .body("batch_id", equalTo(batch))
                .body("status", equalTo("PENDING"))
                .body("counts.active", equalTo(2))
                .body("finished_at", nullValue());
        String text = when().get(JOBS + job)
                .then()
                .statusCode(200)
                .body("id", equalTo(job))
                .body("batch_id", equalTo(batch))
                .body("status", equalTo("PENDING"))
                .body("workflow_id", nullValue())
                .body("progress", nullValue())
                .body("polls", equalTo(0))
                .body("submission", equalTo(1))
                .body("cancel_requested", equalTo(false))
                .body("payload.model", equalTo("eq"))
                .extract()
                .asString();
        assertThat(text).as("numbers as they were written").contains("12345678901234567890.10");
        String step = when().get(JOBS + job).then().extract().path("job_id");
        when().get("/api/v1/jobs/" + step)
                .then()
                .statusCode(200)
                .body("task", equalTo("submit_job"))
                .body("args.job_id", equalTo(job));
    }

    @Test
    void polls_and_changes_are_shown_a_page_at_a_time() {
        String id = running();

        when().get(JOBS + id)
                .then()
                .body("status", equalTo("RUNNING"))
                .body("workflow_id", equalTo("wf-1"))
                .body("progress", equalTo(12.5f))
                .body("polls", equalTo(1))
                .body("submitted_at", notNullValue())
                .body("next_poll_at", notNullValue());
        UUID job = UUID.fromString(id);
        store.polled(
                job,
                "wf-1",
                new WorkflowStore.Try(
                        "poll_job_status", store.get(job).orElseThrow().stepJobId(), 1),
                new PollResult(200, "finished", WorkflowStatus.COMPLETED, 100.0, null, null, null));
        String next = when().get(JOBS + id + "/polls?limit=1")
                .then()
                .statusCode(200)
                .body("polls", hasSize(1))
                .body("polls[0].remote_status", equalTo("cooking"))
                .body("polls[0].status", equalTo("RUNNING"))
                .body("polls[0].next_poll_seconds", equalTo(7f))
                .extract()
                .path("next_cursor");
        when().get(JOBS + id + "/polls?limit=1&cursor=" + next)
                .then()
                .body("polls[0].status", equalTo("COMPLETED"))
                .body("polls[0].poll", equalTo(2))
                .body("next_cursor", nullValue());
        String older = when().get(JOBS + id + "/polls?limit=1&order=desc")
                .then()
                .statusCode(200)
                .body("polls.poll", contains(2))
                .extract()
                .path("next_cursor");
        when().get(JOBS + id + "/polls?limit=1&order=desc&cursor=" + older)
                .then()
                .body("polls.poll", contains(1))
                .body("next_cursor", nullValue());
        when().get(JOBS + id + "/polls?order=newest").then().statusCode(422).body("errors[0].field", equalTo("order"));
        String more = when().get(JOBS + id + "/history?limit=3")
                .then()
                .statusCode(200)
                .body("changes.to", contains("PENDING", "SUBMITTED", "RUNNING"))
                .body("changes[0].from", nullValue())
                .body("changes[1].from", equalTo("PENDING"))
                .extract()
                .path("next_cursor");
        when().get(JOBS + id + "/history?cursor=" + more).then().body("changes.to", contains("COMPLETED"));
        when().get(JOBS + id + "/polls?cursor=nonsense").then().statusCode(422).body("errors.field", hasItem("cursor"));
    }

    @Test
    void a_failed_job_shows_why_and_is_submitted_again() {
        String id = failed();

        when().get(JOBS + id + "/retries")
                .then()
                .statusCode(200)
                .body("retries[0].error_code", equalTo("http_422"))
                .body("retries[0].http_status", equalTo(422))
                .body("retries[0].task", equalTo("submit_job"));
        when().post(JOBS + id + "/resubmit")
                .then()
                .statusCode(202)
                .body("status", equalTo("PENDING"))
                .body("submission", equalTo(2))
                .body("reason", notNullValue());
        when().post(JOBS + id + "/resubmit")
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("job_not_failed"));
    }

    @Test
    void a_cancellation_is_accepted_until_the_job_has_ended() {
        String id = running();

        when().post(JOBS + id + "/cancel")
                .then()
                .statusCode(202)
                .body("cancel_requested", equalTo(true))
                .body("status", equalTo("RUNNING"));
        when().post(JOBS + id + "/cancel").then().statusCode(202);
        store.cancelled(UUID.fromString(id), "wf-1", "cancelled on request");
        when().post(JOBS + id + "/cancel").then().statusCode(409).body("code", equalTo("job_already_finished"));
    }

    @Test
    void a_batch_is_cancelled_and_submitted_again_where_that_makes_sense() {
        String id = submitted(3);
        when().post(BATCHES + "/" + id + "/resubmit").then().statusCode(409).body("code", equalTo("batch_not_failed"));

        when().post(BATCHES + "/" + id + "/cancel")
                .then()
                .statusCode(202)
                .body("jobs", equalTo(3))
                .body("batch.batch_id", equalTo(id));

        jobsOf(id).forEach(job -> store.cancelled(UUID.fromString(job), null, "cancelled on request"));
        when().get(BATCHES + "/" + id)
                .then()
                .body("status", equalTo("CANCELLED"))
                .body("finished_at", notNullValue());
        when().post(BATCHES + "/" + id + "/cancel")
                .then()
                .statusCode(409)
                .body("code", equalTo("batch_already_finished"));
        when().post(BATCHES + "/" + id + "/resubmit")
                .then()
                .statusCode(202)
                .body("jobs", equalTo(3))
                .body("batch.status", equalTo("RUNNING"));
    }

    @Test
    void batches_and_their_jobs_are_listed_by_status() {
        String id = submitted(3);
        store.cancelled(UUID.fromString(jobsOf(id).get(1)), null, "cancelled on request");

        when().get(BATCHES + "/" + id + "/jobs?status=cancelled").then().body("jobs", hasSize(1));
        String next = when().get(BATCHES + "/" + id + "/jobs?limit=2")
                .then()
                .body("jobs", hasSize(2))
                .extract()
                .path("next_cursor");
        when().get(BATCHES + "/" + id + "/jobs?limit=2&cursor=" + next)
                .then()
                .body("jobs", hasSize(1))
                .body("next_cursor", nullValue());
        when().get(BATCHES + "?status=RUNNING").then().body("batches.batch_id", hasItem(id));
        when().get(BATCHES + "?status=COMPLETED,RUNING&limit=0")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("status", "limit"));
    }

    @Test
    void what_is_wrong_with_a_batch_is_said_by_field() {
        post(BATCHES, "{\"jobs\": []}").statusCode(422).body("errors.field", contains("jobs"));
        post(BATCHES, "{}").statusCode(422).body("errors.field", contains("jobs"));
        post(BATCHES, "{\"name\": 7, \"jobs\": [{\"payload\": []}, 3, {\"name\": \"\", \"payload\": {}}]}")
                .statusCode(422)
                .body("code", equalTo("invalid_request"))
                .body("errors.field", contains("name", "jobs[0].payload", "jobs[1]", "jobs[2].name"));
        post(BATCHES, "{\"jobs\": [{\"payload\": {}, \"paylod\": {}}]}")
                .statusCode(422)
                .body("code", equalTo("unknown_field"))
                .body("errors.field", contains("jobs[0].paylod"));
        post(BATCHES, "{\"jobs\": [").statusCode(400).body("code", equalTo("malformed_json"));
        post(BATCHES, body("{\"text\": \"a\\u0000b\"}")).statusCode(422).body("code", equalTo("invalid_request"));
        post(BATCHES, body(IntStream.range(0, 10_001).mapToObj(_ -> "{}").toArray(String[]::new)))
                .statusCode(413)
                .body("code", equalTo("batch_too_large"));
    }

    @Test
    void ten_thousand_jobs_are_one_batch() {
        String id = submitted(10_000);

        when().get(BATCHES + "/" + id).then().body("counts.total", equalTo(10_000));
    }

    @Test
    void what_is_not_there_is_not_found() {
        String nobody = UUID.randomUUID().toString();

        for (String path : List.of("", "/polls", "/history", "/retries")) {
            when().get(JOBS + nobody + path).then().statusCode(404).body("code", equalTo("job_not_found"));
        }
        when().get(JOBS + "wf-1").then().statusCode(404).body("code", equalTo("job_not_found"));
        when().post(JOBS + nobody + "/cancel").then().statusCode(404);
        when().post(JOBS + nobody + "/resubmit").then().statusCode(404);
        when().get(BATCHES + "/" + nobody).then().statusCode(404).body("code", equalTo("batch_not_found"));
        when().get(BATCHES + "/" + nobody + "/jobs").then().statusCode(404);
        when().post(BATCHES + "/" + nobody + "/cancel").then().statusCode(404);
    }
}
