package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.millrace.job.RetryPolicy;
import io.millrace.market.IndexDay;
import io.millrace.store.MarketStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The market over HTTP, against a real PostgreSQL. What jobs do is done here by the store they use. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class MarketApiTest {

    private static final String BACKGROUND = "/api/v1/background/";
    private static final String PRICES = "/api/v1/market/prices";
    private static final String INDEX = "/api/v1/market/index/";
    private static final String REPORTS = "/api/v1/market/reports/";

    private static final String DEFINITION =
            "{\"base_date\": \"2026-01-05\", \"base_value\": 100.50, \"weighting\": \"fixed\", \"returns\": \"total\","
                    + " \"rebalancing\": \"monthly\", \"max_carry_days\": 3, \"title\": \"Two\","
                    + " \"baskets\": [{\"weights\": {\"A\": 60, \"B\": 40.25}}, {\"from\": \"2026-02-01\", \"weights\": {\"A\": 1}}]}";

    @Inject
    MarketStore store;

    @Inject
    TaskStore tasks;

    private static ValidatableResponse put(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .put(path)
                .then();
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(path)
                .then();
    }

    private static String name() {
        return "i" + UUID.randomUUID();
    }

    private void registerTasks() {
        tasks.register(List.of(
                task(
                        "refresh_market_data",
                        "high_priority",
                        "{\"type\": \"object\", \"properties\": {\"mode\": {\"type\": [\"string\", \"null\"], \"pattern\": \"smart|full\"},"
                                + " \"index\": {\"type\": [\"string\", \"null\"]}}, \"additionalProperties\": false}"),
                task("compute_index", "high_priority", "{\"type\": \"object\"}"),
                task("generate_report", "low_priority", "{\"type\": \"object\"}"),
                task("cleanup_old_data", "low_priority", "{\"type\": \"object\"}")));
    }

    private static TaskDefinition task(String name, String queue, String schema) {
        return new TaskDefinition(
                name, queue, 5, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, schema);
    }

    @Test
    void the_tasks_of_the_market_are_submitted_with_a_body_or_without() {
        registerTasks();

        post(BACKGROUND + "refresh-market-data", "{\"mode\": \"full\", \"project_id\": \"p\"}")
                .statusCode(202)
                .header("Location", containsString("/api/v1/jobs/"))
                .body("task", equalTo("refresh_market_data"))
                .body("queue", equalTo("high_priority"))
                .body("args", equalTo(Map.of("mode", "full")))
                .body("project_id", equalTo("p"));
        when().post(BACKGROUND + "compute-index")
                .then()
                .statusCode(202)
                .body("task", equalTo("compute_index"))
                .body("project_id", nullValue());
        post(BACKGROUND + "generate-report", "{\"index\": \"i\", \"from\": \"2026-01-01\"}")
                .statusCode(202)
                .body("queue", equalTo("low_priority"))
                .body("args.from", equalTo("2026-01-01"));
        post(BACKGROUND + "cleanup-old-data", "{\"report_days\": 7}")
                .statusCode(202)
                .body("args.report_days", equalTo(7));
    }

    @Test
    void what_the_tasks_do_not_take_is_refused() {
        registerTasks();

        post(BACKGROUND + "refresh-market-data", "{\"mode\": \"quick\"}")
                .statusCode(422)
                .body("code", equalTo("invalid_args"))
                .body("errors[0].field", containsString("mode"));
        post(BACKGROUND + "compute-index", "{\"mode\": \"full\"}")
                .statusCode(422)
                .body("code", equalTo("unknown_field"))
                .body("errors[0].field", equalTo("mode"));
        post(BACKGROUND + "generate-report", "{").statusCode(400).body("code", equalTo("malformed_json"));
    }

    @Test
    void prices_are_written_once_and_replaced() {
        String symbol = "S" + (UUID.randomUUID().getLeastSignificantBits() >>> 1);
        String prices = "{\"prices\": [{\"symbol\": \"%s\", \"date\": \"2026-01-05\", \"close\": 12.340},"
                + " {\"symbol\": \"%s\", \"date\": \"2026-01-06\", \"close\": %s, \"split\": 2, \"dividend\": 0.1}]}";

        put(PRICES, prices.formatted(symbol, symbol, "6.2"))
                .statusCode(200)
                .body("prices", equalTo(2))
                .body("changed", equalTo(2));
        put(PRICES, prices.formatted(symbol, symbol, "6.3")).statusCode(200).body("changed", equalTo(1));
        put(PRICES, prices.formatted(symbol, symbol, "6.3")).statusCode(200).body("changed", equalTo(0));
    }

    @Test
    void ten_thousand_prices_come_in_one_body_however_long_they_are_written() {
        String prices = IntStream.range(0, 10_000)
                .mapToObj(i ->
                        "{\"symbol\": \"A-LONGER-SYMBOL-%05d.XETR\", \"date\": \"2024-01-01\", \"close\": 123.45678901, \"split\": 1.0, \"dividend\": 0.25}"
                                .formatted(i))
                .collect(Collectors.joining(",", "{\"prices\": [", "]}"));

        put(PRICES, prices).statusCode(200).body("prices", equalTo(10_000));
    }

    @Test
    void everything_that_is_wrong_with_prices_is_named() {
        put(
                        PRICES,
                        "{\"prices\": [{\"symbol\": \"a b\", \"date\": \"2026-01-32\", \"close\": 0},"
                                + " {\"symbol\": \"A\", \"date\": \"2026-01-05\", \"close\": 1, \"dividend\": -1},"
                                + " {\"symbol\": \"A\", \"date\": \"2026-01-05\", \"close\": 1},"
                                + " {\"symbol\": \"A\", \"date\": \"2026-01-05\", \"close\": 2},"
                                + " {\"symbol\": \"B\", \"date\": \"2026-01-05\", \"close\": 1e400}, 7]}")
                .statusCode(422)
                .body("code", equalTo("invalid_request"))
                .body(
                        "errors.field",
                        hasItems(
                                "prices[0].symbol",
                                "prices[0].date",
                                "prices[0].close",
                                "prices[1].dividend",
                                "prices[3]",
                                "prices[4].close",
                                "prices[5]"));
        put(PRICES, "{\"prices\": [{\"symbol\": \"A\", \"date\": \"2026-01-05\", \"close\": 1, \"open\": 1}]}")
                .statusCode(422)
                .body("code", equalTo("unknown_field"))
                .body("errors[0].field", equalTo("prices[0].open"));
        String many = IntStream.rangeClosed(0, 10_000)
                .mapToObj(i -> "{\"symbol\": \"A" + i + "\", \"date\": \"2026-01-05\", \"close\": 1}")
                .collect(Collectors.joining(",", "{\"prices\": [", "]}"));
        put(PRICES, many).statusCode(422).body("errors.field", hasItem("prices"));
        put(PRICES, "{\"prices\": []}").statusCode(422);
    }

    @Test
    void an_index_is_defined_shown_and_defined_anew() {
        String name = name();
        put(INDEX + name, DEFINITION)
                .statusCode(201)
                .body("name", equalTo(name))
                .body("title", equalTo("Two"))
                .body("base_date", equalTo("2026-01-05"))
                .body("base_value", equalTo(100.50f))
                .body("baskets[0].from", equalTo("2026-01-05"))
                .body("baskets[0].weights.B", equalTo(40.25f))
                .body("baskets[1].from", equalTo("2026-02-01"))
                .body("latest", nullValue())
                .body("computed_at", nullValue())
                .body("values", empty());
        put(INDEX + name, DEFINITION).statusCode(200).body("created_at", notNullValue());
        when().get(INDEX + name).then().statusCode(200).body("rebalancing", equalTo("monthly"));
        when().get("/api/v1/market/index?limit=500").then().body("indexes.name", hasItem(name));
    }

    @Test
    void an_index_begins_with_what_is_usual() {
        put(INDEX + name(), "{\"base_date\": \"2026-01-05\", \"baskets\": [{\"weights\": {\"A\": 1}}]}")
                .statusCode(201)
                .body("base_value", equalTo(1000))
                .body("weighting", equalTo("fixed"))
                .body("returns", equalTo("price"))
                .body("rebalancing", equalTo("never"))
                .body("max_carry_days", equalTo(7));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"baskets": [{"weights": {"A": 1}}]} | base_date
            {"base_date": "2026-01-05"} | baskets
            {"base_date": "2026-01-05", "baskets": [{"weights": {}}]} | baskets[0].weights
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 0}}]} | baskets[0].weights.A
            {"base_date": "2026-01-05", "baskets": [{"weights": {"a b": 1}}]} | baskets[0].weights
            {"base_date": "2026-01-05", "baskets": [{"from": "2026-01-06", "weights": {"A": 1}}]} | baskets[0].from
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 1}}, {"weights": {"A": 1}}]} | baskets[1].from
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 1}}, {"from": "2026-01-05", "weights": {"A": 1}}]} | baskets[1].from
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 1}}], "weighting": "equal"} | weighting
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 1}}], "returns": "net"} | returns
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 1}}], "max_carry_days": -1} | max_carry_days
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 1}}], "base_value": 0} | base_value
            {"base_date": "2026-01-05", "baskets": [{"weights": {"A": 1}}], "weighting": "capitalisation", "rebalancing": "monthly"} | rebalancing
            """)
    void a_definition_that_makes_no_sense_is_refused_with_its_field(String body, String field) {
        put(INDEX + name(), body)
                .statusCode(422)
                .body("code", equalTo("invalid_request"))
                .body("errors.field", hasItem(field));
    }

    @Test
    void an_index_needs_a_name_that_fits() {
        put(INDEX + "-x", DEFINITION).statusCode(422).body("errors[0].field", equalTo("name"));
    }

    private static IndexDay day(int day, String level) {
        return new IndexDay(
                LocalDate.of(2026, 1, day), new BigDecimal(level), new BigDecimal("1.5"), List.of("B"), List.of());
    }

    @Test
    void levels_come_by_the_page_and_between_days() {
        String name = name();
        put(INDEX + name, DEFINITION).statusCode(201);
        var gap = new IndexDay(LocalDate.of(2026, 1, 9), null, null, List.of(), List.of("A"));
        store.inTransaction(market -> market.putDays(
                name,
                List.of(day(5, "100.500000"), day(6, "101"), day(7, "99.25"), gap),
                LocalDate.of(1, 1, 1),
                LocalDate.of(9999, 12, 31)));

        var first = when().get(INDEX + name + "?limit=2")
                .then()
                .statusCode(200)
                .body("latest.date", equalTo("2026-01-07"))
                .body("latest.level", equalTo(99.25f))
                .body("values.date", equalTo(List.of("2026-01-05", "2026-01-06")))
                .body("values[0].carried", equalTo(List.of("B")));
        String cursor = first.extract().path("next_cursor");
        assertThat(first.extract().asString()).contains("\"level\":100.500000");
        when().get(INDEX + name + "?limit=2&cursor=" + cursor)
                .then()
                .body("values.date", equalTo(List.of("2026-01-07", "2026-01-09")))
                .body("values[1].level", nullValue())
                .body("values[1].missing", equalTo(List.of("A")))
                .body("next_cursor", nullValue());
        when().get(INDEX + name + "?from=2026-01-06&to=2026-01-07").then().body("values", hasSize(2));
        when().get(INDEX + name + "?from=yesterday&limit=0&cursor=x")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("from", "limit", "cursor"));
        when().get(INDEX + "none").then().statusCode(404).body("code", equalTo("index_not_found"));
    }

    @Test
    void a_report_is_a_page_or_csv_as_one_likes() {
        UUID id = UUID.randomUUID();
        var report = new MarketStore.Report(id, "T", "<!doctype html>ü", "index,date\r\n", null, Instant.now());
        store.inTransaction(market -> {
            market.putReport(report);
            return id;
        });

        when().get(REPORTS + id)
                .then()
                .statusCode(200)
                .contentType(startsWith("text/html"))
                .header("Content-Security-Policy", containsString("default-src 'none'"))
                .body(containsString("<!doctype html>ü"));
        // The page's style is in the page, which the policy of other pages forbids.
        assertThat(when().get(REPORTS + id).getHeaders().getValues("Content-Security-Policy"))
                .hasSize(1);
        given().accept("text/csv").when().get(REPORTS + id).then().contentType(startsWith("text/csv"));
        given().accept("text/html,application/xhtml+xml,*/*;q=0.8")
                .when()
                .get(REPORTS + id)
                .then()
                .contentType(startsWith("text/html"));
        when().get(REPORTS + id + "?format=csv")
                .then()
                .statusCode(200)
                .contentType(startsWith("text/csv"))
                .header("Content-Disposition", endsWith(".csv\""))
                .body(equalTo("index,date\r\n"));
        when().get(REPORTS + id + "?format=pdf").then().statusCode(422).body("errors[0].field", equalTo("format"));
        when().get(REPORTS + UUID.randomUUID())
                .then()
                .statusCode(404)
                .contentType(startsWith("application/problem+json"))
                .body(containsString("report_not_found"));
        when().get(REPORTS + "7").then().statusCode(404);
    }
}
