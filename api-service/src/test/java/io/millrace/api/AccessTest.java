package io.millrace.api;

import static io.millrace.testing.Soon.soon;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.api.access.TokenIssuer;
import io.millrace.job.RetryPolicy;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The door: who is let in to which route, whom each project belongs to, and what is written down of changes. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(AccessTest.Closed.class)
class AccessTest {

    private static final String BOOTSTRAP = "a-bootstrap-key-that-only-this-test-has";

    /** Requests need credentials, of which there is one, and of an identity provider. */
    public static final class Closed implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.access.bootstrap-key", BOOTSTRAP,
                    "millrace.access.remembered", "200ms",
                    "millrace.access.open-metrics", "false",
                    "millrace.access.rate", "600/m",
                    // A stream that opens without Kafka would miss what is submitted next.
                    "millrace.event-streams.open-timeout", "30s");
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Issuer.class));
        }
    }

    /** An identity provider beside the service. */
    public static final class Issuer implements QuarkusTestResourceLifecycleManager {
        private @Nullable TokenIssuer issuer;

        @Override
        public Map<String, String> start() {
            var started = new TokenIssuer();
            issuer = started;
            var told = new HashMap<>(started.configuration());
            told.put("test.issuer.key", started.key().toJson(OutputControlLevel.INCLUDE_PRIVATE));
            return told;
        }

        @Override
        public void stop() {
            if (issuer != null) {
                issuer.close();
            }
        }
    }

    private static final String API = "/api/v1";
    private static final String JOBS = API + "/jobs";
    private static final String PROBLEM = "application/problem+json";

    @Inject
    TaskStore tasks;

    @Inject
    @ConfigProperty(name = "test.issuer.key")
    String issuerKey;

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "test.access",
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

    private static RequestSpecification as(String credential) {
        return given().header("Authorization", "Bearer " + credential).contentType("application/json");
    }

    private static RequestSpecification admin() {
        return as(BOOTSTRAP);
    }

    private static Response make(String role, @Nullable String project) {
        return admin().body("{\"name\": \"for a test\", \"role\": \"" + role + "\", \"project_id\": "
                        + (project == null ? null : "\"" + project + "\"") + "}")
                .post(API + "/keys");
    }

    private static String key(String role, @Nullable String project) {
        return make(role, project).then().statusCode(201).extract().path("key");
    }

    private static String submitted(String key, String body) {
        return as(key).body(body).post(JOBS).then().statusCode(202).extract().path("job_id");
    }

    private static String project() {
        return "p-" + UUID.randomUUID();
    }

    // -- every route

    private record Route(String method, String path) {}

    private static List<Route> routes() {
        JsonPath document = admin().accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        var routes = new ArrayList<Route>();
        document.<String, Map<String, Object>>getMap("paths")
                .forEach((path, methods) -> methods.keySet().stream()
                        .filter(method ->
                                List.of("get", "post", "put", "patch", "delete").contains(method))
                        .forEach(method -> routes.add(
                                new Route(method.toUpperCase(Locale.ROOT), path.replaceAll("\\{[^}]+}", "x")))));
        assertThat(routes).hasSizeGreaterThan(60).contains(new Route("POST", JOBS));
        return routes;
    }

    @Test
    void every_route_refuses_who_shows_nothing_or_something_else() {
        for (Route route : routes()) {
            given().request(route.method(), route.path())
                    .then()
                    .statusCode(401)
                    .contentType(PROBLEM)
                    .header("WWW-Authenticate", containsString("Bearer"))
                    .body("code", equalTo("unauthenticated"));
            as("mlr_0123456789abcdef_0123456789012345678901234567890123456789012")
                    .request(route.method(), route.path())
                    .then()
                    .statusCode(401)
                    .header("WWW-Authenticate", containsString("invalid_token"));
        }
    }

    @Test
    void a_viewer_changes_nothing() {
        String viewer = key("viewer", null);
        for (Route route : routes()) {
            if (!route.method().equals("GET")) {
                as(viewer)
                        .request(route.method(), route.path())
                        .then()
                        .statusCode(403)
                        .contentType(PROBLEM)
                        .body("code", equalTo("forbidden"));
            }
        }
        as(viewer).get(JOBS).then().statusCode(200);
        as(viewer).get(API + "/keys").then().statusCode(403);
    }

    @Test
    void what_is_no_route_of_the_api_is_behind_the_door_too() {
        given().get("/q/openapi").then().statusCode(401);
        given().get("/q/metrics").then().statusCode(401);
        given().get("/").then().statusCode(401);
        given().get(API + "/nothing-here").then().statusCode(401);
        given().get("/q/health/live").then().statusCode(200);
        as(key("viewer", null)).get(API + "/nothing-here").then().statusCode(403);
        admin().get(API + "/nothing-here").then().statusCode(404);
    }

    @Test
    void a_body_is_not_waited_for_from_somebody_who_may_not_send_it() {
        given().body(new byte[900_000])
                .contentType("application/json")
                .post(JOBS)
                .then()
                .statusCode(401);
        // The connection that was refused on is good for the next request.
        admin().get(JOBS).then().statusCode(200);
    }

    @Test
    void each_role_may_do_what_is_its_own() {
        String submitter = key("submitter", null);
        String operator = key("operator", null);
        String id = submitted(submitter, "{\"task\": \"test.access\"}");

        as(submitter).post(JOBS + "/" + id + "/revoke").then().statusCode(200);
        as(submitter).post(API + "/queues/cron/pause").then().statusCode(403);
        as(operator).post(API + "/queues/cron/pause").then().statusCode(200);
        as(operator).post(API + "/queues/cron/resume").then().statusCode(200);
        as(operator).body("{}").post(API + "/keys").then().statusCode(403);
        as(operator).get(API + "/caller").then().statusCode(200).body("role", equalTo("operator"));
    }

    // -- projects

    @Test
    void a_job_exists_for_its_own_project_only() {
        String mine = project();
        String own = key("submitter", mine);
        String other = key("operator", project());
        String id = submitted(own, "{\"task\": \"test.access\", \"callback_url\": \"https://example.org/done\"}");

        as(own).get(JOBS + "/" + id).then().statusCode(200).body("project_id", equalTo(mine));
        for (String rest : List.of("", "/history", "/result", "/why", "/callbacks", "/events")) {
            as(other).get(JOBS + "/" + id + rest).then().statusCode(404).body("code", equalTo("job_not_found"));
        }
        for (String rest : List.of("/revoke", "/retry")) {
            as(other).post(JOBS + "/" + id + rest).then().statusCode(404).body("code", equalTo("job_not_found"));
        }
        as(other).get(JOBS + "/" + UUID.randomUUID()).then().statusCode(404).body("code", equalTo("job_not_found"));
        as(own).post(JOBS + "/" + id + "/revoke").then().statusCode(200);
        String callback = as(own).get(JOBS + "/" + id + "/callbacks")
                .then()
                .statusCode(200)
                .extract()
                .path("callbacks[0].callback_id");
        as(own).get(API + "/callbacks/" + callback).then().statusCode(200);
        as(other).get(API + "/callbacks/" + callback).then().statusCode(404);
        as(other).post(API + "/callbacks/" + callback + "/redeliver").then().statusCode(404);
    }

    @Test
    void a_caller_lists_and_replays_what_is_of_its_project() {
        String mine = project();
        String own = key("operator", mine);
        String other = key("operator", project());
        String id = submitted(own, "{\"task\": \"test.access\", \"project_id\": \"" + mine + "\"}");
        as(own).post(JOBS + "/" + id + "/revoke").then().statusCode(200);

        as(own).get(JOBS).then().statusCode(200).body("jobs.job_id", equalTo(List.of(id)));
        as(other).get(JOBS).then().statusCode(200).body("jobs", equalTo(List.of()));
        as(other).get(JOBS + "?project_id=" + mine).then().statusCode(403).body("code", equalTo("project_forbidden"));
        as(other)
                .body("{\"filter\": {}}")
                .post(JOBS + "/replay")
                .then()
                .statusCode(200)
                .body("replayed", equalTo(0));
        as(own).body("{\"filter\": {}}")
                .post(JOBS + "/replay")
                .then()
                .statusCode(200)
                .body("replayed", equalTo(1));
        admin().get(JOBS + "?project_id=" + mine).then().statusCode(200).body("jobs.job_id", hasItem(id));
    }

    @Test
    void what_is_submitted_is_of_the_callers_project() {
        String mine = project();
        String own = key("submitter", mine);
        String foreign = "{\"task\": \"test.access\", \"project_id\": \"another\"}";

        as(own).body(foreign).post(JOBS).then().statusCode(403).body("code", equalTo("project_forbidden"));
        as(own).body("[" + foreign + ", {\"task\": \"test.access\"}]")
                .post(JOBS + "/bulk")
                .then()
                .statusCode(200)
                .body("accepted", equalTo(1))
                .body("items[0].error.code", equalTo("project_forbidden"));
        as(own).body("{\"jobs\": [" + foreign + "]}")
                .post(API + "/batches")
                .then()
                .statusCode(422);
        as(own).body("{\"project_id\": \"another\", \"jobs\": [{\"task\": \"test.access\"}]}")
                .post(API + "/batches")
                .then()
                .statusCode(403);
        as(own).get(JOBS).then().body("jobs.size()", equalTo(1)).body("jobs[0].project_id", equalTo(mine));
    }

    @Test
    void a_batch_exists_for_its_own_project_only() {
        String mine = project();
        String own = key("submitter", mine);
        String other = key("submitter", project());
        String id = as(own).body("{\"jobs\": [{\"task\": \"test.access\"}]}")
                .post(API + "/batches")
                .then()
                .statusCode(202)
                .extract()
                .path("batch_id");

        as(own).get(API + "/batches/" + id).then().statusCode(200).body("project_id", equalTo(mine));
        as(own).get(API + "/batches").then().body("batches.batch_id", equalTo(List.of(id)));
        as(other).get(API + "/batches").then().body("batches", equalTo(List.of()));
        for (String rest : List.of("", "/jobs", "/callbacks")) {
            as(other)
                    .get(API + "/batches/" + id + rest)
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("batch_not_found"));
        }
        as(other).post(API + "/batches/" + id + "/revoke").then().statusCode(404);
    }

    @Test
    void what_packs_keep_is_of_a_project_too() {
        String mine = project();
        String own = key("submitter", mine);
        String other = key("submitter", project());
        String config = "{\"name\": \"c\", \"provider\": \"openai\", \"model\": \"m\", \"project_id\": %s}";
        Object id = as(own).body(config.formatted("null"))
                .post(API + "/configs")
                .then()
                .statusCode(201)
                .body("project_id", equalTo(mine))
                .extract()
                .path("id");

        as(own).get(API + "/configs/" + id).then().statusCode(200);
        as(other).get(API + "/configs/" + id).then().statusCode(404);
        as(other).get(API + "/configs").then().statusCode(200).body("configs", equalTo(List.of()));
        as(other)
                .body(config.formatted("\"" + mine + "\""))
                .post(API + "/configs")
                .then()
                .statusCode(403)
                .body("code", equalTo("project_forbidden"));
        for (String path : List.of("/llm/calls/", "/documents/", "/audio/jobs/")) {
            as(own).get(API + path + UUID.randomUUID()).then().statusCode(404);
        }
        as(own).get(API + "/audio/jobs").then().statusCode(200);
    }

    @Test
    void a_caller_of_one_project_has_nothing_to_do_with_what_is_everybodys() {
        String bound = key("operator", project());

        for (String path :
                List.of("/workers", "/stats", "/schedules", "/limits", "/alerts", "/pipelines", "/keys", "/audit")) {
            as(bound).get(API + path).then().statusCode(403);
        }
        as(bound).post(API + "/queues/cron/pause").then().statusCode(403);
        as(bound).get(API + "/queues").then().statusCode(200);
        as(bound).get(API + "/tasks").then().statusCode(200);
    }

    @Test
    void a_stream_shows_what_happens_in_the_callers_project() throws Exception {
        String own = key("submitter", project());
        String other = key("submitter", project());
        try (var stream = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            stream.setSoTimeout(60_000);
            stream.getOutputStream()
                    .write(("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + own
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var lines = new BufferedReader(new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            assertThat(line).contains("200");
            while (!line.startsWith(": open")) {
                line = lines.readLine();
            }
            String foreign = submitted(other, "{\"task\": \"test.access\"}");
            String mine = submitted(own, "{\"task\": \"test.access\"}");
            while (!line.contains(mine)) {
                assertThat(line).doesNotContain(foreign);
                line = lines.readLine();
            }
        }
    }

    // -- credentials

    @Test
    void a_key_is_shown_once_rotated_and_revoked() {
        Response made = make("viewer", null);
        made.then().statusCode(201).header("Cache-Control", "no-store").body("state", equalTo("active"));
        String id = made.path("key_id");
        String first = made.path("key");
        as(first).get(JOBS).then().statusCode(200);
        admin().get(API + "/keys/" + id).then().statusCode(200).body("key", nullValue());
        assertThat(admin().get(API + "/keys?limit=500").asString()).contains(id).doesNotContain(first.substring(21));

        String second = admin().body("{\"grace_seconds\": 60}")
                .post(API + "/keys/" + id + "/rotate")
                .then()
                .statusCode(200)
                .extract()
                .path("key");
        as(first).get(JOBS).then().statusCode(200);
        as(second).get(JOBS).then().statusCode(200);
        String third = admin().post(API + "/keys/" + id + "/rotate")
                .then()
                .statusCode(200)
                .extract()
                .path("key");
        as(first).get(JOBS).then().statusCode(401);
        as(second).get(JOBS).then().statusCode(401);
        as(third).get(JOBS).then().statusCode(200);

        admin().post(API + "/keys/" + id + "/revoke").then().statusCode(200).body("state", equalTo("revoked"));
        as(third).get(JOBS).then().statusCode(401);
        admin().post(API + "/keys/" + id + "/rotate").then().statusCode(409).body("code", equalTo("key_revoked"));
        admin().get(API + "/keys/nothing").then().statusCode(404).body("code", equalTo("key_not_found"));
    }

    @Test
    void a_key_that_makes_no_sense_is_refused_with_its_fields() {
        admin().body("{\"role\": \"king\", \"expires_in\": -1}")
                .post(API + "/keys")
                .then()
                .statusCode(422)
                .body("errors.field", equalTo(List.of("name", "role", "expires_in")));
        make("admin", "p").then().statusCode(422);
    }

    @Test
    void a_key_expires() {
        String brief = admin().body("{\"name\": \"brief\", \"role\": \"viewer\", \"expires_in\": 0.3}")
                .post(API + "/keys")
                .then()
                .statusCode(201)
                .extract()
                .path("key");

        soon().untilAsserted(() -> as(brief).get(JOBS).then().statusCode(401));
    }

    @Test
    void a_token_of_the_identity_provider_is_a_credential() throws Exception {
        var signing = (RsaJsonWebKey) PublicJsonWebKey.Factory.newPublicJwk(issuerKey);
        var claims = TokenIssuer.claims(Instant.now());
        claims.setClaim("project_id", "of-the-token");
        String token = TokenIssuer.signed(signing, claims);

        as(token)
                .get(API + "/caller")
                .then()
                .statusCode(200)
                .body("caller", equalTo("oidc:ada"))
                .body("role", equalTo("operator"))
                .body("project_id", equalTo("of-the-token"));
        as(token.substring(0, token.length() - 8) + "AAAAAAAA")
                .get(API + "/caller")
                .then()
                .statusCode(401);
    }

    @Test
    void who_asks_too_often_is_told_when_to_come_again() throws Exception {
        String busy = key("viewer", null);
        HttpRequest question = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + RestAssured.port + API + "/caller"))
                .header("Authorization", "Bearer " + busy)
                .timeout(Duration.ofSeconds(10))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            int asked = 0;
            HttpResponse<String> answer = http.send(question, BodyHandlers.ofString());
            while (answer.statusCode() == 200) {
                assertThat(++asked).isLessThan(1_000);
                answer = http.send(question, BodyHandlers.ofString());
            }

            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue(PROBLEM);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(JsonPath.from(answer.body()).getString("code")).isEqualTo("too_many_requests");
        }
        admin().get(API + "/caller").then().statusCode(200);
    }

    // -- browsers

    private static Response logIn(String key) {
        return given().redirects()
                .follow(false)
                .header("Sec-Fetch-Site", "same-origin")
                .formParam("key", key)
                .formParam("to", "/jobs")
                .post("/login");
    }

    @Test
    void a_browser_logs_in_with_a_key_and_out_again() {
        given().accept("text/html")
                .redirects()
                .follow(false)
                .get("/?state=FAILURE")
                .then()
                .statusCode(303)
                .header("Location", containsString("/login?to=%2F%3Fstate%3DFAILURE"));
        given().get("/login?to=%22%3E%3Cscript%3E").then().statusCode(200).body(not(containsString("<script>")));
        logIn("wrong").then().statusCode(401).contentType("text/html").cookies(Map.of());

        Response in = logIn(key("submitter", null));
        in.then().statusCode(303).header("Location", containsString("/jobs"));
        assertThat(in.header("Set-Cookie")).contains("HttpOnly", "SameSite=Strict", "Secure", "Path=/");
        String session = in.cookie("millrace_session");
        given().cookie("millrace_session", session).get(JOBS).then().statusCode(200);

        given().cookie("millrace_session", session)
                .header("Sec-Fetch-Site", "same-origin")
                .redirects()
                .follow(false)
                .post("/logout")
                .then()
                .statusCode(303);
        given().cookie("millrace_session", session).get(JOBS).then().statusCode(401);
    }

    @Test
    void a_session_ends_with_its_key() {
        Response made = make("viewer", null);
        String session = logIn(made.path("key")).cookie("millrace_session");
        given().cookie("millrace_session", session).get(JOBS).then().statusCode(200);

        admin().post(API + "/keys/" + made.path("key_id") + "/revoke").then().statusCode(200);

        given().cookie("millrace_session", session).get(JOBS).then().statusCode(401);
    }

    @Test
    void a_foreign_page_changes_nothing_with_somebodys_cookie() {
        String session = logIn(key("submitter", null)).cookie("millrace_session");
        String body = "{\"task\": \"test.access\"}";

        given().cookie("millrace_session", session)
                .contentType("application/json")
                .header("Sec-Fetch-Site", "cross-site")
                .body(body)
                .post(JOBS)
                .then()
                .statusCode(403)
                .body("code", equalTo("foreign_origin"));
        given().cookie("millrace_session", session)
                .contentType("application/json")
                .body(body)
                .post(JOBS)
                .then()
                .statusCode(403);
        given().cookie("millrace_session", session)
                .contentType("application/json")
                .header("Sec-Fetch-Site", "same-origin")
                .body(body)
                .post(JOBS)
                .then()
                .statusCode(202);
        given().header("Sec-Fetch-Site", "cross-site")
                .formParam("key", "x")
                .post("/login")
                .then()
                .statusCode(403);
    }

    @Test
    void browsers_are_told_to_keep_pages_to_themselves() {
        for (String path : List.of("/", JOBS, "/q/health/live", "/login")) {
            given().get(path)
                    .then()
                    .header("Content-Security-Policy", containsString("frame-ancestors 'none'"))
                    .header("X-Content-Type-Options", equalTo("nosniff"))
                    .header("Referrer-Policy", equalTo("same-origin"));
        }
    }

    // -- the audit log

    @Test
    void every_change_is_written_down_with_who_made_it_and_never_what_was_sent() {
        Response made = make("operator", null);
        String caller = "key:" + made.path("key_id");
        String operator = made.path("key");
        as(operator)
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .post(API + "/queues/cron/pause")
                .then()
                .statusCode(200);
        as(operator).post(API + "/queues/cron/resume").then().statusCode(200);
        as(operator).post(API + "/queues/nowhere/pause").then().statusCode(404);
        as(operator).get(API + "/queues").then().statusCode(200);
        String job = submitted(operator, "{\"task\": \"test.access\", \"args\": {\"password\": \"of-somebody\"}}");

        soon().untilAsserted(() -> admin().get(API + "/audit?caller=" + caller)
                .then()
                .statusCode(200)
                .body(
                        "entries.route",
                        equalTo(List.of(JOBS, API + "/queues/{name}/resume", API + "/queues/{name}/pause")))
                .body("entries.target", equalTo(List.of(job, "cron", "cron")))
                .body("entries[2].trace_id", equalTo("0af7651916cd43dd8448eb211c80319c"))
                .body("entries[2].role", equalTo("operator"))
                .body("entries[2].caller_name", equalTo("for a test"))
                .body("entries[2].address", equalTo("127.0.0.1")));
        String all = admin().get(API + "/audit?limit=500").asString();
        assertThat(all).doesNotContain("of-somebody", operator, BOOTSTRAP);
        assertThat(all).contains("\"bootstrap\"", API + "/keys");
    }
}
