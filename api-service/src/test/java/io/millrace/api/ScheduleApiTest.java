package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.millrace.job.RetryPolicy;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.millrace.schedule.Schedule;
import io.millrace.store.ScheduleStore;
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
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules over HTTP, against a real PostgreSQL and a real Kafka; no scheduler runs, so nothing fires by itself. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class ScheduleApiTest {

    private static final String SCHEDULES = "/api/v1/schedules";

    @Inject
    TaskStore tasks;

    @Inject
    ScheduleStore store;

    private final String name = "s-" + UUID.randomUUID();

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "clock.task",
                "celery",
                6,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}")));
    }

    private static ValidatableResponse send(String method, String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .request(method, path)
                .then();
    }

    private String body(String more) {
        return "{\"name\": \"" + name + "\", \"task\": \"clock.task\", " + more + "}";
    }

    private ValidatableResponse create(String more) {
        return send("POST", SCHEDULES, body(more));
    }

    @Test
    void a_schedule_is_made_and_found_again_with_its_next_fire_times() {
        create(
                        "\"cron\": \"30 9 * * mon-fri\", \"timezone\": \"Europe/Amsterdam\", \"args\": {\"n\": 1}, \"priority\": 3")
                .statusCode(201)
                .header("Location", endsWith(SCHEDULES + "/" + name))
                .body("name", equalTo(name));

        ValidatableResponse found = when().get(SCHEDULES + "/" + name).then().statusCode(200);

        found.body("task", equalTo("clock.task"))
                .body("args.n", equalTo(1))
                .body("queue", nullValue())
                .body("priority", equalTo(3))
                .body("cron", equalTo("30 9 * * mon-fri"))
                .body("every", nullValue())
                .body("timezone", equalTo("Europe/Amsterdam"))
                .body("enabled", equalTo(true))
                .body("misfire", equalTo("once"))
                .body("overlap", equalTo("allow"))
                .body("next_fire_times", hasSize(5))
                .body("last_fire_at", nullValue())
                .body("last_job_id", nullValue())
                .body("problem", nullValue())
                .body("declared", equalTo(false));
        List<String> next = found.extract().path("next_fire_times");
        assertThat(next).isSorted().allMatch(time -> time.endsWith("T07:30:00Z") || time.endsWith("T08:30:00Z"));
    }

    @Test
    void an_interval_and_a_single_time_are_schedules_too() {
        Instant before = Instant.now();
        String first = create("\"every\": 90").statusCode(201).extract().path("next_fire_times[0]");
        assertThat(Duration.between(before, Instant.parse(first)))
                .isBetween(Duration.ofSeconds(89), Duration.ofSeconds(100));

        String at = "2100-01-01T00:00:00Z";
        send("PUT", SCHEDULES + "/" + name, body("\"at\": \"" + at + "\""))
                .statusCode(200)
                .body("at", equalTo(at))
                .body("every", nullValue())
                .body("next_fire_times", contains(at));
    }

    @Test
    void a_name_is_taken_once() {
        create("\"every\": 60").statusCode(201);

        create("\"every\": 60").statusCode(409).body("code", equalTo("schedule_exists"));
    }

    @Test
    void what_get_shows_can_be_put_back() {
        create("\"every\": 60").statusCode(201);
        String shown = when().get(SCHEDULES + "/" + name).asString();

        String put = send("PUT", SCHEDULES + "/" + name, shown.replace("\"enabled\":true", "\"enabled\":false"))
                .statusCode(200)
                .body("enabled", equalTo(false))
                .body("next_fire_times", empty())
                .extract()
                .path("starts_at");

        assertThat(shown).contains(put);
        send("PUT", SCHEDULES + "/" + name + "-2", "{\"task\": \"clock.task\", \"every\": 60}")
                .statusCode(201);
    }

    @Test
    void it_is_paused_and_goes_on() {
        create("\"every\": 60").statusCode(201);

        send("PATCH", SCHEDULES + "/" + name, "{\"enabled\": false}")
                .statusCode(200)
                .body("enabled", equalTo(false))
                .body("next_fire_times", empty());
        send("PATCH", SCHEDULES + "/" + name, "{\"enabled\": true}")
                .statusCode(200)
                .body("next_fire_times", hasSize(5));
        send("PATCH", SCHEDULES + "/" + name, "{\"cron\": \"* * * * *\"}")
                .statusCode(422)
                .body("code", equalTo("unknown_field"));
    }

    @Test
    void run_now_answers_with_the_job_and_is_in_the_history() {
        create("\"every\": 3600, \"queue\": \"jobs\", \"priority\": 9, \"args\": {\"n\": 4}")
                .statusCode(201);

        ValidatableResponse job = send("POST", SCHEDULES + "/" + name + "/run", "")
                .statusCode(202)
                .body("task", equalTo("clock.task"))
                .body("args.n", equalTo(4))
                .body("queue", equalTo("jobs"))
                .body("priority", equalTo(9))
                .body("state", equalTo("PENDING"))
                .body("tags", contains("schedule:" + name));
        String id = job.extract().path("job_id");

        job.header("Location", endsWith("/api/v1/jobs/" + id));
        when().get("/api/v1/jobs/" + id).then().statusCode(200);
        when().get(SCHEDULES + "/" + name).then().body("last_job_id", equalTo(id));
        when().get(SCHEDULES + "/" + name + "/firings")
                .then()
                .statusCode(200)
                .body("firings", hasSize(1))
                .body("firings[0].outcome", equalTo("manual"))
                .body("firings[0].job_id", equalTo(id))
                .body("firings[0].job_state", equalTo("PENDING"))
                .body("next_cursor", nullValue());
    }

    @Test
    void what_fired_is_listed_page_by_page() {
        Instant now = Instant.now();
        store.create(
                new Schedule(
                        name,
                        "clock.task",
                        "{}",
                        null,
                        null,
                        new Cadence.Every(Duration.ofHours(1), now.minus(Duration.ofMinutes(150))),
                        Misfire.ALL,
                        10,
                        Overlap.ALLOW,
                        true),
                Instant.EPOCH);
        store.fireDue(100, Duration.ofSeconds(30));

        ValidatableResponse page =
                when().get(SCHEDULES + "/" + name + "/firings?limit=2").then().statusCode(200);
        page.body("firings.outcome", contains("fired", "fired"));
        when().get(SCHEDULES + "/" + name + "/firings?limit=2&cursor="
                        + page.extract().path("next_cursor"))
                .then()
                .body("firings", hasSize(1))
                .body("next_cursor", nullValue());
    }

    @Test
    void a_declared_one_may_wait_for_its_task() {
        store.declare(
                List.of(new ScheduleStore.Declaration(
                        new Schedule(
                                name,
                                "nobody.knows",
                                "{}",
                                null,
                                null,
                                new Cadence.Every(Duration.ofHours(1), Instant.now()),
                                Misfire.ONCE,
                                10,
                                Overlap.ALLOW,
                                true),
                        "words")),
                Instant.now());

        String shown = when().get(SCHEDULES + "/" + name)
                .then()
                .body("declared", equalTo(true))
                .body("problem", containsString("no worker has registered the task 'nobody.knows' yet"))
                .extract()
                .asString();

        send("PUT", SCHEDULES + "/" + name, shown).statusCode(200);
        send("POST", SCHEDULES + "/" + name + "/run", "").statusCode(404).body("code", equalTo("unknown_task"));
    }

    @Test
    void they_are_listed_by_name_and_deleted() {
        create("\"every\": 60").statusCode(201);

        when().get(SCHEDULES + "?limit=500").then().statusCode(200).body("schedules.name", hasItems(name));
        ValidatableResponse page = when().get(SCHEDULES + "?limit=1").then().body("schedules", hasSize(1));
        String cursor = page.extract().path("next_cursor");
        if (cursor != null) {
            when().get(SCHEDULES + "?cursor=" + cursor)
                    .then()
                    .body("schedules.name", not(hasItems(page.extract().<String>path("schedules[0].name"))));
        }

        when().delete(SCHEDULES + "/" + name).then().statusCode(204);
        for (Map.Entry<String, String> route :
                Map.of("GET", "", "DELETE", "", "PATCH", "", "POST", "/run").entrySet()) {
            send(route.getKey(), SCHEDULES + "/" + name + route.getValue(), "{\"enabled\": true}")
                    .statusCode(404)
                    .body("code", equalTo("schedule_not_found"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "every": 60, "name": "a b"                            | 422 | invalid_request | name
                    "enabled": true                                       | 422 | invalid_request | cron
                    "every": 60, "cron": "* * * * *"                      | 422 | invalid_request | every
                    "cron": "61 * * * *"                                  | 422 | invalid_request | cron
                    "cron": "0 0 30 2 *"                                  | 422 | invalid_request | cron
                    "cron": "* * * * *", "timezone": "Mars/Base"          | 422 | invalid_request | timezone
                    "every": 0.5                                          | 422 | invalid_request | every
                    "every": 1e300                                        | 422 | invalid_request | every
                    "every": "60"                                         | 422 | invalid_request | every
                    "at": "2020-01-01T00:00:00Z"                          | 422 | invalid_request | at
                    "at": "2100-01-01T00:00:00Z", "starts_at": "2100-01-01T00:00:00Z" | 422 | invalid_request | starts_at
                    "every": 60, "priority": 11                           | 422 | invalid_request | priority
                    "every": 60, "misfire": "never"                       | 422 | invalid_request | misfire
                    "every": 60, "overlap": "maybe"                       | 422 | invalid_request | overlap
                    "every": 60, "args": []                               | 422 | invalid_request | args
                    "every": 60, "args": {"n": "x"}                       | 422 | invalid_args    | args.n
                    "every": 60, "colour": "red"                          | 422 | unknown_field   | colour
                    """)
    void what_is_wrong_is_named(String more, int status, String code, String field) {
        create(more)
                .statusCode(status)
                .contentType("application/problem+json")
                .body("code", equalTo(code))
                .body("errors[0].field", equalTo(field));
    }

    @Test
    void a_cron_expression_that_cannot_be_read_says_why() {
        create("\"cron\": \"* * * *\"").statusCode(422).body("errors[0].message", containsString("five fields"));
        create("\"cron\": \"* 25 * * *\"")
                .statusCode(422)
                .body("errors[0].message", startsWith("is not a cron expression: Value 25 not in range"));
    }

    @Test
    void what_does_not_exist_cannot_be_scheduled() {
        send("POST", SCHEDULES, "{\"name\": \"" + name + "\", \"task\": \"nobody.knows\", \"every\": 60}")
                .statusCode(404)
                .body("code", equalTo("unknown_task"));
        create("\"every\": 60, \"queue\": \"nowhere\"").statusCode(404).body("code", equalTo("queue_not_found"));
        send("POST", SCHEDULES, "").statusCode(400).body("code", equalTo("malformed_json"));
    }
}
