package io.millrace.api.dashboard;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dashboard asks, and that its parts are served; without a browser. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class DashboardApiTest {

    private static final String API = "/api/v1/dashboard";
    private static final Pattern IMPORT = Pattern.compile("(?:from|import) \"([^\"]+)\"");

    @Inject
    DashboardScene scene;

    @BeforeEach
    void anHourOfWork() {
        scene.set();
    }

    @Test
    void each_minute_has_its_percentiles_from_a_bounded_number_of_jobs() {
        when().get(API + "/timings")
                .then()
                .statusCode(200)
                .body("size()", greaterThan(50))
                .body("size()", lessThanOrEqualTo(60))
                .body("jobs", everyItem(lessThanOrEqualTo(400)))
                .body("[20].minute", notNullValue())
                .body("[20].waited.p50", greaterThan(0f))
                .body("[20].waited.p95", greaterThan(0.5f))
                .body("[20].ran.p99", greaterThan(0.5f));
    }

    @Test
    void a_task_tells_what_has_ended_and_how_long_its_newest_jobs_took() {
        when().get(API + "/tasks")
                .then()
                .statusCode(200)
                .body("find { it.task == 'mail.send' }.succeeded", greaterThan(1000))
                .body("find { it.task == 'mail.send' }.failed", greaterThan(30))
                .body("find { it.task == 'mail.send' }.jobs", greaterThan(199))
                .body("find { it.task == 'mail.send' }.ran.p50", greaterThan(0.04f))
                .body("find { it.task == 'mail.send' }.last_finished_at", notNullValue())
                .body("find { it.task == 'cancel_job' }.task", equalTo("cancel_job"));
    }

    @Test
    void failures_are_grouped_by_what_is_the_same_in_them() {
        when().get(API + "/failures?task=mail.send")
                .then()
                .statusCode(200)
                .body("failures", greaterThan(50))
                .body("since", notNullValue())
                .body("groups", hasSize(1))
                .body("groups[0].exc_type", equalTo("SocketTimeoutException"))
                .body("groups[0].pattern", equalTo("connect to * timed out after * s"))
                .body("groups[0].last_message", containsString("10.0.0."));
        when().get(API + "/failures?task=report.build").then().body("groups.exc_type", hasItem("SmtpException"));
        when().get(API + "/failures?project_id=nobody")
                .then()
                .body("groups", empty())
                .body("since", equalTo(null));
    }

    @Test
    void a_batch_is_told_as_a_graph() {
        var graph = when().get(API + "/batches/" + scene.brokenBatch + "/graph")
                .then()
                .statusCode(200)
                .body("jobs", hasSize(8))
                .body("edges", hasSize(8))
                .body("jobs[0].key", equalTo("extract-orders"))
                .body("jobs[0].state", equalTo("SUCCESS"))
                .extract()
                .jsonPath();
        String clean = graph.getString("jobs.find { it.key == 'clean' }.job_id");

        when().get(API + "/jobs/" + clean + "/relatives")
                .then()
                .statusCode(200)
                .body("parents.key", containsInAnyOrder("extract-orders", "extract-items"))
                .body("children.key", equalTo(List.of("convert")));
    }

    @Test
    void a_job_says_where_its_trace_can_be_looked_at() {
        when().get(API + "/jobs/" + scene.failed + "/trace")
                .then()
                .statusCode(200)
                .body("url", matchesPattern("http://traces\\.example/[0-9a-f]{32}\\?from=millrace"));
        when().get(API + "/jobs/" + UUID.randomUUID() + "/trace")
                .then()
                .statusCode(404)
                .body("code", equalTo("job_not_found"));
    }

    @Test
    void a_job_without_a_batch_has_no_relatives() {
        when().get(API + "/jobs/" + scene.failed + "/relatives")
                .then()
                .statusCode(200)
                .body("parents", empty())
                .body("children", empty());
    }

    @Test
    void what_is_not_there_is_said_so() {
        when().get(API + "/jobs/" + UUID.randomUUID() + "/relatives")
                .then()
                .statusCode(404)
                .body("code", equalTo("job_not_found"));
        when().get(API + "/batches/nonsense/graph").then().statusCode(404).body("code", equalTo("batch_not_found"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/jobs",
                "/jobs/019a2b3c-1111-7abc-8def-0123456789ab",
                "/schedules/a.b",
                "/workflows/a/b",
                "/audio"
            })
    void each_page_has_an_address(String address) {
        when().get(address)
                .then()
                .statusCode(200)
                .contentType("text/html")
                .header("Cache-Control", equalTo("no-cache"))
                .body(containsString("/dashboard/app.js"));
    }

    @Test
    void an_address_of_a_page_is_no_label_of_a_metric() {
        for (String page : DashboardPages.PAGES) {
            when().get("/" + page + "/not-in-metrics").then().statusCode(200);
        }
        when().get("/api/v1/queues/default").then().statusCode(200);

        when().get("/q/metrics")
                .then()
                .body(containsString("uri=\"/api/v1/queues/{name}\""))
                .body(not(containsString("not-in-metrics")))
                .body(not(containsString("uri=\"/dashboard")));
    }

    @Test
    void what_was_purged_hides_neither_failures_nor_how_long_runs_took() {
        scene.purged(DashboardScene.MAIL, 300);

        when().get(API + "/tasks")
                .then()
                .body("find { it.task == 'mail.send' }.ran.p50", notNullValue())
                .body("find { it.task == 'mail.send' }.jobs", equalTo(200));
    }

    @Test
    void no_other_address_is_a_page() {
        when().get("/elsewhere").then().statusCode(404).contentType("application/problem+json");
        when().get("/api/v1/elsewhere").then().statusCode(404);
    }

    /** So that a library of another version, whose address is another, is noticed here and not by a user. */
    @Test
    void every_module_that_is_imported_is_served() {
        for (String page : DashboardPages.PAGES) {
            served("/dashboard/pages/" + page + ".js");
        }
        served("/dashboard/pages/overview.js");
        served("/dashboard/app.js");
        when().get("/dashboard/app.css").then().statusCode(200).contentType("text/css");
        when().get("/dashboard/theme.js").then().statusCode(200);
    }

    private static void served(String path) {
        String module = when().get(path).then().statusCode(200).extract().asString();
        var imports =
                IMPORT.matcher(module).results().map(found -> found.group(1)).toList();
        for (String each : imports) {
            String address = URI.create(path).resolve(each).toString();
            assertThat(when().get(address).statusCode()).as(address).isEqualTo(200);
        }
    }
}
