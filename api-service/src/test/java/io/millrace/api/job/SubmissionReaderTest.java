package io.millrace.api.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.Unique;
import io.millrace.task.UniqueDefault;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionReaderTest {

    @Test
    void a_task_alone_is_enough() {
        Submission submission = Submissions.read("{\"task\": \"demo.noop\"}");

        assertThat(submission.task()).isEqualTo("demo.noop");
        assertThat(submission.argsText()).isEqualTo("{}");
        assertThat(submission.tags()).isEmpty();
        assertThat(submission.priority()).isNull();
    }

    @Test
    void the_contracts_own_example_is_read() {
        Submission submission = Submissions.read("""
                {"task": "detect_anomalies_task", "args": {"pipeline_id": 1, "pipeline_execution_id": 123},
                 "queue": null, "priority": null, "countdown": 0, "eta": null, "expires": null,
                 "max_retries": null, "retry_delay": null, "soft_time_limit": null, "time_limit": null, "result_ttl": null,
                 "idempotency_key": null, "callback_url": null, "trace_id": null, "project_id": null, "tags": [], "rate_key": null}
                """);

        assertThat(submission.argsText()).isEqualTo("{\"pipeline_id\": 1, \"pipeline_execution_id\": 123}");
    }

    @Test
    void arguments_are_kept_as_they_were_written() {
        Submission submission = Submissions.read(
                "{\"tags\": [\"ü\"], \"args\": {\"n\":1.00000000000000000001, \"s\" : \"äöü\\n€\" } , \"task\": \"t\"}");

        assertThat(submission.argsText()).isEqualTo("{\"n\":1.00000000000000000001, \"s\" : \"äöü\\n€\" }");
        assertThat(submission.args().get("s").textValue()).isEqualTo("äöü\n€");
    }

    @Test
    void arguments_of_a_line_in_the_middle_of_a_body_are_found() {
        byte[] body = "{\"task\":\"a\"}\n{\"task\":\"b\",\"args\":{\"x\":2}}\n".getBytes(StandardCharsets.UTF_8);

        Submission submission = SubmissionReader.readOne(body, 13, body.length - 1);

        assertThat(submission.argsText()).isEqualTo("{\"x\":2}");
    }

    @Test
    void arguments_in_utf_16_are_read_too() {
        byte[] body = "{\"task\":\"a\",\"args\":{\"x\":\"ü\"}}".getBytes(StandardCharsets.UTF_16BE);

        assertThat(SubmissionReader.readOne(body).argsText()).isEqualTo("{\"x\":\"ü\"}");
    }

    @Test
    void expiry_is_seconds_or_a_time() {
        assertThat(Submissions.read("{\"task\":\"t\",\"expires\":1.5}").expiresIn())
                .isEqualTo(1.5);
        assertThat(Submissions.read("{\"task\":\"t\",\"expires\":\"2026-01-31T14:00:00+02:00\"}")
                        .expiresAt())
                .isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"task\":}",
                "nope",
                "{\"task\":\"t\"} x",
                "{\"task\":\"t\"}{}",
                "{\"args\":{\"a\":[1,}}"
            })
    void what_is_no_json_is_malformed(String body) {
        assertThat(problem(body).code()).isEqualTo(ProblemCode.MALFORMED_JSON);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                        | task
                    {"task":null}                             | task
                    {"task":7}                                | task
                    {"task":"t","args":[1]}                   | args
                    {"task":"t","args":"x"}                   | args
                    {"task":"t","queue":1}                    | queue
                    {"task":"t","priority":"5"}               | priority
                    {"task":"t","priority":5.5}               | priority
                    {"task":"t","priority":99999999999}       | priority
                    {"task":"t","countdown":"5"}              | countdown
                    {"task":"t","eta":"tomorrow"}             | eta
                    {"task":"t","eta":"2026-01-31T12:00:00"}  | eta
                    {"task":"t","eta":5}                      | eta
                    {"task":"t","expires":true}               | expires
                    {"task":"t","max_retries":{"a":1}}        | max_retries
                    {"task":"t","tags":"a"}                   | tags
                    {"task":"t","tags":["a",7]}               | tags[1]
                    """)
    void a_field_of_the_wrong_type_is_named(String body, String field) {
        Problem problem = problem(body);

        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(problem.errors()).extracting(FieldError::field).containsExactly(field);
    }

    @Test
    void an_unknown_field_is_named() {
        Problem problem = problem("{\"task\":\"t\",\"arg\":{\"x\":[{}]},\"colour\":1}");

        assertThat(problem.code()).isEqualTo(ProblemCode.UNKNOWN_FIELD);
        assertThat(problem.errors()).extracting(FieldError::field).containsExactly("arg", "colour");
    }

    @Test
    void every_documented_field_is_read() {
        String[] names = Arrays.stream(JobRequest.class.getRecordComponents())
                .map(RecordComponent::getName)
                .map(new SnakeCaseStrategy()::translate)
                .toArray(String[]::new);
        var body = new StringBuilder("{");
        for (String name : names) {
            body.append('"').append(name).append("\":").append(name.equals("task") ? "\"t\"," : "null,");
        }
        body.setCharAt(body.length() - 1, '}');

        assertThat(Submissions.read(body.toString()).task()).isEqualTo("t");
    }

    private static Problem problem(String body) {
        return catchThrowableOfType(Problem.class, () -> Submissions.read(body));
    }

    @Test
    void a_wish_to_be_unique_is_read_and_is_for_the_job_itself_if_it_says_nothing_else() {
        assertThat(Submissions.read("{\"task\": \"t\", \"unique\": {}}").unique())
                .isEqualTo(new Submission.Uniqueness(null, List.of(), null, true, Unique.OnConflict.RETURN));
        assertThat(Submissions.read("{\"task\": \"t\", \"unique\": {\"for\": 60, \"on_conflict\": \"reject\"}}")
                        .unique())
                .isEqualTo(new Submission.Uniqueness(null, List.of(), 60.0, false, Unique.OnConflict.REJECT));
        assertThat(Submissions.read("{\"task\": \"t\", \"unique\": {\"key\": \"k\", \"for\": 1.5,"
                                + " \"while\": \"unfinished\", \"on_conflict\": \"replace\"}}")
                        .unique())
                .isEqualTo(new Submission.Uniqueness("k", List.of(), 1.5, true, Unique.OnConflict.REPLACE));
        assertThat(Submissions.read("{\"task\": \"t\", \"unique\": {\"by\": [\"a\"]}}")
                        .unique())
                .isEqualTo(new Submission.Uniqueness(null, List.of("a"), null, true, Unique.OnConflict.RETURN));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    true                            | unique
                    {"key": 1}                      | unique.key
                    {"for": "60"}                   | unique.for
                    {"while": "finished"}           | unique.while
                    {"on_conflict": "ignore"}       | unique.on_conflict
                    {"until": 5}                    | unique.until
                    {"by": "a"}                     | unique.by
                    {"by": [1]}                     | unique.by[0]
                    """)
    void a_wish_to_be_unique_that_is_not_understood_is_named(String unique, String field) {
        Problem problem = catchThrowableOfType(
                Problem.class, () -> Submissions.read("{\"task\": \"t\", \"unique\": " + unique + "}"));

        assertThat(problem.errors()).extracting(FieldError::field).containsExactly(field);
    }

    @Test
    void the_same_place_is_the_same_project_and_key_or_task_and_arguments() {
        String same = place("{\"task\": \"t\", \"args\": {\"a\": 1, \"b\": [2]}, \"unique\": {}}");

        assertThat(
                        place(
                                "{\"unique\": {\"for\": 9}, \"args\": { \"b\":[2],\"a\":1 }, \"task\": \"t\", \"priority\": 1}"))
                .isEqualTo(same);
        assertThat(place("{\"task\": \"t\", \"args\": {\"a\": 2, \"b\": [2]}, \"unique\": {}}"))
                .isNotEqualTo(same);
        assertThat(place("{\"task\": \"u\", \"args\": {\"a\": 1, \"b\": [2]}, \"unique\": {}}"))
                .isNotEqualTo(same);
        assertThat(place("{\"task\": \"t\", \"args\": {\"a\": 1, \"b\": [2]}, \"unique\": {}, \"project_id\": \"p\"}"))
                .isNotEqualTo(same);
        assertThat(place("{\"task\": \"t\", \"args\": {\"a\": 1}, \"unique\": {\"key\": \"k\"}}"))
                .isEqualTo(place("{\"task\": \"u\", \"args\": {\"a\": 2}, \"unique\": {\"key\": \"k\"}}"));
    }

    @Test
    void of_the_arguments_only_those_count_that_are_named() {
        String same = place("{\"task\": \"t\", \"args\": {\"a\": 1, \"b\": 1}, \"unique\": {\"by\": [\"a\", \"c\"]}}");

        assertThat(
                        place(
                                "{\"task\": \"t\", \"args\": {\"a\": 1, \"b\": 2, \"c\": null}, \"unique\": {\"by\": [\"c\", \"a\"]}}"))
                .isEqualTo(same);
        assertThat(place("{\"task\": \"t\", \"args\": {\"a\": 2, \"b\": 1}, \"unique\": {\"by\": [\"a\", \"c\"]}}"))
                .isNotEqualTo(same);
    }

    @Test
    void what_says_that_it_is_not_unique_goes_before_what_its_task_says() {
        var said = new UniqueDefault(List.of("a"), Duration.ofMinutes(5), true, Unique.OnConflict.REJECT);

        assertThat(Submissions.read("{\"task\": \"t\"}").orUnique(said).wantsToBeUnique())
                .isEqualTo(new Submission.Uniqueness(null, List.of("a"), 300.0, true, Unique.OnConflict.REJECT));
        assertThat(Submissions.read("{\"task\": \"t\", \"unique\": false}")
                        .orUnique(said)
                        .wantsToBeUnique())
                .isNull();
        assertThat(Submissions.read("{\"task\": \"t\", \"unique\": {\"key\": \"k\"}}")
                        .orUnique(said)
                        .unique())
                .isEqualTo(new Submission.Uniqueness("k", List.of(), null, true, Unique.OnConflict.RETURN));
        assertThat(Submissions.read("{\"task\": \"t\"}").orUnique(null).wantsToBeUnique())
                .isNull();
    }

    private static String place(String json) {
        Submission submission = Submissions.read(json);
        return OnceSubmitter.unique(submission, Objects.requireNonNull(submission.unique()), Instant.EPOCH)
                .fingerprint();
    }
}
