package io.millrace.api;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.store.DocumentStore;
import io.millrace.store.LlmStore;
import io.millrace.store.TaskStore;
import io.millrace.testing.LlmFixture;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Language models and documents over HTTP, against a real PostgreSQL. What jobs do is done here by the stores they use. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
class LlmApiTest {

    private static final String API = "/api/v1";

    @Inject
    TaskStore tasks;

    @Inject
    LlmStore calls;

    @Inject
    DocumentStore documents;

    @BeforeEach
    void theTask() {
        LlmFixture.registerTask(tasks);
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json")
                .body(body)
                .when()
                .post(API + path)
                .then();
    }

    private static ValidatableResponse get(String path) {
        return when().get(API + path).then();
    }

    private static long config(String project) {
        return post(
                        "/configs",
                        "{\"name\": \"c%s\", \"provider\": \"scripted\", \"model\": \"m\", \"project_id\": %s}"
                                .formatted(UUID.randomUUID(), project))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("id");
    }

    private static String call(long config, String more) {
        return "{\"config\": {\"id\": %d, \"version\": 1}, \"query\": \"why?\"%s}".formatted(config, more);
    }

    @Test
    void a_configuration_is_stored_and_the_same_name_makes_its_next_version() {
        String name = "n" + UUID.randomUUID();
        String body =
                "{\"name\": \"%s\", \"provider\": \"openai\", \"model\": \"gpt\", \"parameters\": {\"temperature\": 0.25}}"
                        .formatted(name);
        long id = post("/configs", body)
                .statusCode(201)
                .body("version", equalTo(1))
                .extract()
                .jsonPath()
                .getLong("id");
        post("/configs", body).statusCode(201).body("version", equalTo(2)).body("id", equalTo((int) id));

        get("/configs/" + id).statusCode(200).body("version", equalTo(2));
        get("/configs/" + id + "?version=1")
                .statusCode(200)
                .body("version", equalTo(1))
                .body("provider", equalTo("openai"))
                .body("parameters.temperature", equalTo(0.25f));
        get("/configs?name=" + name).body("configs", hasSize(1)).body("next_cursor", nullValue());
        get("/configs/" + id + "?version=9").statusCode(404).body("code", equalTo("config_not_found"));
        get("/configs/nobody").statusCode(404).body("code", equalTo("config_not_found"));
    }

    @Test
    void what_is_wrong_with_a_configuration_is_said_at_once() {
        post("/configs", "{\"provider\": \"Open AI\", \"parameters\": {\"api_key\": \"sk-1\", \"messages\": []}}")
                .statusCode(422)
                .body(
                        "errors.field",
                        hasItems("name", "model", "provider", "parameters.api_key", "parameters.messages"))
                .body("detail", not(containsString("sk-1")));
        post("/configs", "{\"nam\": 1}").statusCode(422).body("code", equalTo("unknown_field"));
        String nested =
                "{\"openai_api_key\": \"sk-2\", \"headers\": [{\"Authorization\": \"Bearer sk-3\"}], \"max_tokens\": 5,"
                        + " \"tools\": [{\"properties\": {\"key\": {\"type\": \"string\"}}}], \"stream\": \"yes\", \"credentials\": {\"user\": \"u\"}}";
        post(
                        "/configs",
                        "{\"name\": \"n\", \"model\": \"m\", \"provider\": \"openai\", \"parameters\": " + nested + "}")
                .statusCode(422)
                .body(
                        "errors.field",
                        containsInAnyOrder(
                                "parameters.openai_api_key",
                                "parameters.headers[0].Authorization",
                                "parameters.credentials",
                                "parameters.stream"));
    }

    @Test
    void a_call_is_answered_at_once_and_its_job_is_there() {
        long config = config("null");

        ValidatableResponse accepted = post(
                        "/llm/call",
                        call(
                                config,
                                ", \"callback_url\": \"https://example.org/h\", \"trace_id\": \"t\", \"organization_id\": 7"))
                .statusCode(202)
                .body("status", equalTo("pending"));

        String job = accepted.extract().path("job_id");
        assertThat(accepted.extract().header("Location")).endsWith("/llm/calls/" + job);
        get("/jobs/" + job)
                .body("state", equalTo("PENDING"))
                .body("queue", equalTo("high_priority"))
                .body("priority", equalTo(9))
                .body("trace_id", equalTo("t"))
                .body("callback_url", equalTo("https://example.org/h"))
                .body("args.function_path", equalTo("llm.call"))
                .body("args.organization_id", equalTo("7"));
        get("/llm/calls/" + job)
                .statusCode(200)
                .body("status", equalTo("pending"))
                .body("success", nullValue())
                .body("data", nullValue())
                .body("config.id", equalTo((int) config))
                .body("config.version", equalTo(1))
                .body("organization_id", equalTo("7"));
        String later = given().contentType("application/json")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .body(call(config, ", \"project_id\": \"calls-listed\""))
                .post("/api/v1/llm/call")
                .path("job_id");
        get("/jobs/" + later).body("trace_id", equalTo("4bf92f3577b34da6a3ce929d0e0e4736"));
        ValidatableResponse newest = get("/llm/calls?limit=1")
                .body("calls.job_id", contains(later))
                .body("calls.query", contains("why?"))
                .body("calls.status", contains("pending"));
        get("/llm/calls?limit=1&cursor=" + newest.extract().path("next_cursor")).body("calls.job_id", contains(job));
        get("/llm/calls?project_id=calls-listed")
                .body("calls.job_id", contains(later))
                .body("next_cursor", nullValue());
        post("/jobs/" + job + "/revoke", "{}").statusCode(200);
        get("/llm/calls/" + job)
                .body("status", equalTo("failed"))
                .body("success", equalTo(false))
                .body("error.code", notNullValue());
    }

    @Test
    void the_same_key_is_answered_with_the_first_call() {
        String body = call(config("null"), "");
        String key = "k" + UUID.randomUUID();

        String first = given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body(body)
                .post(API + "/llm/call")
                .then()
                .statusCode(202)
                .extract()
                .path("job_id");

        given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body(body)
                .post(API + "/llm/call")
                .then()
                .statusCode(200)
                .body("job_id", equalTo(first))
                .body("status", equalTo("pending"));
        given().contentType("application/json")
                .header("Idempotency-Key", key)
                .body(body.replace("why?", "what?"))
                .post(API + "/llm/call")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency_key_reused"));
    }

    @Test
    void a_configuration_that_is_not_there_or_anothers_is_not_found() {
        post("/llm/call", call(123_456_789, "")).statusCode(404).body("code", equalTo("config_not_found"));
        long ours = config("\"p\"");
        post("/llm/call", call(ours, "")).statusCode(404).body("code", equalTo("config_not_found"));
        post("/llm/call", call(ours, ", \"project_id\": \"q\"")).statusCode(404);
        post("/llm/call", call(ours, ", \"project_id\": \"p\"")).statusCode(202);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"query": "a"}                                                                 | config
            {"config": {"id": "x"}, "query": "a"}                                          | config
            {"config": {"id": 1, "version": "x"}, "query": "a"}                            | config.version
            {"config": {"id": 1}}                                                          | query
            {"config": {"id": 1}, "query": " "}                                            | query
            {"config": {"id": 1}, "query": "a", "callback_url": "ftp://x/"}                | callback_url
            {"config": {"id": 1}, "query": "a", "organization_id": {}}                     | organization_id
            """)
    void what_is_wrong_with_a_call_is_said_with_its_field(String body, String field) {
        post("/llm/call", body)
                .statusCode(422)
                .body("code", equalTo("invalid_request"))
                .body("errors.field", hasItems(field));
    }

    @Test
    void a_job_that_is_no_call_is_not_found_as_one() {
        get("/llm/calls/" + UUID.randomUUID()).statusCode(404).body("code", equalTo("call_not_found"));
        get("/llm/calls/x").statusCode(404).body("code", equalTo("call_not_found"));
    }

    private static ValidatableResponse upload(String type, byte[] bytes, String query) {
        return given().contentType(type)
                .body(bytes)
                .when()
                .post(API + "/documents/transform" + query)
                .then();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_document_is_uploaded_and_its_content_is_fetched_when_it_is_there() {
        ValidatableResponse accepted = upload("text/html", bytes("<h1>Hi</h1>"), "?to=markdown&name=greeting")
                .statusCode(202)
                .body("status", equalTo("pending"));
        String id = accepted.extract().path("document_id");
        String job = accepted.extract().path("job_id");
        get("/jobs/" + job)
                .body("args.function_path", equalTo("documents.transform"))
                .body("args.isolated", equalTo(true));
        get("/documents/" + id)
                .body("status", equalTo("pending"))
                .body("from", equalTo("html"))
                .body("to", equalTo("markdown"))
                .body("name", equalTo("greeting"))
                .body("content_url", nullValue());
        get("/documents/" + id + "/content").statusCode(409).body("code", equalTo("job_not_finished"));

        documents.transformed(UUID.fromString(id), "# Hi\n");

        get("/documents/" + id).body("status", equalTo("success")).body("content_characters", equalTo(5));
        ValidatableResponse content = get("/documents/" + id + "/content")
                .statusCode(200)
                .contentType("text/markdown")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Disposition", containsString("attachment"));
        assertThat(content.extract().asString()).isEqualTo("# Hi\n");
    }

    @Test
    void a_document_that_is_to_be_fetched_names_its_address() {
        String id = post("/documents/transform", "{\"source_url\": \"https://example.org/a.pdf\"}")
                .statusCode(202)
                .extract()
                .path("document_id");

        get("/documents/" + id)
                .body("source_url", equalTo("https://example.org/a.pdf"))
                .body("from", nullValue())
                .body("to", equalTo("text"));
        post("/documents/transform", "{\"to\": \"pdf\", \"source_url\": \"file:///etc/passwd\"}")
                .statusCode(422)
                .body("errors.field", hasItems("to", "source_url"));
    }

    @Test
    void a_document_whose_job_was_revoked_has_no_content() {
        ValidatableResponse accepted = upload("text/plain", bytes("hi"), "").statusCode(202);
        post("/jobs/" + accepted.extract().path("job_id") + "/revoke", "{}").statusCode(200);

        get("/documents/" + accepted.extract().path("document_id") + "/content")
                .statusCode(409)
                .body("code", equalTo("job_failed"));
    }

    @Test
    void a_document_that_is_too_large_or_of_another_kind_is_refused() {
        upload("text/plain", new byte[10 * 1024 * 1024 + 1], "")
                .statusCode(413)
                .body("code", equalTo("payload_too_large"));
        upload("text/plain", bytes("a".repeat(2_000_000)), "").statusCode(202);
        upload("image/png", bytes("x"), "").statusCode(415).body("code", equalTo("unsupported_media_type"));
        upload("text/plain", bytes("x"), "?to=docx&callback_url=nowhere")
                .statusCode(422)
                .body("errors.field", hasItems("to", "callback_url"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/documents/x", "/documents/0190163d-8694-739b-aea5-966c26f8ad91/content"})
    void a_document_that_is_not_there_is_not_found(String path) {
        get(path).statusCode(404).body("code", equalTo("document_not_found"));
    }
}
