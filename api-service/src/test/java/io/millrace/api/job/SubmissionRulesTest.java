package io.millrace.api.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.api.args.ArgsSchema;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.task.Defaults;
import io.millrace.task.JobDefaults;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubmissionRulesTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final int QUEUE_PRIORITY = 2;

    private final SubmissionRules rules = new SubmissionRules(Submissions.BOUNDS);
    private final Precedence precedence = new Precedence(Defaults.NONE, Map.of(), Map.of());
    private final TaskDefinition task = Submissions.task("t", "{}");

    @Test
    void a_job_that_asks_for_nothing_gets_what_its_task_says() {
        NewJob job = resolve("");

        assertThat(job.state()).isEqualTo(JobState.PENDING);
        assertThat(job.queue()).isEqualTo("celery");
        assertThat(job.priority()).isEqualTo(7);
        assertThat(job.maxRetries()).isEqualTo(3);
        assertThat(job.retryDelaySeconds()).isEqualTo(2);
        assertThat(job.softTimeLimitSeconds()).isEqualTo(50);
        assertThat(job.timeLimitSeconds()).isEqualTo(60);
        assertThat(job.resultTtlSeconds()).isEqualTo(3600);
        assertThat(job.args()).isEqualTo("{}");
        assertThat(job.expiresAt()).isNull();
    }

    @Test
    void what_a_job_asks_for_goes_before_its_task() {
        NewJob job = resolve("""
                , "priority": 10, "max_retries": 0, "retry_delay": 0.5, "soft_time_limit": 5, "time_limit": 7, "result_ttl": 60,
                  "trace_id": "tr", "project_id": "p", "tags": ["a", "b"], "rate_key": "k", "callback_url": "https://example.org/x"
                """);

        assertThat(job.priority()).isEqualTo(10);
        assertThat(job.maxRetries()).isZero();
        assertThat(job.retryDelaySeconds()).isEqualTo(0.5);
        assertThat(job.softTimeLimitSeconds()).isEqualTo(5);
        assertThat(job.timeLimitSeconds()).isEqualTo(7);
        assertThat(job.resultTtlSeconds()).isEqualTo(60);
        assertThat(job.traceId()).isEqualTo("tr");
        assertThat(job.projectId()).isEqualTo("p");
        assertThat(job.tags()).containsExactly("a", "b");
        assertThat(job.rateKey()).isEqualTo("k");
        assertThat(job.callbackUrl()).isEqualTo("https://example.org/x");
    }

    @Test
    void in_another_queue_than_its_tasks_a_job_gets_that_queues_priority() {
        assertThat(resolve("", "{}", "default").priority()).isEqualTo(QUEUE_PRIORITY);
    }

    @Test
    void a_countdown_makes_it_due_later() {
        NewJob job = resolve(", \"countdown\": 1.5");

        assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(job.dueAt()).isEqualTo(NOW.plusMillis(1500));
    }

    @Test
    void an_eta_makes_it_due_then_and_a_past_one_at_once() {
        assertThat(resolve(", \"eta\": \"2026-01-31T13:00:00Z\"").dueAt()).isEqualTo(NOW.plusSeconds(3600));
        assertThat(resolve(", \"eta\": \"2026-01-31T11:00:00Z\"").dueAt()).isNull();
    }

    @Test
    void a_lower_time_limit_pulls_the_tasks_soft_limit_down() {
        assertThat(resolve(", \"time_limit\": 10").softTimeLimitSeconds()).isEqualTo(10);
    }

    @Test
    void expiry_in_seconds_counts_from_now() {
        assertThat(resolve(", \"expires\": 30").expiresAt()).isEqualTo(NOW.plusSeconds(30));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "priority": 11                                                        | priority
                    "priority": -1                                                        | priority
                    "countdown": -1                                                       | countdown
                    "countdown": 1e300                                                    | countdown
                    "countdown": 5, "eta": "2026-01-31T13:00:00Z"                         | countdown
                    "eta": "+999999999-01-31T13:00:00Z"                                   | eta
                    "expires": 0                                                          | expires
                    "expires": "2026-01-31T11:00:00Z"                                     | expires
                    "expires": 5, "countdown": 10                                         | expires
                    "max_retries": -1                                                     | max_retries
                    "max_retries": 1001                                                   | max_retries
                    "retry_delay": -1                                                     | retry_delay
                    "retry_delay": 1e9                                                    | retry_delay
                    "time_limit": 0                                                       | time_limit
                    "time_limit": 1e9                                                     | time_limit
                    "soft_time_limit": 61                                                 | soft_time_limit
                    "result_ttl": -1                                                      | result_ttl
                    "result_ttl": 5, "ignore_result": true                                | ignore_result
                    "unique": {"key": ""}                                                 | unique.key
                    "unique": {"for": 0}                                                  | unique.for
                    "unique": {"for": 1e300}                                              | unique.for
                    "unique": {}, "idempotency_key": "k"                                  | unique
                    "unique": {"key": "k", "by": ["a"]}                                   | unique.by
                    "callback_url": "ftp://example.org"                                   | callback_url
                    "callback_url": "http:x"                                              | callback_url
                    "callback_url": "https://user:word@example.org/"                      | callback_url
                    "callback_url": "https://user@example.org/"                           | callback_url
                    "callback_url": "not an address"                                      | callback_url
                    "trace_id": ""                                                        | trace_id
                    "project_id": "a\\u0000b"                                             | project_id
                    "tags": ["a", ""]                                                     | tags[1]
                    "tags": ["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"] | tags
                    """)
    void a_field_out_of_bounds_is_named(String fields, String field) {
        Problem problem = catchThrowableOfType(Problem.class, () -> resolve(", " + fields));

        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST);
        assertThat(problem.errors()).extracting(FieldError::field).containsExactly(field);
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        Problem problem = catchThrowableOfType(
                Problem.class, () -> resolve(", \"priority\": 11, \"max_retries\": -1, \"expires\": -5"));

        assertThat(problem.errors())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder("priority", "max_retries", "expires");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {}                                      | args.pipeline_id
                    {"pipeline_id": "x"}                    | args.pipeline_id
                    {"pipeline_id": 0}                      | args.pipeline_id
                    {"pipeline_id": 1, "extra": true}       | args.extra
                    {"pipeline_id": 1, "names": ["a", 2]}   | args.names[1]
                    """)
    void arguments_that_do_not_fit_the_schema_are_named(String args, String field) {
        Problem problem = catchThrowableOfType(
                Problem.class, () -> resolve(", \"args\": " + args, Submissions.PIPELINE_SCHEMA, "celery"));

        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGS);
        assertThat(problem.errors()).extracting(FieldError::field).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource({"\\u0000", "\\ud800", "\\udc00x", "\\ud800\\ud800"})
    void arguments_that_postgresql_cannot_store_are_refused(String text) {
        Problem problem =
                catchThrowableOfType(Problem.class, () -> resolve(", \"args\": {\"a\": [{\"b\": \"" + text + "\"}]}"));

        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGS);
    }

    @Test
    void escapes_that_postgresql_can_store_pass() {
        assertThat(resolve(", \"args\": {\"a\": \"\\u00e9 \\ud83d\\ude00 \\\\u0000\"}")
                        .args())
                .contains("ude00");
    }

    @Test
    void a_default_expiry_counts_from_when_the_job_becomes_due() {
        var defaults =
                with(new Defaults(null, null, null, null, null, null, null, null, null, Duration.ofSeconds(30), null));

        assertThat(resolve("", defaults).expiresAt()).isEqualTo(NOW.plusSeconds(30));
        assertThat(resolve(", \"countdown\": 60", defaults).expiresAt()).isEqualTo(NOW.plusSeconds(90));
        assertThat(resolve(", \"expires\": 5", defaults).expiresAt()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void a_result_that_is_ignored_is_kept_for_no_time() {
        var ignored =
                with(new Defaults(null, null, null, null, null, null, null, Duration.ofSeconds(60), null, null, true));

        assertThat(resolve(", \"ignore_result\": true").resultTtlSeconds()).isZero();
        assertThat(resolve("", ignored).resultTtlSeconds()).isZero();
        assertThat(resolve(", \"ignore_result\": false", ignored).resultTtlSeconds())
                .isEqualTo(60);
        assertThat(resolve(", \"result_ttl\": 9", ignored).resultTtlSeconds()).isEqualTo(9);
    }

    private JobDefaults with(Defaults says) {
        return precedence.of(task.saying(says), "celery", QUEUE_PRIORITY);
    }

    private NewJob resolve(String fields, JobDefaults defaults) {
        return rules.resolve(submission(fields), "t", defaults, schema("{}"), "celery", NOW, new JobIds().next());
    }

    private NewJob resolve(String fields) {
        return resolve(fields, "{}", "celery");
    }

    private NewJob resolve(String fields, String schema, String queue) {
        return rules.resolve(
                submission(fields),
                "t",
                precedence.of(task, queue, QUEUE_PRIORITY),
                schema(schema),
                queue,
                NOW,
                new JobIds().next());
    }

    private static Submission submission(String fields) {
        return Submissions.read("{\"task\": \"t\"" + fields + "}");
    }

    private static ArgsSchema schema(String json) {
        return ArgsSchema.of("t", json);
    }
}
