package io.millrace.api;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.alert.AlertKind;
import io.millrace.alert.AlertMessage;
import io.millrace.alert.AlertState;
import io.millrace.alert.Escalation.Change;
import io.millrace.alert.QueueAlert;
import io.millrace.alert.QueueMeasures;
import io.millrace.alert.Severity;
import io.millrace.store.AlertOutbox;
import io.millrace.store.AlertStore;
import io.millrace.store.AlertStore.Standing;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alerts over HTTP, against a real PostgreSQL. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class AlertsTest {

    private static final Instant THEN = Instant.parse("2025-09-28T06:04:26Z");

    @Inject
    AlertStore store;

    @Inject
    AlertOutbox outbox;

    private void change(String queue, AlertState after, Change change) {
        Standing before = store.standing().stream()
                .filter(each -> each.queue().equals(queue))
                .findFirst()
                .orElseGet(() -> Standing.calm(queue, AlertKind.BACKLOG));
        var measures = new QueueMeasures(queue, false, 2367, 0, 2, Duration.ZERO, 0, 0);
        assertThat(store.change(before, after, QueueAlert.message(AlertKind.BACKLOG, change, measures, THEN)))
                .isTrue();
    }

    private void raise(String queue, Severity severity) {
        change(queue, new AlertState(severity, severity, Map.of()), new Change.Raised(severity));
    }

    @Test
    void the_level_of_a_queue_is_that_of_its_worst_alert_until_it_is_cleared() {
        when().get("/api/v1/queues/celery").then().body("alert_level", equalTo("NONE"));

        raise("celery", Severity.CRITICAL);

        when().get("/api/v1/queues/celery").then().body("alert_level", equalTo("CRITICAL"));
        when().get("/api/v1/queues")
                .then()
                .body("find { it.name == 'celery' }.alert_level", equalTo("CRITICAL"))
                .body("find { it.name == 'default' }.alert_level", equalTo("NONE"));

        change("celery", AlertState.CALM, new Change.Cleared(Severity.CRITICAL));

        when().get("/api/v1/queues/celery").then().body("alert_level", equalTo("NONE"));
    }

    @Test
    void an_alert_shows_all_that_was_told_and_how_far_it_has_come() {
        raise("jobs", Severity.WARNING);
        outbox.spread(Map.of("ops", Severity.INFO), 100);
        var taken = outbox.take(List.of("ops"), Duration.ofMinutes(1), 100).stream()
                .filter(each -> each.message().subject().equals("jobs"))
                .findFirst()
                .orElseThrow();
        outbox.failed(taken, null, "answered with HTTP status 404");

        when().get("/api/v1/alerts?queue=jobs&active=true")
                .then()
                .statusCode(200)
                .body("next_cursor", nullValue())
                .body("alerts", hasSize(1))
                .body("alerts[0].alert_id", equalTo(taken.alertId().toString()))
                .body("alerts[0].event", equalTo("raised"))
                .body("alerts[0].severity", equalTo("WARNING"))
                .body("alerts[0].title", equalTo("Millrace Queue Alert"))
                .body("alerts[0].timestamp", equalTo("2025-09-28T06:04:26Z"))
                .body("alerts[0].message", equalTo("Queue has 2367 pending tasks"))
                .body("alerts[0].source", equalTo("queue"))
                .body("alerts[0].kind", equalTo("backlog"))
                .body("alerts[0].subject", equalTo("jobs"))
                .body("alerts[0].details.pending", equalTo(2367))
                .body("alerts[0].details.scheduled", equalTo(0))
                .body("alerts[0].details.workers_active", equalTo(2))
                .body("alerts[0].details.queue", equalTo("jobs"))
                .body("alerts[0].active", equalTo(true))
                .body("alerts[0].level", equalTo("WARNING"))
                .body("alerts[0].deliveries", hasSize(1))
                .body("alerts[0].deliveries[0].channel", equalTo("ops"))
                .body("alerts[0].deliveries[0].state", equalTo("given_up"))
                .body("alerts[0].deliveries[0].attempts", equalTo(1))
                .body("alerts[0].deliveries[0].delivered_at", nullValue())
                .body("alerts[0].deliveries[0].error", equalTo("answered with HTTP status 404"));
    }

    @Test
    void they_are_listed_a_page_at_a_time_the_newest_first() {
        for (int i = 0; i < 5; i++) {
            store.tell(AlertMessage.happened(
                    "pages", "k", i % 2 == 0 ? Severity.INFO : Severity.CRITICAL, "s", "t", "m" + i, List.of(), THEN));
        }

        var told = new ArrayList<String>();
        String cursor = "";
        while (cursor != null) {
            JsonPath page = when().get("/api/v1/alerts?source=pages&limit=2&cursor=" + cursor)
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            told.addAll(page.getList("alerts.message"));
            cursor = page.getString("next_cursor");
        }

        assertThat(told).containsExactly("m4", "m3", "m2", "m1", "m0");
        when().get("/api/v1/alerts?source=pages&severity=critical")
                .then()
                .body("alerts.message", contains("m3", "m1"))
                .body("alerts.active", everyItem(equalTo(false)));
        when().get("/api/v1/alerts?source=pages&active=true").then().body("alerts", hasSize(0));
    }

    @ParameterizedTest
    @CsvSource({"active,perhaps", "severity,BAD", "limit,0", "limit,501", "cursor,nonsense"})
    void what_is_not_understood_is_refused_by_name(String parameter, String value) {
        when().get("/api/v1/alerts?" + parameter + "=" + value)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid_request"))
                .body("errors[0].field", equalTo(parameter));
    }
}
