package io.millrace.api;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On one machine nobody needs a credential, but a page in a browser is not somebody on this machine. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(ApiTest.SmallBodies.class)
class LocalDoorTest {

    private static final String API = "/api/v1";

    @Test
    void whoever_is_on_this_machine_may_do_all() {
        given().get(API + "/caller")
                .then()
                .statusCode(200)
                .body("caller", equalTo("local"))
                .body("role", equalTo("admin"));
        given().get(API + "/keys").then().statusCode(200);
    }

    @Test
    void a_foreign_page_changes_nothing() {
        given().header("Sec-Fetch-Site", "cross-site")
                .post(API + "/queues/cron/pause")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("foreign_origin"));
        given().header("Origin", "https://evil.example")
                .post(API + "/queues/cron/pause")
                .then()
                .statusCode(403);
        given().header("Sec-Fetch-Site", "same-origin")
                .post(API + "/queues/cron/resume")
                .then()
                .statusCode(200);
    }

    @Test
    void a_name_that_somebody_can_own_does_not_lead_here() {
        given().header("Host", "rebound.evil.example")
                .get(API + "/jobs")
                .then()
                .statusCode(403)
                .body("detail", containsString("rebound.evil.example"));
        given().header("Host", "localhost:1").get(API + "/jobs").then().statusCode(200);
    }
}
