package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.RetryPolicy;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every field that the contract names is there, null where there is nothing to say; a reader need not ask whether. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(ApiTest.SmallBodies.class)
class ContractShapesTest {

    private static final String API = "/api/v1";

    @Inject
    TaskStore tasks;

    @BeforeEach
    void aTaskWithoutLimits() {
        tasks.register(List.of(new TaskDefinition(
                "test.shapes",
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

    private static String submitted(String body) {
        return given().contentType("application/json")
                .body(body)
                .post(API + "/jobs")
                .then()
                .statusCode(202)
                .extract()
                .path("job_id");
    }

    private static Map<String, Object> object(String path) {
        return when().get(API + path).then().statusCode(200).extract().path("");
    }

    @Test
    void a_job_that_was_given_nothing_but_its_task_has_all_its_fields() {
        String id = submitted("{\"task\": \"test.shapes\"}");

        assertThat(object("/jobs/" + id))
                .containsKeys(
                        "job_id",
                        "task",
                        "args",
                        "queue",
                        "priority",
                        "state",
                        "attempt",
                        "max_retries",
                        "progress",
                        "result",
                        "error",
                        "worker",
                        "trace_id",
                        "project_id",
                        "batch_id",
                        "parent_id",
                        "root_id",
                        "tags",
                        "callback_url",
                        "created_at",
                        "eta",
                        "started_at",
                        "finished_at",
                        "expires_at",
                        "next_retry_at",
                        "result_expires_at",
                        "soft_time_limit",
                        "time_limit");
        assertThat(object("/jobs/" + id).keySet().iterator().next()).isEqualTo("job_id");
    }

    @Test
    void a_queue_without_limits_has_all_its_fields() {
        assertThat(object("/queues/default"))
                .containsKeys(
                        "name",
                        "priority",
                        "paused",
                        "depth",
                        "scheduled",
                        "running",
                        "oldest_age_seconds",
                        "workers",
                        "completed_per_minute",
                        "failed_per_minute",
                        "rate_limit",
                        "max_concurrency",
                        "alert_level");
    }

    @Test
    void a_task_without_limits_has_all_its_fields() {
        List<Map<String, Object>> all =
                when().get(API + "/tasks").then().extract().path("");

        assertThat(all)
                .filteredOn(task -> "test.shapes".equals(task.get("name")))
                .singleElement()
                .satisfies(task -> assertThat(task)
                        .containsKeys(
                                "name",
                                "queue",
                                "priority",
                                "max_retries",
                                "retry_backoff",
                                "soft_time_limit",
                                "time_limit",
                                "rate_limit",
                                "result_ttl",
                                "isolation",
                                "args_schema"));
    }

    @Test
    void a_schedule_that_leaves_all_to_its_task_has_all_its_fields() {
        given().contentType("application/json")
                .body("{\"name\": \"shapes\", \"task\": \"test.shapes\", \"every\": 3600}")
                .post(API + "/schedules")
                .then()
                .statusCode(201);

        assertThat(object("/schedules/shapes"))
                .containsKeys(
                        "name",
                        "task",
                        "args",
                        "queue",
                        "priority",
                        "cron",
                        "every",
                        "timezone",
                        "enabled",
                        "misfire",
                        "overlap",
                        "next_fire_times",
                        "last_fire_at",
                        "last_job_id");
        when().delete(API + "/schedules/shapes").then().statusCode(204);
    }

    @Test
    void a_batch_has_all_its_fields() {
        String id = given().contentType("application/json")
                .body("{\"jobs\": [{\"key\": \"a\", \"task\": \"test.shapes\"}]}")
                .post(API + "/batches")
                .then()
                .statusCode(202)
                .extract()
                .path("batch_id");

        assertThat(object("/batches/" + id))
                .containsKeys("batch_id", "name", "status", "counts", "created_at", "finished_at");
    }
}
