package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.fleet.Heartbeat;
import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.WorkerState;
import io.millrace.store.FleetStore;
import io.millrace.store.WorkerStore;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What people ask of workers, over HTTP, against a real PostgreSQL; the workers are rows. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class WorkersTest {

    private static final String WORKERS = "/api/v1/workers/";

    @Inject
    WorkerStore workers;

    @Inject
    FleetStore fleet;

    private final String id = "w-" + UUID.randomUUID();

    @BeforeEach
    void aWorker() {
        workers.enrol(id, "here", "0.1", List.of("default"), 4);
        workers.knows(id, List.of("demo.noop"));
        beat(WorkerState.ACTIVE, new Pool(4, SlotRange.fixed(4), 3, 2, 1));
    }

    @AfterEach
    void itHasGone() {
        beat(WorkerState.STOPPED, new Pool(4, SlotRange.fixed(4), 0, 0, 0));
    }

    private void beat(WorkerState state, Pool pool) {
        workers.beat(new Heartbeat(id, state, List.of("default"), pool, "[]", 0, 0, 0, 0));
    }

    private static ValidatableResponse patch(String worker, String body) {
        return given().contentType("application/json")
                .body(body)
                .patch(WORKERS + worker)
                .then();
    }

    private static ValidatableResponse shutDown(String worker) {
        return when().post(WORKERS + worker + "/shutdown").then();
    }

    @Test
    void a_worker_shows_what_is_in_force() {
        when().get(WORKERS + id)
                .then()
                .statusCode(200)
                .body("concurrency", equalTo(4))
                .body("autoscale", nullValue())
                .body("wanted", nullValue())
                .body("running", equalTo(3))
                .body("reserved", equalTo(2))
                .body("threads_stuck", equalTo(1))
                .body("registered", contains("demo.noop"))
                .body("uptime_seconds", greaterThanOrEqualTo(0f));
    }

    @Test
    void what_is_asked_is_shown_as_wanted_until_it_is_in_force() {
        patch(id, "{\"concurrency\": 8, \"queues\": [\"default\", \"celery\"]}")
                .statusCode(200)
                .body("concurrency", equalTo(4))
                .body("queues", contains("default"))
                .body("wanted.concurrency", equalTo(8))
                .body("wanted.autoscale", nullValue())
                .body("wanted.queues", contains("celery", "default"))
                .body("wanted.shutdown", equalTo(false));

        fleet.met(id, 1);

        when().get(WORKERS + id).then().body("wanted", nullValue());
    }

    @Test
    void a_pool_that_moves_shows_its_bounds() {
        patch(id, "{\"autoscale\": {\"max\": 10, \"min\": 3}}")
                .statusCode(200)
                .body("wanted.concurrency", nullValue())
                .body("wanted.autoscale.max", equalTo(10));

        beat(WorkerState.ACTIVE, new Pool(5, new SlotRange(3, 10), 5, 0, 0));
        fleet.met(id, 1);

        when().get(WORKERS + id)
                .then()
                .body("concurrency", equalTo(5))
                .body("autoscale.max", equalTo(10))
                .body("autoscale.min", equalTo(3));
    }

    @Test
    void nonsense_is_refused_with_its_fields() {
        patch(id, "{\"concurrency\": 10001, \"queues\": [\"nowhere\"]}")
                .statusCode(422)
                .body("code", equalTo("invalid_request"))
                .body("errors.field", contains("concurrency", "queues[0]"));
        patch(id, "{\"colour\": 1}").statusCode(422).body("code", equalTo("unknown_field"));
        patch(id, "{").statusCode(400).body("code", equalTo("malformed_json"));
        when().get(WORKERS + id).then().body("wanted", nullValue());
    }

    @Test
    void of_a_worker_that_is_not_there_nothing_can_be_asked() {
        patch("nobody", "{\"concurrency\": 1}").statusCode(404).body("code", equalTo("worker_not_found"));
        shutDown("nobody").statusCode(404).body("code", equalTo("worker_not_found"));
    }

    @Test
    void a_worker_that_leaves_can_be_asked_to_leave_again_and_for_nothing_else() {
        shutDown(id).statusCode(202).body("wanted.shutdown", equalTo(true));
        shutDown(id).statusCode(202);
        patch(id, "{\"concurrency\": 1}").statusCode(409).body("code", equalTo("worker_not_alive"));

        beat(WorkerState.STOPPED, new Pool(4, SlotRange.fixed(4), 0, 0, 0));

        shutDown(id).statusCode(409).body("code", equalTo("worker_not_alive"));
        when().get(WORKERS + id).then().body("wanted", nullValue());
    }

    @Test
    void a_ping_tells_who_has_answered_and_who_has_not() {
        String silent = "w-" + UUID.randomUUID();
        workers.enrol(silent, "here", "0.1", List.of("default"), 4);
        var answering = CompletableFuture.runAsync(this::answerOnePing);

        when().post(WORKERS + "ping?timeout=5")
                .then()
                .statusCode(200)
                .body("answered.worker_id", contains(id))
                .body("answered.milliseconds", hasItem(greaterThanOrEqualTo(0)))
                .body("silent", hasItem(silent))
                .body("silent", not(hasItem(id)));

        answering.orTimeout(30, TimeUnit.SECONDS).join();
        when().post(WORKERS + "ping?timeout=6").then().statusCode(422).body("errors.field", contains("timeout"));
    }

    private void answerOnePing() {
        while (true) {
            var asked = fleet.asked(id);
            if (asked.isPresent()) {
                Integer ping = asked.get().ping();
                assertThat(ping).isNotNull();
                fleet.pong(id, ping == null ? 0 : ping);
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
