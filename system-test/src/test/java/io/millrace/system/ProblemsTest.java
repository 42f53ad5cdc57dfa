package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a client gets for a mistake: the contract's problem+json, with a code that a program can rely on. */
@Tag("real")
@ExtendWith(StackExtension.class)
class ProblemsTest {

    private final Stack stack;

    ProblemsTest(Stack stack) {
        this.stack = stack;
    }

    @Test
    void bad_json_is_400_malformed_json() {
        assertProblem(stack.post("/jobs", "{\"task\": "), 400, "malformed_json");
    }

    @Test
    void bad_json_in_bulk_is_400_malformed_json() {
        assertProblem(stack.post("/jobs/bulk", "[{\"task\": "), 400, "malformed_json");
    }

    @Test
    void an_unknown_task_is_404_unknown_task() {
        assertProblem(stack.post("/jobs", "{\"task\": \"no.such.task\"}"), 404, "unknown_task");
    }

    @Test
    void bad_arguments_are_422_invalid_args_and_name_the_field() {
        JsonNode problem = assertProblem(
                stack.post("/jobs", "{\"task\": \"demo.sleep\", \"args\": {\"seconds\": \"long\"}}"),
                422,
                "invalid_args");

        assertThat(problem.path("errors").valueStream())
                .anyMatch(error -> error.path("field").asText().contains("seconds"));
    }

    @Test
    void a_body_of_more_than_a_mebibyte_is_413_payload_too_large() {
        String message = "x".repeat((1 << 20) + 1);
        assertProblem(
                stack.post("/jobs", "{\"task\": \"demo.echo\", \"args\": {\"message\": \"" + message + "\"}}"),
                413,
                "payload_too_large");
    }

    @Test
    void an_unknown_id_is_404_job_not_found() {
        assertProblem(stack.get(stack.api("/jobs/01890a5d-ac96-774b-bcce-b302099a8057")), 404, "job_not_found");
    }

    @Test
    void an_id_that_is_none_is_a_problem_too() {
        HttpResponse<String> response = stack.get(stack.api("/jobs/1"));
        assertProblem(response, response.statusCode() == 400 ? 400 : 404);
    }

    private JsonNode assertProblem(HttpResponse<String> response, int status, String code) {
        JsonNode problem = assertProblem(response, status);
        assertThat(problem.path("code").asText()).as(response.body()).isEqualTo(code);
        return problem;
    }

    private JsonNode assertProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = stack.parse(response.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("type").asText()).isNotBlank();
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(response.body()).as("nothing internal leaks").doesNotContain("Exception", "\tat ", "io.millrace");
        return problem;
    }
}
