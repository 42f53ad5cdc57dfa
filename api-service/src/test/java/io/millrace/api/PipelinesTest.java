package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.pipeline.Anomaly;
import io.millrace.pipeline.ZScore;
import io.millrace.store.AnomalyStore;
import io.millrace.store.ExecutionStore;
import io.millrace.store.LineageStore;
import io.millrace.store.TaskStore;
import io.millrace.testing.PipelineFixture;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pipeline monitoring over HTTP, against a real PostgreSQL. What jobs do is done here by the stores they use. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class PipelinesTest {

    private static final String PIPELINES = "/api/v1/pipelines";
    private static final String EXECUTIONS = PIPELINES + "/executions/";
    private static final String LINEAGE = "/api/v1/lineage";

    @Inject
    TaskStore tasks;

    @Inject
    ExecutionStore executions;

    @Inject
    AnomalyStore anomalies;

    @Inject
    LineageStore lineage;

    @BeforeEach
    void theTasksThatFollow() {
        PipelineFixture.registerTasks(tasks);
    }

    private static RequestSpecification json(String body) {
        return given().contentType("application/json").body(body);
    }

    private static ValidatableResponse post(String path, String body) {
        return json(body).when().post(path).then();
    }

    private static ValidatableResponse patch(String path, String body) {
        return json(body).when().patch(path).then();
    }

    private static String name() {
        return "p" + UUID.randomUUID();
    }

    private static long pipeline() {
        return id(post(PIPELINES, "{\"name\": \"" + name() + "\"}").statusCode(201));
    }

    private static long begun(long pipeline, String body) {
        return id(post(PIPELINES + "/" + pipeline + "/executions", body).statusCode(201));
    }

    private static long id(ValidatableResponse response) {
        return response.extract().jsonPath().getLong("id");
    }

    @Test
    void a_pipeline_is_made_shown_listed_and_changed() {
        String name = name();
        var made = post(
                        PIPELINES,
                        "{\"name\": \"" + name
                                + "\", \"freshness_seconds\": 3600, \"timeliness_seconds\": 0.5, \"window\": 20, \"min_samples\": 5, \"threshold\": 2.5}")
                .statusCode(201)
                .body("name", equalTo(name))
                .body("freshness_seconds", equalTo(3600f))
                .body("timeliness_seconds", equalTo(0.5f))
                .body("window", equalTo(20))
                .body("min_samples", equalTo(5))
                .body("threshold", equalTo(2.5f))
                .body("active", equalTo(true))
                .body("last_insert_at", nullValue())
                .body("stale_since", nullValue())
                .body("created_at", notNullValue());
        long id = id(made);
        made.header("Location", endsWith(PIPELINES + "/" + id));

        when().get(PIPELINES + "/" + id).then().statusCode(200).body("name", equalTo(name));
        when().get(PIPELINES + "?name=" + name).then().body("pipelines.id", equalTo(List.of((int) id)));
        patch(PIPELINES + "/" + id, "{\"freshness_seconds\": null, \"active\": false}")
                .statusCode(200)
                .body("freshness_seconds", nullValue())
                .body("active", equalTo(false))
                .body("name", equalTo(name))
                .body("window", equalTo(20));
        long next = pipeline();
        String cursor = when().get(PIPELINES + "?limit=1").then().extract().path("next_cursor");
        assertThat(cursor).isNotNull();
        when().get(PIPELINES + "?limit=500").then().body("pipelines.id", hasItems((int) id, (int) next));
    }

    @Test
    void two_pipelines_have_two_names() {
        String name = name();
        post(PIPELINES, "{\"name\": \"" + name + "\"}").statusCode(201);
        long other = pipeline();

        post(PIPELINES, "{\"name\": \"" + name + "\"}")
                .statusCode(409)
                .body("code", equalTo("pipeline_exists"))
                .body("errors[0].field", equalTo("name"));
        patch(PIPELINES + "/" + other, "{\"name\": \"" + name + "\"}")
                .statusCode(409)
                .body("code", equalTo("pipeline_exists"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            {}                                             | name
            {"name": ""}                                   | name
            {"name": 5}                                    | name
            {"name": "x", "freshness_seconds": 0}          | freshness_seconds
            {"name": "x", "freshness_seconds": "1h"}       | freshness_seconds
            {"name": "x", "timeliness_seconds": -1}        | timeliness_seconds
            {"name": "x", "timeliness_seconds": 1e300}     | timeliness_seconds
            {"name": "x", "window": 1}                     | window
            {"name": "x", "window": 2.5}                   | window
            {"name": "x", "min_samples": 5000}             | min_samples
            {"name": "x", "min_samples": 9, "window": 8}   | min_samples
            {"name": "x", "threshold": 0}                  | threshold
            {"name": "x", "active": "yes"}                 | active
            {"name": "x", "colour": "blue"}                | colour
            """)
    void a_pipeline_that_makes_no_sense_is_refused_by_its_field(String body, String field) {
        post(PIPELINES, body)
                .statusCode(422)
                .contentType("application/problem+json")
                .body("errors.field", equalTo(List.of(field)));
    }

    @Test
    void all_that_is_wrong_is_said_at_once() {
        post(PIPELINES, "{\"name\": 1, \"window\": 0, \"threshold\": \"x\"}")
                .statusCode(422)
                .body("errors.field", hasItems("name", "window", "threshold"));
        post(PIPELINES, "[]").statusCode(422);
        post(PIPELINES, "{").statusCode(400).body("code", equalTo("malformed_json"));
    }

    @Test
    void an_execution_begins_tells_and_ends_and_its_success_is_analysed() {
        long pipeline = pipeline();
        var begun = post(PIPELINES + "/" + pipeline + "/executions", "").statusCode(201);
        long id = id(begun);
        begun.header("Location", endsWith(EXECUTIONS + id))
                .body("pipeline_id", equalTo((int) pipeline))
                .body("parent_id", nullValue())
                .body("depth", equalTo(0))
                .body("status", equalTo("running"))
                .body("finished_at", nullValue())
                .body("analysis_job_id", nullValue());
        when().get("/api/v1/jobs/" + begun.extract().path("closure_job_id"))
                .then()
                .body("task", equalTo("pipeline_execution_closure_maintain_task"))
                .body("args.execution_id", equalTo((int) id));

        patch(EXECUTIONS + id, "{\"metrics\": {\"rows_read\": 10}}")
                .statusCode(200)
                .body("status", equalTo("running"));
        String success =
                "{\"status\": \"success\", \"metrics\": {\"inserts\": 5, \"updates\": 0, \"soft_deletes\": 1, \"duration_seconds\": 1.5}}";
        String job = patch(EXECUTIONS + id, success)
                .statusCode(200)
                .body("status", equalTo("success"))
                .body("metrics.inserts", equalTo(5f))
                .body("metrics.rows_read", equalTo(10f))
                .body("finished_at", notNullValue())
                .extract()
                .path("analysis_job_id");
        when().get("/api/v1/jobs/" + job)
                .then()
                .body("task", equalTo("detect_anomalies_task"))
                .body("queue", equalTo("celery"))
                .body("args.pipeline_id", equalTo((int) pipeline))
                .body("args.pipeline_execution_id", equalTo((int) id));

        patch(EXECUTIONS + id, success).statusCode(200).body("analysis_job_id", equalTo(job));
        patch(EXECUTIONS + id, "{\"status\": \"failed\"}")
                .statusCode(409)
                .body("code", equalTo("execution_already_finished"));
        when().get(PIPELINES + "/" + pipeline)
                .then()
                .body("last_insert_at", notNullValue())
                .body("last_update_at", nullValue())
                .body("last_soft_delete_at", notNullValue());
        when().get(EXECUTIONS + id).then().statusCode(200).body("id", equalTo((int) id));
    }

    @Test
    void an_execution_can_be_told_of_afterwards() {
        long id = begun(pipeline(), "{\"started_at\": \"1913-01-01T00:00:00Z\"}");

        patch(EXECUTIONS + id, "{\"status\": \"success\", \"finished_at\": \"1912-12-31T00:00:00Z\"}")
                .statusCode(422)
                .body("errors[0].field", equalTo("finished_at"));
        patch(EXECUTIONS + id, "{\"status\": \"success\", \"finished_at\": \"1914-01-01T00:00:00Z\"}")
                .statusCode(200)
                .body("started_at", equalTo("1913-01-01T00:00:00Z"))
                .body("finished_at", equalTo("1914-01-01T00:00:00Z"));
    }

    @Test
    void a_failure_is_kept_with_its_error_and_not_analysed() {
        long id = begun(pipeline(), "{}");

        patch(EXECUTIONS + id, "{\"status\": \"failed\", \"error\": \"disk full\"}")
                .statusCode(200)
                .body("status", equalTo("failed"))
                .body("error", equalTo("disk full"))
                .body("analysis_job_id", nullValue());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            {}                                                             | ''
            {"status": "done"}                                             | status
            {"status": 1}                                                  | status
            {"status": "success", "metrics": []}                           | metrics
            {"status": "success", "metrics": {"inserts": "5"}}             | metrics.inserts
            {"status": "success", "metrics": {"inserts": null}}            | metrics.inserts
            {"status": "success", "metrics": {"inserts": 1e999}}           | metrics.inserts
            {"status": "success", "metrics": {"": 5}}                      | metrics
            {"status": "failed", "error": 5}                               | error
            {"status": "running", "finished_at": "2020-01-01T00:00:00Z"}   | finished_at
            {"status": "success", "finished_at": "yesterday"}              | finished_at
            {"status": "success", "finished_at": "2999-01-01T00:00:00Z"}   | finished_at
            {"state": "success"}                                           | state
            """)
    void what_an_execution_cannot_tell_is_refused_by_its_field(String body, String field) {
        long id = begun(pipeline(), "{}");

        patch(EXECUTIONS + id, body).statusCode(422).body("errors.field", equalTo(List.of(field.replace("''", ""))));
        when().get(EXECUTIONS + id).then().body("status", equalTo("running"));
    }

    @Test
    void what_is_not_there_is_said_to_be_not_there() {
        for (String id : List.of("999999999", "0", "-1", "abc", "99999999999999999999")) {
            when().get(PIPELINES + "/" + id).then().statusCode(404).body("code", equalTo("pipeline_not_found"));
            post(PIPELINES + "/" + id + "/executions", "{}")
                    .statusCode(404)
                    .body("code", equalTo("pipeline_not_found"));
            when().get(EXECUTIONS + id).then().statusCode(404).body("code", equalTo("execution_not_found"));
            patch(EXECUTIONS + id, "{\"status\": \"success\"}")
                    .statusCode(404)
                    .body("code", equalTo("execution_not_found"));
            when().get(EXECUTIONS + id + "/descendants").then().statusCode(404);
            when().get(PIPELINES + "/" + id + "/anomalies").then().statusCode(404);
        }
        long pipeline = pipeline();
        post(PIPELINES + "/" + pipeline + "/executions", "{\"parent_id\": 999999999}")
                .statusCode(422)
                .body("errors[0].field", equalTo("parent_id"));
        post(PIPELINES + "/" + pipeline + "/executions", "{\"parent_id\": \"x\", \"started_at\": 5}")
                .statusCode(422)
                .body("errors.field", hasItems("parent_id", "started_at"));
    }

    @Test
    void executions_are_listed_the_newest_first_a_page_at_a_time() {
        long pipeline = pipeline();
        List<Integer> ids = IntStream.range(0, 5)
                .mapToObj(_ -> (int) begun(pipeline, "{}"))
                .sorted((a, b) -> b - a)
                .toList();
        patch(EXECUTIONS + ids.get(1), "{\"status\": \"failed\"}").statusCode(200);

        String path = PIPELINES + "/" + pipeline + "/executions";
        String next = when().get(path + "?limit=3")
                .then()
                .body("executions.id", equalTo(ids.subList(0, 3)))
                .extract()
                .path("next_cursor");
        when().get(path + "?limit=3&cursor=" + next)
                .then()
                .body("executions.id", equalTo(ids.subList(3, 5)))
                .body("next_cursor", nullValue());
        when().get(path + "?status=failed,success").then().body("executions.id", equalTo(List.of(ids.get(1))));
        when().get(path + "?status=gone&limit=0").then().statusCode(422);
        when().get(path + "?cursor=nonsense").then().statusCode(422).body("errors[0].field", equalTo("cursor"));
    }

    @Test
    void anomalies_are_shown_as_they_were_found() {
        long pipeline = pipeline();
        long id = begun(pipeline, "{}");
        var execution = executions.get(id).orElseThrow();
        Instant at = Instant.parse("2026-01-31T12:00:00Z");
        anomalies.record(
                execution,
                List.of(
                        new Anomaly(pipeline, id, "inserts", new ZScore(500, 100, 20, 20), 30, at),
                        new Anomaly(pipeline, id, "updates", new ZScore(1, 0, 0, Double.POSITIVE_INFINITY), 30, at)));

        String path = PIPELINES + "/" + pipeline + "/anomalies";
        when().get(path)
                .then()
                .statusCode(200)
                .body("anomalies", hasSize(2))
                .body("anomalies[1].execution_id", equalTo((int) id))
                .body("anomalies[1].metric", equalTo("inserts"))
                .body("anomalies[1].value", equalTo(500f))
                .body("anomalies[1].mean", equalTo(100f))
                .body("anomalies[1].standard_deviation", equalTo(20f))
                .body("anomalies[1].z_score", equalTo(20f))
                .body("anomalies[1].detected_at", equalTo("2026-01-31T12:00:00Z"))
                .body("anomalies[0].metric", equalTo("updates"))
                .body("anomalies[0].z_score", nullValue());
        String next = when().get(path + "?limit=1").then().extract().path("next_cursor");
        when().get(path + "?limit=1&cursor=" + next)
                .then()
                .body("anomalies.metric", equalTo(List.of("inserts")))
                .body("next_cursor", nullValue());
        when().get(path + "?metric=inserts&execution_id=" + id).then().body("anomalies", hasSize(1));
        when().get(path + "?execution_id=" + (id + 1)).then().body("anomalies", empty());
        when().get(path + "?execution_id=x").then().statusCode(422);
    }

    @Test
    void relatives_of_an_execution_are_listed_by_distance() {
        long pipeline = pipeline();
        long root = begun(pipeline, "{}");
        long child = begun(pipeline, "{\"parent_id\": " + root + "}");
        long leaf = begun(pipeline, "{\"parent_id\": " + child + "}");
        List.of(leaf, child, root).forEach(executions::enter);

        when().get(EXECUTIONS + root + "/descendants")
                .then()
                .statusCode(200)
                .body("descendants.execution_id", equalTo(List.of((int) child, (int) leaf)))
                .body("descendants.depth", equalTo(List.of(1, 2)))
                .body("descendants[0].status", equalTo("running"))
                .body("next_cursor", nullValue());
        String next = when().get(EXECUTIONS + root + "/descendants?limit=1")
                .then()
                .extract()
                .path("next_cursor");
        when().get(EXECUTIONS + root + "/descendants?limit=1&cursor=" + next)
                .then()
                .body("descendants.execution_id", equalTo(List.of((int) leaf)));
        when().get(EXECUTIONS + leaf + "/ancestors")
                .then()
                .body("ancestors.execution_id", equalTo(List.of((int) child, (int) root)));
    }

    /** Addresses of this test alone. */
    private static long address() {
        return UUID.randomUUID().getMostSignificantBits() >>> 24 << 8;
    }

    private void rebuild(ValidatableResponse changed) {
        UUID job = UUID.fromString(changed.extract().path("job_id"));
        lineage.rebuild(job, List.of(), (_, _) -> {});
    }

    private static String edges(long pipeline, long... ends) {
        String pairs = IntStream.range(0, ends.length / 2)
                .mapToObj(i -> "[" + ends[2 * i] + "," + ends[2 * i + 1] + "]")
                .collect(Collectors.joining(","));
        return "{\"pipeline_id\": " + pipeline + ", \"edges\": [" + pairs + "]}";
    }

    @Test
    void lineage_is_added_followed_and_removed() {
        long pipeline = pipeline();
        long a = address();
        String diamond = edges(pipeline, a, a + 1, a, a + 2, a + 1, a + 3, a + 2, a + 3, a + 3, a);
        var added = post(LINEAGE, diamond)
                .statusCode(202)
                .body("pipeline_id", equalTo((int) pipeline))
                .body("changed", equalTo(5));
        when().get("/api/v1/jobs/" + added.extract().path("job_id"))
                .then()
                .body("task", equalTo("address_lineage_closure_rebuild_task"))
                .body("args.pipeline_id", equalTo((int) pipeline))
                .body("args.connected_addresses", equalTo(List.of(a, a + 1, a + 2, a + 3)));
        rebuild(added);

        when().get(LINEAGE + "/" + a + "/descendants")
                .then()
                .statusCode(200)
                .body("descendants.address", equalTo(List.of(a + 1, a + 2, a + 3)))
                .body("descendants.depth", equalTo(List.of(1, 1, 2)))
                .body("next_cursor", nullValue());
        when().get(LINEAGE + "/" + a + "/ancestors")
                .then()
                .body("ancestors.address", equalTo(List.of(a + 3, a + 1, a + 2)))
                .body("ancestors.depth", equalTo(List.of(1, 2, 2)));
        String next = when().get(LINEAGE + "/" + a + "/descendants?limit=2")
                .then()
                .body("descendants", hasSize(2))
                .extract()
                .path("next_cursor");
        when().get(LINEAGE + "/" + a + "/descendants?limit=2&cursor=" + next)
                .then()
                .body("descendants.address", equalTo(List.of(a + 3)));
        when().get(LINEAGE + "?pipeline_id=" + pipeline).then().body("edges", hasSize(5));

        post(LINEAGE, diamond).statusCode(202).body("changed", equalTo(0)).body("job_id", nullValue());
        var removed = json(edges(pipeline, a + 2, a + 3, a + 1, a + 3))
                .when()
                .delete(LINEAGE)
                .then()
                .statusCode(202)
                .body("changed", equalTo(2));
        rebuild(removed);
        when().get(LINEAGE + "/" + a + "/descendants")
                .then()
                .body("descendants.address", equalTo(List.of(a + 1, a + 2)));
    }

    @Test
    void edges_are_listed_a_page_at_a_time() {
        long pipeline = pipeline();
        long a = address();
        post(LINEAGE, edges(pipeline, a + 1, a, a, a + 1, a, a + 2)).statusCode(202);

        String next = when().get(LINEAGE + "?limit=2&pipeline_id=" + pipeline)
                .then()
                .body("edges.source", equalTo(List.of(a, a)))
                .body("edges.target", equalTo(List.of(a + 1, a + 2)))
                .body("edges.pipeline_id", equalTo(List.of((int) pipeline, (int) pipeline)))
                .extract()
                .path("next_cursor");
        when().get(LINEAGE + "?limit=2&pipeline_id=" + pipeline + "&cursor=" + next)
                .then()
                .body("edges.source", equalTo(List.of(a + 1)))
                .body("next_cursor", nullValue());
        when().get(LINEAGE + "?limit=1").then().statusCode(200).body("edges", hasSize(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            {"edges": [[1, 2]]}                                | pipeline_id
            {"pipeline_id": "x", "edges": [[1, 2]]}            | pipeline_id
            {"pipeline_id": 1}                                 | edges
            {"pipeline_id": 1, "edges": []}                    | edges
            {"pipeline_id": 1, "edges": {}}                    | edges
            {"pipeline_id": 1, "edges": [[1, 2], [3]]}         | edges[1]
            {"pipeline_id": 1, "edges": [[1, "2"]]}            | edges[0]
            {"pipeline_id": 1, "edges": [[1, -2]]}             | edges[0]
            {"pipeline_id": 1, "edges": [[1, 2.5]]}            | edges[0]
            {"pipeline_id": 1, "edges": [[1, 9007199254740992]]} | edges[0]
            {"pipeline_id": 1, "edges": [5]}                   | edges[0]
            {"pipeline_id": 1, "edges": [[1, 2]], "x": 1}      | x
            """)
    void lineage_that_makes_no_sense_is_refused_by_its_field(String body, String field) {
        post(LINEAGE, body).statusCode(422).body("errors.field", equalTo(List.of(field)));
        json(body).when().delete(LINEAGE).then().statusCode(422);
    }

    @Test
    void what_can_be_reached_has_its_bounds_too() {
        post(LINEAGE, edges(999_999_999, 1, 2)).statusCode(404).body("code", equalTo("pipeline_not_found"));
        long[] many = new long[2 * 10_001];
        post(LINEAGE, edges(1, many)).statusCode(422).body("errors[0].message", containsString("10000"));
        when().get(LINEAGE + "/123456789012/descendants").then().statusCode(200).body("descendants", empty());
        when().get(LINEAGE + "/abc/descendants").then().statusCode(422).body("errors[0].field", equalTo("address"));
        when().get(LINEAGE + "/1/ancestors?limit=501").then().statusCode(422);
        when().get(LINEAGE + "/1/ancestors?cursor=MQ").then().statusCode(422);
        when().get(LINEAGE + "?pipeline_id=x").then().statusCode(422);
    }
}
