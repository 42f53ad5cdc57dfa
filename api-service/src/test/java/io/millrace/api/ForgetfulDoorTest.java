package io.millrace.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A door that remembers a key for about as long as a request takes, so that it is forgotten in the middle of many. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(ForgetfulDoorTest.Forgetful.class)
class ForgetfulDoorTest {

    private static final String BOOTSTRAP = "a-bootstrap-key-that-only-this-test-has";
    private static final String API = "/api/v1";
    private static final int REQUESTS = 5_000;

    /** Keys are forgotten at once. */
    public static final class Forgetful implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.access.bootstrap-key", BOOTSTRAP,
                    "millrace.access.remembered", "1ms",
                    "millrace.access.rate", "1000000/m");
        }
    }

    @Test
    void a_key_that_is_forgotten_while_it_is_judged_is_looked_up() throws Exception {
        String key = given().header("Authorization", "Bearer " + BOOTSTRAP)
                .contentType("application/json")
                .body(Map.of("name", "busy", "role", "viewer"))
                .post(API + "/keys")
                .then()
                .statusCode(201)
                .extract()
                .path("key");
        HttpRequest question = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + RestAssured.port + API + "/caller"))
                .header("Authorization", "Bearer " + key)
                .timeout(Duration.ofSeconds(20))
                .build();

        var answers = new TreeMap<Integer, Integer>();
        try (var http = HttpClient.newHttpClient()) {
            for (int asked = 0; asked < REQUESTS; asked++) {
                answers.merge(http.send(question, BodyHandlers.ofString()).statusCode(), 1, Integer::sum);
            }
        }

        assertThat(answers).containsOnlyKeys(200);
    }
}
