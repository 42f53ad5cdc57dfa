package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.job.Claim;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.job.Unique.OnConflict;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.millrace.store.TaskStore;
import io.millrace.task.Defaults;
import io.millrace.task.TaskDefinition;
import io.millrace.task.UniqueDefault;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that may be there already, and what jobs get that do not say it, over HTTP against a real PostgreSQL and Kafka. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(UniqueJobsTest.Configured.class)
class UniqueJobsTest {

    /** Something is said in every place. */
    public static final class Configured implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.defaults.max-retries", "7",
                    "millrace.defaults.time-limit", "600s",
                    "millrace.queues.jobs.time-limit", "60s",
                    "millrace.queues.jobs.soft-time-limit", "50s",
                    "millrace.tasks.\"unique.configured*\".time-limit", "30s",
                    "millrace.tasks.\"unique.configured*\".max-retries", "1",
                    "millrace.tasks.\"unique.configured*\".ignore-result", "true");
        }
    }

    private static final String JOBS = "/api/v1/jobs";
    private static final String BULK = JOBS + "/bulk";

    @Inject
    TaskStore tasks;

    @Inject
    JobStore store;

    @BeforeEach
    void someTasks() {
        tasks.register(List.of(
                task("unique.task", "default", Defaults.NONE),
                task("unique.configured", "jobs", retries(9)),
                task("unique.quiet", "jobs", Defaults.NONE),
                task("unique.code", "jobs", retries(9)),
                task(
                        "unique.declared",
                        "default",
                        Defaults.NONE.withUnique(new UniqueDefault(List.of("id"), null, true, OnConflict.REJECT)))));
    }

    private static Defaults retries(int maxRetries) {
        return new Defaults(null, null, maxRetries, null, null, null, null, null, null, null, null);
    }

    private static TaskDefinition task(String name, String queue, Defaults says) {
        return new TaskDefinition(
                name,
                queue,
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(24),
                null,
                null,
                false,
                "{}",
                says,
                null);
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    private static String unique(String key, String rest) {
        return "{\"task\": \"unique.task\", \"unique\": {\"key\": \"" + key + "\"" + rest + "}}";
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private static String accepted(String body) {
        return post(JOBS, body).statusCode(202).extract().path("job_id");
    }

    private Claim claim(String id) {
        return store.claim(List.of(new Hint(UUID.fromString(id), 0, "default", 5, null)), "w1")
                .getFirst();
    }

    private void finish(String id, @Nullable String result) {
        store.record(List.of(new Settled(claim(id), new Transition.Succeed(result))));
    }

    // -- unique

    @Test
    void of_fifty_that_come_together_one_is_accepted_and_the_others_are_answered_with_it() throws Exception {
        String key = key();
        var answers = new ArrayList<ValidatableResponse>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<ValidatableResponse>> tries = IntStream.range(0, 50)
                    .<Callable<ValidatableResponse>>mapToObj(i -> () -> post(JOBS, unique(key, "")))
                    .toList();
            for (var each : callers.invokeAll(tries)) {
                answers.add(each.get());
            }
        }

        var statuses =
                answers.stream().collect(Collectors.groupingBy(a -> a.extract().statusCode(), Collectors.counting()));
        assertThat(statuses).isEqualTo(Map.of(202, 1L, 200, 49L));
        assertThat(answers.stream().map(a -> a.extract().<String>path("job_id")).distinct())
                .hasSize(1);
    }

    @Test
    void the_same_task_and_arguments_are_the_same_until_the_job_has_finished() {
        String n = key();
        String first =
                accepted("{\"task\": \"unique.task\", \"args\": {\"n\": \"" + n + "\", \"m\": 1}, \"unique\": {}}");

        post(JOBS, "{\"unique\": {}, \"args\": {\"m\":1,\"n\":\"" + n + "\"}, \"task\": \"unique.task\"}")
                .statusCode(200)
                .body("job_id", equalTo(first));
        accepted("{\"task\": \"unique.task\", \"args\": {\"n\": \"" + n + "\", \"m\": 2}, \"unique\": {}}");

        finish(first, "1");
        assertThat(accepted("{\"task\": \"unique.task\", \"args\": {\"n\": \"" + n + "\", \"m\": 1}, \"unique\": {}}"))
                .isNotEqualTo(first);
    }

    @Test
    void for_a_period_the_place_is_taken_even_by_a_finished_job() {
        String body = unique(key(), ", \"for\": 3600");
        String first = accepted(body);
        finish(first, "1");

        post(JOBS, body).statusCode(200).body("job_id", equalTo(first)).body("state", equalTo("SUCCESS"));
    }

    @Test
    void a_rejected_job_is_told_which_has_its_place() {
        String body = unique(key(), ", \"on_conflict\": \"reject\"");
        String first = accepted(body);

        post(JOBS, body)
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("job_not_unique"))
                .body("job_id", equalTo(first));
    }

    @Test
    void a_waiting_job_is_replaced_and_told_so() {
        String body = unique(key(), ", \"on_conflict\": \"replace\"");
        String first = accepted(body);

        String second = accepted(body);

        when().get(JOBS + "/" + first)
                .then()
                .body("state", equalTo("REVOKED"))
                .body("error.exc_message", equalTo("replaced by job " + second));
        when().get(JOBS + "/" + second).then().body("state", equalTo("PENDING"));
    }

    @Test
    void projects_do_not_stand_in_each_others_way() {
        String key = key();
        String mine = "{\"task\": \"unique.task\", \"project_id\": \"mine\", \"unique\": {\"key\": \"" + key + "\"}}";

        assertThat(accepted(mine)).isNotEqualTo(accepted(mine.replace("mine", "yours")));
    }

    // -- as the task's code says

    private static String declared(String id, String fields) {
        return "{\"task\": \"unique.declared\", \"args\": {\"id\": \"" + id + "\"" + fields + "}";
    }

    @Test
    void what_a_task_says_of_its_jobs_holds_where_a_submission_says_nothing() {
        String id = key();
        String first = accepted(declared(id, ", \"n\": 1}"));

        post(JOBS, declared(id, ", \"n\": 2}"))
                .statusCode(409)
                .body("code", equalTo("job_not_unique"))
                .body("job_id", equalTo(first));
        post(BULK, "[" + declared(id, "}") + ", " + declared(key(), "}") + "]")
                .statusCode(200)
                .body("items[0].error.job_id", equalTo(first))
                .body("items[1].job_id", notNullValue());
    }

    @Test
    void a_submission_goes_before_what_its_task_says() {
        String id = key();
        String first = accepted(declared(id, "}"));

        post(JOBS, declared(id, "}, \"unique\": {\"by\": [\"id\"]}"))
                .statusCode(200)
                .body("job_id", equalTo(first));
        assertThat(accepted(declared(id, "}, \"unique\": false"))).isNotEqualTo(first);
        assertThat(accepted(declared(id, "}, \"unique\": {\"key\": \"" + key() + "\"}")))
                .isNotEqualTo(first);
    }

    @Test
    void an_idempotency_key_does_not_quietly_make_a_unique_job_one_of_many() {
        String body = declared(key(), "}, \"idempotency_key\": \"" + key() + "\"");

        post(JOBS, body).statusCode(422).body("errors[0].field", equalTo("unique"));
        post(JOBS, body.substring(0, body.length() - 1) + ", \"unique\": false}")
                .statusCode(202);
    }

    @Test
    void a_batch_knows_its_jobs_and_asks_none_to_be_unique() {
        String id = key();
        accepted(declared(id, "}"));

        post(
                        "/api/v1/batches",
                        "{\"jobs\": [{\"key\": \"a\", " + declared(id, "}").substring(1) + "]}")
                .statusCode(202);
    }

    @Test
    void a_task_is_shown_with_how_its_jobs_are_unique() {
        when().get("/api/v1/tasks/unique.declared")
                .then()
                .body("unique.by", equalTo(List.of("id")))
                .body("unique.while", equalTo("unfinished"))
                .body("unique.for", nullValue())
                .body("unique.on_conflict", equalTo("reject"));
        when().get("/api/v1/tasks/unique.task").then().body("unique", nullValue());
    }

    // -- bulk

    @Test
    void keys_in_bulk_name_the_job_that_was_there_before() {
        String key = key();
        String place = key();
        String first = accepted("{\"task\": \"unique.task\", \"idempotency_key\": \"" + key + "\"}");
        String taken = accepted(unique(place, ""));
        String body = """
                [{"task": "unique.task", "idempotency_key": "%1$s"},
                 {"task": "unique.task", "idempotency_key": "%1$s", "priority": 1},
                 {"task": "unique.task"},
                 {"task": "unique.task", "unique": {"key": "%2$s"}},
                 {"task": "unique.task", "unique": {"key": "%2$s", "on_conflict": "reject"}},
                 {"task": "unique.task", "idempotency_key": "%1$s-new"},
                 {"task": "unique.task", "idempotency_key": "%1$s-new"}]
                """.formatted(key, place);

        ValidatableResponse answer = post(BULK, body)
                .statusCode(200)
                .body("accepted", equalTo(5))
                .body("rejected", equalTo(2))
                .body("items", hasSize(7))
                .body("items[0].job_id", equalTo(first))
                .body("items[0].duplicate", equalTo(true))
                .body("items[1].error.code", equalTo("idempotency_key_reused"))
                .body("items[2].job_id", notNullValue())
                .body("items[2].duplicate", nullValue())
                .body("items[3].job_id", equalTo(taken))
                .body("items[3].duplicate", equalTo(true))
                .body("items[4].error.code", equalTo("job_not_unique"))
                .body("items[4].error.job_id", equalTo(taken))
                .body("items[5].duplicate", nullValue())
                .body("items[6].duplicate", equalTo(true));
        String fresh = answer.extract().path("items[5].job_id");
        assertThat(answer.extract().<String>path("items[6].job_id")).isEqualTo(fresh);
        when().get(JOBS + "/" + fresh).then().statusCode(200).body("state", equalTo("PENDING"));
    }

    @Test
    void the_same_bulk_request_again_makes_no_new_job() {
        String key = key();
        String body = IntStream.range(0, 2_500)
                .mapToObj(i -> "{\"task\": \"unique.task\", \"idempotency_key\": \"" + key + i + "\"}")
                .collect(Collectors.joining(",", "[", "]"));

        List<String> first = post(BULK, body).statusCode(200).extract().path("items.job_id");
        List<String> second = post(BULK, body)
                .statusCode(200)
                .body("items.findAll { it.duplicate }", hasSize(2_500))
                .extract()
                .path("items.job_id");

        assertThat(second).isEqualTo(first).doesNotHaveDuplicates();
    }

    @Test
    void atomic_accepts_nothing_if_a_place_is_taken() {
        String place = key();
        String project = key();
        accepted(unique(place, ""));
        String body = """
                [{"task": "unique.task", "project_id": "%s"},
                 {"task": "unique.task", "unique": {"key": "%s", "on_conflict": "reject"}}]
                """.formatted(project, place);

        post(BULK + "?atomic=true", body)
                .statusCode(422)
                .body("code", equalTo("bulk_rejected"))
                .body("errors[0].field", equalTo("[1]"));

        when().get(JOBS + "?project_id=" + project).then().body("jobs", hasSize(0));
        post(BULK + "?atomic=true", body.replace("reject", "return"))
                .statusCode(200)
                .body("accepted", equalTo(2))
                .body("items[1].duplicate", equalTo(true));
        when().get(JOBS + "?project_id=" + project).then().body("jobs", hasSize(1));
    }

    @Test
    void one_with_a_key_that_cannot_be_stored_takes_no_other_with_it() {
        String key = key();
        post(BULK, """
                [{"task": "unique.task", "idempotency_key": "%1$s-a"},
                 {"task": "unique.task", "idempotency_key": "%1$s-b", "args": {"n": 1e200000}},
                 {"task": "unique.task", "idempotency_key": "%1$s-c"}]
                """.formatted(key))
                .statusCode(200)
                .body("accepted", equalTo(2))
                .body("items[1].error.code", equalTo("invalid_args"));
    }

    @Test
    void a_batch_refuses_what_it_does_not_honour() {
        post("/api/v1/batches", "{\"jobs\": [{\"key\": \"a\", \"task\": \"unique.task\", \"unique\": {}}]}")
                .statusCode(422)
                .body("errors[0].field", equalTo("jobs[0].unique"));
    }

    // -- defaults and results

    @ParameterizedTest
    @CsvSource({
        // what is configured for a task, its code, its queue, all; and a submission before them
        "unique.configured, '', 1, 30, 30",
        "unique.code, '', 9, 60, 50",
        "unique.quiet, '', 7, 60, 50",
        "unique.task, '', 7, 600,",
        "unique.configured, ', \"max_retries\": 5, \"time_limit\": 20', 5, 20, 20",
        "unique.task, ', \"queue\": \"jobs\"', 7, 60, 50"
    })
    void a_job_gets_what_the_strongest_place_says(
            String task, String fields, int retries, float hard, @Nullable Float soft) {
        String id = accepted("{\"task\": \"" + task + "\"" + fields + "}");

        when().get(JOBS + "/" + id)
                .then()
                .body("max_retries", equalTo(retries))
                .body("time_limit", equalTo(hard))
                .body("soft_time_limit", equalTo(soft));
    }

    @Test
    void tasks_are_shown_with_what_their_jobs_get() {
        when().get("/api/v1/tasks/unique.configured")
                .then()
                .body("max_retries", equalTo(1))
                .body("time_limit", equalTo(30f))
                .body("ignore_result", equalTo(true))
                .body("acks_late", equalTo(true));
        when().get("/api/v1/tasks/unique.task").then().body("ignore_result", equalTo(false));
    }

    @Test
    void a_result_that_is_ignored_is_not_there() {
        String id = accepted("{\"task\": \"unique.task\", \"ignore_result\": true}");
        finish(id, null);

        when().get(JOBS + "/" + id).then().body("state", equalTo("SUCCESS")).body("result", nullValue());
        when().get(JOBS + "/" + id + "/result").then().statusCode(404).body("code", equalTo("result_expired"));
    }

    @Test
    void a_large_result_is_shown_as_it_was_returned() {
        String id = accepted("{\"task\": \"unique.task\"}");
        String text = "täxt".repeat(10_000);
        finish(id, "{\"text\": \"" + text + "\"}");

        when().get(JOBS + "/" + id).then().body("result.text", equalTo(text));
        when().get(JOBS + "/" + id + "/result").then().statusCode(200).body("text", equalTo(text));
    }
}
