package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.job.RetryPolicy;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits over HTTP, against a real PostgreSQL. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class LimitsTest {

    private static final String TASK = "/api/v1/tasks/limited.task";

    @Inject
    TaskStore tasks;

    @BeforeEach
    void aTaskThatSaysFiveASecond() {
        register();
    }

    private void register() {
        tasks.register(List.of(new TaskDefinition(
                "limited.task",
                "default",
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                "5/s",
                false,
                "{}")));
    }

    private static ValidatableResponse patch(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .patch(path)
                .then();
    }

    @Test
    void a_tasks_limit_is_what_its_code_says_until_something_else_is_set_and_again_when_that_is_taken_back() {
        when().get(TASK).then().body("rate_limit", equalTo("5/s"));

        patch(TASK, "{\"rate_limit\": \"10/m, 100/h\", \"max_concurrency\": 3}")
                .statusCode(200)
                .body("rate_limit", equalTo("10/m,100/h"))
                .body("max_concurrency", equalTo(3));
        register();
        when().get(TASK).then().body("rate_limit", equalTo("10/m,100/h"));

        patch(TASK, "{\"rate_limit\": \"none\"}")
                .statusCode(200)
                .body("rate_limit", nullValue())
                .body("max_concurrency", equalTo(3));
        patch(TASK, "{\"rate_limit\": null, \"max_concurrency\": null}")
                .statusCode(200)
                .body("rate_limit", equalTo("5/s"))
                .body("max_concurrency", nullValue());
    }

    @Test
    void a_queue_gets_limits_and_a_priority() {
        patch("/api/v1/queues/polling", "{\"rate_limit\": \"15/s\", \"max_concurrency\": 10, \"priority\": 8}")
                .statusCode(200)
                .body("rate_limit", equalTo("15/s"))
                .body("max_concurrency", equalTo(10))
                .body("priority", equalTo(8));
        patch("/api/v1/queues/polling", "{\"max_concurrency\": 0}")
                .statusCode(200)
                .body("rate_limit", equalTo("15/s"))
                .body("max_concurrency", nullValue());
        patch("/api/v1/queues/polling", "{\"rate_limit\": null, \"max_concurrency\": null, \"priority\": 3}")
                .statusCode(200)
                .body("rate_limit", nullValue());
        patch("/api/v1/queues/nowhere", "{}").statusCode(404).body("code", equalTo("queue_not_found"));
    }

    @Test
    void the_priority_set_for_a_task_is_that_of_its_next_jobs() {
        patch(TASK, "{\"priority\": 9}").statusCode(200).body("priority", equalTo(9));

        // In force within a second; each look submits a job, which is what a user would do.
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        int priority = 5;
        while (priority != 9 && System.nanoTime() < deadline) {
            priority = given().contentType("application/json")
                    .body("{\"task\": \"limited.task\"}")
                    .when()
                    .post("/api/v1/jobs")
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("priority");
        }
        assertThat(priority).isEqualTo(9);
        patch(TASK, "{\"priority\": null}").statusCode(200).body("priority", equalTo(5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"rate_limit\": \"often\"}|rate_limit|invalid_request",
                "{\"rate_limit\": 5}|rate_limit|invalid_request",
                "{\"max_concurrency\": -1}|max_concurrency|invalid_request",
                "{\"max_concurrency\": 1.5}|max_concurrency|invalid_request",
                "{\"priority\": 11}|priority|invalid_request",
                "{\"rate\": \"5/s\"}|rate|unknown_field"
            })
    void what_is_no_limit_is_refused_by_name(String body, String field, String code) {
        patch("/api/v1/queues/cron", body)
                .statusCode(422)
                .body("code", equalTo(code))
                .body("errors[0].field", equalTo(field));
    }

    @Test
    void a_key_has_a_limit_until_it_is_removed() {
        String key = "/api/v1/limits/keys/tenant-*";
        given().contentType("application/json")
                .body("{\"rate_limit\": \"2/s\"}")
                .when()
                .put(key)
                .then()
                .statusCode(200)
                .body("scope", equalTo("key"))
                .body("name", equalTo("tenant-*"))
                .body("rate_limit", equalTo("2/s"));
        when().get("/api/v1/limits").then().body("name", hasItem("tenant-*"));

        when().delete(key).then().statusCode(204);

        when().delete(key).then().statusCode(404).body("code", equalTo("limit_not_found"));
        given().contentType("application/json")
                .body("{}")
                .when()
                .put(key)
                .then()
                .statusCode(422);
    }
}
