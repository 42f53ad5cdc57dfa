package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.Job;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.job.RetryPolicy;
import io.millrace.queue.Hint;
import io.millrace.task.Defaults;
import io.millrace.task.JobDefaults;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealDatabase;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code millrace.submit}, as any program calls it. */
@Tag("real")
class SqlSubmitTest {

    private static final String SCHEMA = """
            {"type": "object", "additionalProperties": false, "required": ["id"],
             "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "ratio": {"type": "number"}, "any": {}}}
            """;

    private final Database database = RealDatabase.empty();
    private final SubmissionStore store = new SubmissionStore(database);
    private final JobQueries queries = new JobQueries(database);

    @BeforeEach
    void someTasks() {
        new QueueStore(database).declare(Map.of("celery", 5, "jobs", 3));
        new TaskStore(database).register(List.of(task("free", "{\"type\": \"object\"}"), task("strict", SCHEMA)));
    }

    private static TaskDefinition task(String name, String schema) {
        return new TaskDefinition(
                name,
                "celery",
                7,
                RetryPolicy.DEFAULT,
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                null,
                false,
                schema);
    }

    private UUID submit(String call) {
        return submit(database, call);
    }

    private static UUID submit(Sql sql, String call) {
        return sql.first("SELECT millrace.submit(" + call + ")", Tuple.tuple(), row -> row.getUUID(0))
                .orElseThrow();
    }

    private List<Job> jobs() {
        return queries.list(JobFilter.ALL, null, false, 100);
    }

    @Test
    void a_committed_submission_is_a_job_with_its_tasks_values_and_waits_for_its_first_hint() {
        UUID id = submit("'strict', '{\"id\": 7}', tags => '{a,b}', trace_id => 'tr', project_id => 'p'");

        var job = queries.get(id).orElseThrow();
        assertThat(job.state()).isEqualTo(JobState.PENDING);
        assertThat(job.args()).isEqualTo("{\"id\": 7}");
        assertThat(job.queue()).isEqualTo("celery");
        assertThat(job.priority()).isEqualTo(7);
        assertThat(job.maxRetries()).isEqualTo(RetryPolicy.DEFAULT.maxRetries());
        assertThat(job.timeLimit()).isEqualTo(30);
        assertThat(job.softTimeLimit()).isEqualTo(20);
        assertThat(job.tags()).containsExactly("a", "b");
        assertThat(job.traceId()).isEqualTo("tr");
        assertThat(store.takeUnhinted(10))
                .extracting(Dispatched::hint)
                .containsExactly(new Hint(id, 0, "celery", 7, "tr"));
        assertThat(store.takeUnhinted(10)).as("a second scheduler").isEmpty();
    }

    @Test
    void a_submission_that_is_rolled_back_never_was() {
        assertThatThrownBy(() -> database.inTransaction(sql -> {
                    submit(sql, "'free'");
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");

        assertThat(jobs()).isEmpty();
        assertThat(store.takeUnhinted(10)).isEmpty();
    }

    @Test
    void it_overrides_what_the_task_says() {
        UUID id = submit(
                "'free', queue => 'jobs', max_retries => 1, time_limit => 10, callback_url => 'https://example.org/x'");

        var job = queries.get(id).orElseThrow();
        assertThat(job.queue()).isEqualTo("jobs");
        assertThat(job.priority()).as("that of the other queue").isEqualTo(3);
        assertThat(job.maxRetries()).isEqualTo(1);
        assertThat(job.timeLimit()).isEqualTo(10);
        assertThat(job.softTimeLimit()).as("gives way to the hard one").isEqualTo(10);
        assertThat(job.callbackUrl()).isEqualTo("https://example.org/x");
    }

    private static Defaults limits(@Nullable Integer hard, @Nullable Integer soft, @Nullable Integer retries) {
        return new Defaults(seconds(hard), seconds(soft), retries, null, null, null, null, null, null, null, null);
    }

    private static @Nullable Duration seconds(@Nullable Integer seconds) {
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    /** As a submission over HTTP would: the same function says it there. */
    @Test
    void a_job_gets_what_the_strongest_place_says_in_every_queue() {
        var all = new Defaults(
                Duration.ofMinutes(10), null, null, null, null, null, null, Duration.ofHours(2), null, null, null);
        var jobs = new Defaults(
                Duration.ZERO,
                Duration.ofSeconds(50),
                9,
                Duration.ofMillis(1500),
                null,
                null,
                null,
                null,
                null,
                Duration.ofMinutes(5),
                true);
        var configured = new Precedence(
                all, Map.of("jobs", jobs), Map.of("configured*", limits(30, null, 1), "never", limits(0, 0, null)));
        List<TaskDefinition> tasks = List.of(
                task("plain", "{}").saying(Defaults.NONE),
                task("coded", "{}").saying(limits(70, 60, 0)),
                task("configured.coded", "{}").saying(limits(70, 60, 2)),
                task("never", "{}").saying(limits(70, 60, 2)));
        new QueueStore(database).declare(Map.of("celery", 5, "jobs", 3), Map.of(), configured);
        new TaskStore(database).register(tasks, configured::ofTask);

        for (TaskDefinition task : tasks) {
            for (String queue : List.of("celery", "jobs")) {
                var job = queries.get(submit("'" + task.name() + "', queue => '" + queue + "'"))
                        .orElseThrow();

                JobDefaults expected = configured.of(task, queue, 3);
                String what = task.name() + " in " + queue;
                assertThat(job.maxRetries()).as(what).isEqualTo(expected.retry().maxRetries());
                assertThat(inSeconds(job.timeLimit())).as(what).isEqualTo(expected.timeLimit());
                assertThat(inSeconds(job.softTimeLimit())).as(what).isEqualTo(expected.softTimeLimit());
                assertThat(inSeconds(column(job.id(), "retry_delay")))
                        .as(what)
                        .isEqualTo(expected.retry().delay());
                assertThat(inSeconds(column(job.id(), "result_ttl"))).as(what).isEqualTo(expected.resultTtl());
                assertThat(job.expiresAt() == null ? null : Duration.between(job.createdAt(), job.expiresAt()))
                        .as(what)
                        .isEqualTo(expected.expires());
            }
        }
    }

    private @Nullable Double column(UUID id, String name) {
        return database.first(
                        "SELECT " + name + " AS value FROM job WHERE id = $1",
                        Tuple.of(id),
                        row -> row.getDouble("value"))
                .orElseThrow();
    }

    private static @Nullable Duration inSeconds(@Nullable Number seconds) {
        return seconds == null ? null : Duration.ofMillis(Math.round(seconds.doubleValue() * 1000));
    }

    @Test
    void what_an_earlier_version_has_registered_still_holds() {
        database.run("UPDATE task SET configured = NULL", Tuple.tuple());

        var job = queries.get(submit("'free', queue => 'jobs'")).orElseThrow();

        assertThat(job.timeLimit()).isEqualTo(30);
        assertThat(job.softTimeLimit()).isEqualTo(20);
        assertThat(job.maxRetries()).isEqualTo(RetryPolicy.DEFAULT.maxRetries());
    }

    @Test
    void a_priority_set_over_http_is_heard() {
        new TaskStore(database).setPriority("free", 9);

        assertThat(queries.get(submit("'free'")).orElseThrow().priority()).isEqualTo(9);
        assertThat(queries.get(submit("'free', queue => 'jobs'")).orElseThrow().priority())
                .isEqualTo(3);
    }

    @Test
    void one_for_later_is_scheduled_and_needs_no_hint_now() {
        UUID id = submit("'free', countdown => 60");

        var job = queries.get(id).orElseThrow();
        assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
        assertThat(job.dueAt())
                .isBetween(Instant.now().plusSeconds(50), Instant.now().plusSeconds(61));
        assertThat(job.eta()).isEqualTo(job.dueAt());
        assertThat(store.takeUnhinted(10)).isEmpty();
        assertThat(queries.get(submit("'free', eta => now() - interval '1 day'"))
                        .orElseThrow()
                        .state())
                .isEqualTo(JobState.PENDING);
    }

    @Test
    void the_order_of_ids_is_the_order_of_submission() {
        var ids = IntStream.range(0, 50).mapToObj(i -> submit("'free'")).toList();

        assertThat(jobs()).extracting(Job::id).containsExactlyElementsOf(ids);
        assertThat(ids).allMatch(id -> id.version() == 7 && id.variant() == 2);
    }

    @Test
    void postgresql_before_18_makes_ids_of_the_same_kind() throws IOException {
        String migration;
        try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/db/migration/V5__schedule.sql"))) {
            migration = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String expression = migration.split("\\$id\\$", -1)[1];
        long before = System.currentTimeMillis();

        UUID id =
                database.first(expression, Tuple.tuple(), row -> row.getUUID(0)).orElseThrow();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isBetween(before - 1000, System.currentTimeMillis() + 1000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    'nobody.knows'                                        | MR001 | unknown_task
                    'free', queue => 'nowhere'                            | MR002 | queue_not_found
                    'free', priority => 11                                | MR003 | priority
                    'free', countdown => -1                               | MR003 | countdown
                    'free', countdown => 'NaN'                            | MR003 | countdown
                    'free', countdown => 5, eta => now()                  | MR003 | countdown cannot
                    'free', expires => now() - interval '1 s'             | MR003 | expires
                    'free', time_limit => 0                               | MR003 | time_limit
                    'free', soft_time_limit => 31                         | MR003 | soft_time_limit
                    'free', callback_url => 'ftp://x'                     | MR003 | callback_url
                    'free', tags => array_fill('x'::text, '{21}')         | MR003 | tags
                    'free', '[]'                                          | MR004 | must be an object
                    'free', NULL                                          | MR004 | must be an object
                    'strict'                                              | MR004 | args.id is required
                    'strict', '{""id"": ""x""}'                           | MR004 | args.id must be of type integer
                    'strict', '{""id"": 1.5}'                             | MR004 | args.id must be of type integer
                    'strict', '{""id"": 1, ""name"": 2}'                  | MR004 | args.name must be of type
                    'strict', '{""id"": 1, ""colour"": 2}'                | MR004 | args.colour is not an argument
                    """)
    void what_cannot_run_is_refused_with_a_reason(String call, String sqlState, String reason) {
        String unescaped = call.replace("\"\"", "\"");

        assertThatThrownBy(() -> submit(unescaped)).isInstanceOfSatisfying(PgException.class, refused -> {
            assertThat(refused.getSqlState()).isEqualTo(sqlState);
            assertThat(refused.getErrorMessage()).contains(reason);
        });
        assertThat(jobs()).isEmpty();
    }

    @Test
    void arguments_that_fit_are_taken() {
        for (String args : List.of(
                "{\"id\": 1}",
                "{\"id\": 1.0, \"ratio\": 2, \"name\": null, \"any\": []}",
                "{\"id\": 1e3, \"name\": \"x\"}")) {
            submit("'strict', '" + args + "'");
        }

        assertThat(jobs()).hasSize(3);
    }

    @Test
    void the_same_key_and_submission_again_answer_with_the_first_job() {
        UUID first = submit("'free', '{\"n\": 1}', idempotency_key => 'k'");

        assertThat(submit("'free', '{\"n\":1}', idempotency_key => 'k'")).isEqualTo(first);
        assertThatThrownBy(() -> submit("'free', '{\"n\": 2}', idempotency_key => 'k'"))
                .isInstanceOfSatisfying(
                        PgException.class,
                        refused -> assertThat(refused.getSqlState()).isEqualTo("MR005"));
        assertThat(jobs()).hasSize(1);
    }

    /** As docs/sql.md says. */
    @Test
    void a_role_needs_only_the_rights_that_are_documented() {
        for (String grant : List.of(
                "DROP ROLE IF EXISTS shop",
                "CREATE ROLE shop",
                "GRANT USAGE ON SCHEMA millrace TO shop",
                "GRANT SELECT ON millrace.task, millrace.queue TO shop",
                "GRANT INSERT ON millrace.job, millrace.job_count_delta TO shop",
                "GRANT SELECT, INSERT ON millrace.idempotency TO shop")) {
            database.run(grant, Tuple.tuple());
        }
        UUID id = database.inTransaction(sql -> {
            sql.run("SET LOCAL ROLE shop", Tuple.tuple());
            sql.run("SET LOCAL search_path = public", Tuple.tuple());
            return submit(sql, "'free', idempotency_key => 'k2'");
        });
        database.run("DROP OWNED BY shop", Tuple.tuple());
        database.run("DROP ROLE shop", Tuple.tuple());

        assertThat(jobs()).extracting(Job::id).containsExactly(id);
    }
}
