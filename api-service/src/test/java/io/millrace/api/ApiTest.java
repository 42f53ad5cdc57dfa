package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.millrace.fleet.Heartbeat;
import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.WorkerState;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.millrace.store.TaskStore;
import io.millrace.store.WorkerStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every route and every problem, over HTTP, against a real PostgreSQL and a real Kafka. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(ApiTest.SmallBodies.class)
class ApiTest {

    /** Limits that a test can go beyond without moving tens of megabytes. */
    public static final class SmallBodies implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("millrace.http.max-bulk-body", "2M", "millrace.http.max-upload", "2M");
        }
    }

    private static final String JOBS = "/api/v1/jobs";
    private static final String BULK = JOBS + "/bulk";
    private static final String NDJSON = "application/x-ndjson";
    private static final String SCHEMA =
            "{\"type\":\"object\",\"required\":[\"pipeline_id\"],\"properties\":{\"pipeline_id\":{\"type\":\"integer\"}}}";

    @Inject
    TaskStore tasks;

    @Inject
    JobStore jobs;

    @Inject
    WorkerStore workers;

    @BeforeEach
    void someTasks() {
        register("test.free", "default", "{\"type\":\"object\"}");
        register("test.strict", "celery", SCHEMA);
    }

    // -- submit

    @Test
    void a_traceparent_makes_the_job_part_of_its_trace_and_another_one_does_not_make_it_another_job() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        String key = "traced-" + UUID.randomUUID();
        for (int status : List.of(202, 200)) {
            given().contentType("application/json")
                    .header("traceparent", "00-" + trace + "-00f067aa0ba902b" + (status == 202 ? 1 : 2) + "-01")
                    .header("Idempotency-Key", key)
                    .body("{\"task\": \"test.strict\", \"args\": {\"pipeline_id\": 7}}")
                    .post("/api/v1/jobs")
                    .then()
                    .statusCode(status)
                    .body("trace_id", equalTo(trace));
        }
    }

    @Test
    void a_submitted_job_is_answered_whole_and_found_again() {
        ValidatableResponse accepted = post("""
                {"task": "test.strict", "args": {"pipeline_id": 7}, "tags": ["a", "ü"], "trace_id": "tr-1", "project_id": "p",
                 "priority": 9, "max_retries": 1, "callback_url": "http://example.org/done", "time_limit": 30, "soft_time_limit": 20}
                """).statusCode(202).header("Location", startsWith(JOBS + "/"));
        String body = accepted.extract().asString();
        String id = accepted.extract().path("job_id");

        ValidatableResponse found =
                when().get(JOBS + "/" + id).then().statusCode(200).body("job_id", equalTo(id));

        for (ValidatableResponse job : List.of(accepted, found)) {
            job.body("task", equalTo("test.strict"))
                    .body("args.pipeline_id", equalTo(7))
                    .body("queue", equalTo("celery"))
                    .body("priority", equalTo(9))
                    .body("state", equalTo("PENDING"))
                    .body("attempt", equalTo(0))
                    .body("max_retries", equalTo(1))
                    .body("tags", equalTo(List.of("a", "ü")))
                    .body("trace_id", equalTo("tr-1"))
                    .body("project_id", equalTo("p"))
                    .body("callback_url", equalTo("http://example.org/done"))
                    .body("time_limit", equalTo(30f))
                    .body("soft_time_limit", equalTo(20f))
                    .body("result", nullValue())
                    .body("created_at", notNullValue());
        }
        assertThat(JsonPath.from(body).getMap("").keySet())
                .containsExactlyElementsOf(
                        JsonPath.from(found.extract().asString()).getMap("").keySet())
                .containsExactlyInAnyOrder(
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
        assertThat(JsonPath.from(body).getString("created_at"))
                .isEqualTo(found.extract().<String>path("created_at"));
    }

    @Test
    void a_job_with_an_eta_is_scheduled() {
        post("{\"task\": \"test.free\", \"countdown\": 3600}")
                .statusCode(202)
                .body("state", equalTo("SCHEDULED"))
                .body("eta", notNullValue());
    }

    @Test
    void concurrent_submissions_are_all_accepted_each_under_its_own_id() throws Exception {
        var ids = new ConcurrentLinkedQueue<String>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                int n = i;
                var _ = callers.submit(() -> ids.add(
                        post("{\"task\": \"test.free\", \"args\": {\"n\": " + n + "}, \"project_id\": \"crowd\"}")
                                .statusCode(202)
                                .extract()
                                .path("job_id")));
            }
        }
        assertThat(ids).hasSize(200).doesNotHaveDuplicates();
        assertThat(list("project_id=crowd&limit=500")).hasSize(200).containsAll(ids);
    }

    @Test
    void a_job_that_the_database_refuses_takes_no_other_with_it() throws Exception {
        var statuses = new ConcurrentLinkedQueue<Integer>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                String number = i % 10 == 0 ? "1e200000" : "1";
                var _ = callers.submit(() -> statuses.add(
                        post("{\"task\": \"test.free\", \"args\": {\"n\": " + number + "}, \"project_id\": \"mixed\"}")
                                .extract()
                                .statusCode()));
            }
        }
        assertThat(statuses.stream().filter(s -> s == 202)).hasSize(36);
        assertThat(statuses.stream().filter(s -> s == 422)).hasSize(4);
        assertThat(list("project_id=mixed")).hasSize(36);
    }

    @Test
    void a_task_registered_a_moment_ago_is_known() {
        String name = "test.new-" + UUID.randomUUID();
        register(name, "default", "{}");

        post("{\"task\": \"" + name + "\"}").statusCode(202);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"task": "test.free"                                  | 400 | malformed_json
                    {"task": "nobody.knows"}                              | 404 | unknown_task
                    {"task": "test.free", "queue": "nowhere"}             | 404 | queue_not_found
                    {"task": "test.free", "priority": 11}                 | 422 | invalid_request
                    {"task": "test.free", "colour": "red"}                | 422 | unknown_field
                    {"task": "test.strict"}                               | 422 | invalid_args
                    {"task": "test.free", "args": {"a": "\\u0000"}}       | 422 | invalid_args
                    []                                                    | 422 | invalid_request
                    """)
    void what_cannot_be_accepted_is_a_problem(String body, int status, String code) {
        problem(post(body), status, code);
    }

    @Test
    void invalid_arguments_are_named() {
        problem(post("{\"task\": \"test.strict\", \"args\": {\"pipeline_id\": \"x\"}}"), 422, "invalid_args")
                .body("errors[0].field", equalTo("args.pipeline_id"))
                .body("errors[0].message", notNullValue());
    }

    @Test
    void a_body_beyond_the_limit_is_a_problem() {
        String body = "{\"task\": \"test.free\", \"args\": {\"x\": \"" + "x".repeat(1 << 20) + "\"}}";

        problem(post(body), 413, "payload_too_large");
    }

    @Test
    void a_body_just_below_the_limit_is_accepted() {
        post("{\"task\": \"test.free\", \"args\": {\"x\": \"" + "x".repeat((1 << 20) - 100) + "\"}}")
                .statusCode(202);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 300})
    void a_body_without_a_length_beyond_the_limit_is_a_problem(int mebibytes) throws Exception {
        byte[] body = new byte[mebibytes << 20];
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + boundPort() + JOBS))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .timeout(Duration.ofSeconds(20))
                .build();
        HttpResponse<String> answer;
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            answer = client.send(request, BodyHandlers.ofString());
        }
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("payload_too_large");
    }

    @Test
    void a_file_without_a_length_beyond_the_limit_is_a_problem() throws Exception {
        byte[] head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII);
        byte[] form = Arrays.copyOf(head, 3 << 20);
        byte[] end = "\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(end, 0, form, form.length - end.length, end.length);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + boundPort() + "/api/v1/audio/jobs"))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(form)))
                .timeout(Duration.ofSeconds(20))
                .build();
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.body()).contains("payload_too_large").contains("2097152");
        }
    }

    // -- bulk

    @Test
    void an_array_is_accepted_in_order() {
        String body = IntStream.range(0, 2_500)
                .mapToObj(i -> "{\"task\": \"test.free\", \"args\": {\"n\": " + i + "}, \"project_id\": \"bulk\"}")
                .collect(Collectors.joining(",", "[", "]"));

        JsonPath answer =
                bulk("application/json", body, "").statusCode(200).extract().jsonPath();

        assertThat(answer.getInt("accepted")).isEqualTo(2_500);
        assertThat(answer.getInt("rejected")).isZero();
        List<String> ids = answer.getList("items.job_id");
        assertThat(ids).hasSize(2_500).isSorted().doesNotHaveDuplicates();
        when().get(JOBS + "/" + ids.get(1_234)).then().body("args.n", equalTo(1_234));
    }

    @Test
    void good_lines_are_accepted_even_where_others_are_not() {
        String body = """
                {"task": "test.free"}
                {"task": "nobody.knows"}

                {"task": "test.strict", "args": {"pipeline_id": "x"}}
                {"task": broken
                {"task": "test.free", "args": {"n": 1e200000}}
                {"task": "test.strict", "args": {"pipeline_id": 1}}
                """;

        bulk(NDJSON, body, "")
                .statusCode(200)
                .body("accepted", equalTo(2))
                .body("rejected", equalTo(4))
                .body("items.index", equalTo(List.of(0, 1, 2, 3, 4, 5)))
                .body("items[0].job_id", notNullValue())
                .body("items[1].error.code", equalTo("unknown_task"))
                .body("items[2].error.code", equalTo("invalid_args"))
                .body("items[2].error.errors[0].field", equalTo("args.pipeline_id"))
                .body("items[3].error.code", equalTo("malformed_json"))
                .body("items[4].error.code", equalTo("invalid_args"))
                .body("items[5].job_id", notNullValue());
    }

    @Test
    void atomic_means_all() {
        bulk("application/json", "[{\"task\": \"test.free\"}, {\"task\": \"test.free\"}]", "?atomic=true")
                .statusCode(200)
                .body("accepted", equalTo(2));
    }

    @Test
    void atomic_means_nothing_if_any_is_bad() {
        String body = "[{\"task\": \"test.free\", \"project_id\": \"atomic\"}, {\"task\": \"test.strict\"}]";

        problem(bulk("application/json", body, "?atomic=true"), 422, "bulk_rejected")
                .body("errors[0].field", equalTo("[1].args.pipeline_id"));

        assertThat(list("project_id=atomic")).isEmpty();
    }

    @Test
    void an_array_that_breaks_off_accepts_nothing() {
        problem(
                bulk("application/json", "[{\"task\": \"test.free\", \"project_id\": \"broken\"}, {", ""),
                400,
                "malformed_json");

        assertThat(list("project_id=broken")).isEmpty();
    }

    @Test
    void an_object_is_no_bulk() {
        problem(bulk("application/json", "{\"task\": \"test.free\"}", ""), 422, "invalid_request");
    }

    @Test
    void an_empty_array_is_nothing_to_do() {
        bulk("application/json", "[]", "")
                .statusCode(200)
                .body("accepted", equalTo(0))
                .body("items", hasSize(0));
    }

    @Test
    void too_many_jobs_in_one_request_are_a_problem() {
        problem(bulk(NDJSON, "{\"task\": \"test.free\"}\n".repeat(10_001), ""), 413, "too_many_jobs");
    }

    @Test
    void a_bulk_body_beyond_its_own_limit_is_a_problem() {
        problem(bulk(NDJSON, " ".repeat((2 << 20) + 1), ""), 413, "payload_too_large");
    }

    // -- look

    @ParameterizedTest
    @ValueSource(strings = {"01890000-0000-7000-8000-000000000000", "no-uuid"})
    void an_unknown_id_is_a_problem(String id) {
        for (String route : List.of("", "/history", "/result")) {
            problem(when().get(JOBS + "/" + id + route).then(), 404, "job_not_found");
        }
    }

    @Test
    void a_success_shows_its_result() {
        Claim claim = claim(submit("test.free"));
        when().get(JOBS + "/" + claim.jobId() + "/result")
                .then()
                .statusCode(409)
                .body("code", equalTo("job_not_finished"));

        settle(claim, new Transition.Succeed("{\"sum\": 42}"));

        when().get(JOBS + "/" + claim.jobId())
                .then()
                .body("state", equalTo("SUCCESS"))
                .body("result.sum", equalTo(42))
                .body("worker", equalTo("w-1"))
                .body("attempt", equalTo(1))
                .body("finished_at", notNullValue())
                .body("result_expires_at", notNullValue());
        when().get(JOBS + "/" + claim.jobId() + "/result")
                .then()
                .statusCode(200)
                .body("sum", equalTo(42));
        when().get(JOBS + "/" + claim.jobId() + "/history")
                .then()
                .body("attempts", hasSize(1))
                .body("attempts[0].outcome", equalTo("success"))
                .body("attempts[0].worker", equalTo("w-1"));
    }

    @Test
    void a_result_is_gone_after_its_time() {
        Claim claim = claim(
                post("{\"task\": \"test.free\", \"result_ttl\": 0}").extract().path("job_id"));
        settle(claim, new Transition.Succeed("1"));

        problem(when().get(JOBS + "/" + claim.jobId() + "/result").then(), 404, "result_expired");
        when().get(JOBS + "/" + claim.jobId()).then().statusCode(200).body("result", nullValue());
    }

    @Test
    void a_failure_shows_its_error() {
        Claim claim = claim(submit("test.free"));
        settle(claim, new Transition.Fail(new JobError("task_failed", "Boom", "it broke", "at line 1"), false));

        when().get(JOBS + "/" + claim.jobId())
                .then()
                .body("state", equalTo("FAILURE"))
                .body("error.exc_type", equalTo("Boom"))
                .body("error.exc_message", equalTo("it broke"))
                .body("error.retry_count", equalTo(0))
                .body("error.max_retries", equalTo(3))
                .body("error.traceback", equalTo("at line 1"))
                .body("error.size()", equalTo(5));
        problem(when().get(JOBS + "/" + claim.jobId() + "/result").then(), 409, "job_failed");
    }

    @Test
    void a_retry_shows_when_it_runs_again() {
        Claim claim = claim(submit("test.free"));
        settle(
                claim,
                new Transition.Retry(
                        new JobError("task_failed", "Boom", "it broke", null),
                        Instant.now().plusSeconds(60),
                        60));

        when().get(JOBS + "/" + claim.jobId())
                .then()
                .body("state", equalTo("RETRY"))
                .body("next_retry_at", notNullValue());
        when().get(JOBS + "/" + claim.jobId() + "/history")
                .then()
                .body("attempts[0].outcome", equalTo("retry"))
                .body("attempts[0].retry_delay_seconds", equalTo(60f));
    }

    // -- list

    @ParameterizedTest
    @ValueSource(strings = {"desc", "asc"})
    void pages_follow_each_other_without_gap_or_overlap(String order) {
        String project = "pages-" + order;
        String body = "{\"task\": \"test.free\", \"project_id\": \"%s\"}%n"
                .formatted(project)
                .repeat(25);
        List<String> submitted = bulk(NDJSON, body, "").extract().path("items.job_id");

        var seen = new ArrayList<String>();
        String cursor = "";
        while (cursor != null) {
            JsonPath page = when().get(
                            JOBS + "?limit=10&project_id=" + project + "&order=" + order + "&cursor=" + cursor)
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            seen.addAll(page.getList("jobs.job_id"));
            cursor = page.getString("next_cursor");
        }

        assertThat(seen).containsExactlyElementsOf(order.equals("asc") ? submitted : submitted.reversed());
    }

    @Test
    void each_filter_narrows() {
        String id = post("""
                {"task": "test.strict", "args": {"pipeline_id": 987654}, "tags": ["filter-tag"], "project_id": "filters", "countdown": 600}
                """).extract().path("job_id");
        for (String filter : List.of(
                "state=SCHEDULED,RETRY",
                "task=test.strict,other",
                "queue=celery",
                "tag=filter-tag",
                "q=987654",
                "created_after=2020-01-01T00:00:00Z",
                "created_before=2999-01-01T00:00:00Z")) {
            assertThat(list("project_id=filters&" + filter)).as(filter).containsExactly(id);
        }
        for (String filter : List.of(
                "state=PENDING",
                "task=test.free",
                "queue=default",
                "tag=other",
                "q=nonsense",
                "worker=w-1",
                "batch_id=01890000-0000-7000-8000-000000000000",
                "created_after=2999-01-01T00:00:00Z")) {
            assertThat(list("project_id=filters&" + filter)).as(filter).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"state=WAITING", "limit=0", "limit=x", "cursor=nonsense", "order=up", "batch_id=x", "q=%00"})
    void what_a_listing_does_not_understand_is_a_problem(String query) {
        problem(given().urlEncodingEnabled(false).when().get(JOBS + "?" + query).then(), 422, "invalid_request");
    }

    // -- around

    @Test
    void tasks_are_shown_with_their_schema() {
        when().get("/api/v1/tasks").then().statusCode(200).body("name", hasItems("test.free", "test.strict"));
        when().get("/api/v1/tasks/test.strict")
                .then()
                .statusCode(200)
                .body("queue", equalTo("celery"))
                .body("max_retries", equalTo(3))
                .body("isolation", equalTo("thread"))
                .body("args_schema.required", equalTo(List.of("pipeline_id")));
        problem(when().get("/api/v1/tasks/nobody.knows").then(), 404, "unknown_task");
    }

    @Test
    void queues_are_shown_with_their_depth() {
        submit("test.free");

        when().get("/api/v1/queues").then().statusCode(200).body("name", hasItems("default", "celery", "recovery"));
        JsonPath queue = when().get("/api/v1/queues/default")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(queue.getLong("depth")).isPositive();
        assertThat(queue.getDouble("oldest_age_seconds")).isPositive();
        assertThat(queue.getString("alert_level")).isEqualTo("NONE");
        problem(when().get("/api/v1/queues/nowhere").then(), 404, "queue_not_found");
    }

    @Test
    void workers_are_shown() {
        String id = "w-" + UUID.randomUUID();
        workers.enrol(id, "here", "0.1", List.of("default"), 8);
        workers.beat(new Heartbeat(
                id,
                WorkerState.ACTIVE,
                List.of("default"),
                new Pool(8, SlotRange.fixed(8), 1, 0, 0),
                "[{\"task\": \"t\"}]",
                5,
                1,
                2,
                1024));

        when().get("/api/v1/workers").then().statusCode(200).body("worker_id", hasItem(id));
        when().get("/api/v1/workers/" + id)
                .then()
                .statusCode(200)
                .body("state", equalTo("ACTIVE"))
                .body("active[0].task", equalTo("t"))
                .body("processed", equalTo(5))
                .body("memory_bytes", equalTo(1024));
        problem(when().get("/api/v1/workers/nobody").then(), 404, "worker_not_found");
    }

    @Test
    void stats_count_by_state_queue_and_task() {
        submit("test.free");

        JsonPath stats =
                when().get("/api/v1/stats").then().statusCode(200).extract().jsonPath();

        assertThat(stats.getLong("by_state.PENDING")).isPositive();
        assertThat(stats.getMap("by_state").keySet()).hasSize(8);
        assertThat(stats.getLong("by_queue.default.PENDING")).isPositive();
        assertThat(stats.getLong("by_task.'test.free'.PENDING")).isPositive();
    }

    @Test
    void what_is_not_there_is_a_problem() {
        for (String path : List.of("/nowhere", "/api/v1/nowhere", "/api/v1/jobs/a/b/c")) {
            problem(when().get(path).then(), 404, "not_found");
        }
    }

    @Test
    void a_wrong_method_is_a_problem() {
        problem(when().delete(JOBS).then(), 405, "method_not_allowed");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /api/v1/jobs, 'GET, HEAD, OPTIONS, POST'",
        "PUT, /api/v1/jobs/01890000-0000-7000-8000-000000000000, 'GET, HEAD, OPTIONS'",
        "GET, /api/v1/jobs/01890000-0000-7000-8000-000000000000/revoke, 'OPTIONS, POST'",
        "PATCH, /api/v1/tasks, 'GET, HEAD, OPTIONS'"
    })
    void a_wrong_method_is_told_the_right_ones(String method, String path, String allow) {
        var allowed = given().when()
                .request(method, path)
                .then()
                .statusCode(405)
                .body("code", equalTo("method_not_allowed"))
                .extract()
                .header("Allow");
        assertThat(List.of(allowed.split(", ?"))).containsExactlyInAnyOrder(allow.split(", "));
    }

    @Test
    void a_wrong_content_type_is_a_problem() {
        problem(given().contentType("text/plain").body("x").post(JOBS).then(), 415, "unsupported_media_type");
    }

    @Test
    void the_landing_page_the_documentation_health_and_metrics_are_there() {
        submit("test.free");

        when().get("/").then().statusCode(200).body(containsString("Millrace"));
        when().get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .body("openapi", startsWith("3.1"))
                .body("paths.'/api/v1/jobs'.post.requestBody", notNullValue())
                .body("components.schemas.JobRequest.properties.soft_time_limit", notNullValue())
                .body("components.schemas.Job.properties.next_retry_at", notNullValue());
        when().get("/q/health/ready").then().statusCode(200);
        when().get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("millrace_jobs_submitted_total{queue=\"default\",task=\"test.free\"}"))
                .body(containsString("millrace_submit_seconds_count"));
    }

    private void register(String name, String queue, String schema) {
        tasks.register(List.of(new TaskDefinition(
                name, queue, 5, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, schema)));
    }

    private static ValidatableResponse post(String body) {
        return given().contentType("application/json").body(body).post(JOBS).then();
    }

    private static ValidatableResponse bulk(String type, String body, String query) {
        return given().contentType(type)
                .body(body.getBytes(StandardCharsets.UTF_8))
                .post(BULK + query)
                .then();
    }

    private static String submit(String task) {
        return post("{\"task\": \"" + task + "\"}").statusCode(202).extract().path("job_id");
    }

    private Claim claim(String id) {
        return jobs.claim(List.of(new Hint(UUID.fromString(id), 0, "default", 5, null)), "w-1")
                .getFirst();
    }

    private void settle(Claim claim, Transition transition) {
        assertThat(jobs.record(List.of(new Settled(claim, transition)))).hasSize(1);
    }

    private static List<String> list(String query) {
        return when().get(JOBS + "?" + query).then().statusCode(200).extract().path("jobs.job_id");
    }

    private static ValidatableResponse problem(ValidatableResponse answer, int status, String code) {
        return answer.statusCode(status)
                .contentType("application/problem+json")
                .body("code", equalTo(code))
                .body("status", equalTo(status))
                .body("type", notNullValue())
                .body("title", notNullValue())
                .body("detail", notNullValue());
    }

    private static int boundPort() {
        return RestAssured.port;
    }
}
