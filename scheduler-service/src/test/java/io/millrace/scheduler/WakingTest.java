package io.millrace.scheduler;

import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.RetryPolicy;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.millrace.schedule.Schedule;
import io.millrace.store.Database;
import io.millrace.store.JobStore;
import io.millrace.store.ScheduleStore;
import io.millrace.store.Sql;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A scheduler that rests for ten minutes where nothing wakes it, so that whatever is awaited here was woken for. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(WakingTest.LongRests.class)
class WakingTest {

    public static final class LongRests implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.scheduler.due-interval", "10m",
                    "millrace.scheduler.schedule-interval", "10m",
                    "millrace.scheduler.submission-interval", "10m",
                    // What a sweep finds was not woken for.
                    "millrace.scheduler.sweep-interval", "10m");
        }
    }

    /** Far less than any of the rests. */
    private static final Duration LONG = Duration.ofSeconds(60);

    @Inject
    Database database;

    @Inject
    JobStore jobs;

    @Inject
    ScheduleStore schedules;

    @Inject
    TaskStore tasks;

    @BeforeEach
    void aTask() {
        tasks.register(List.of(new TaskDefinition(
                "free", "default", 5, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, "{}")));
        await(
                "notices are heard",
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'");
    }

    private boolean is(String question, Object... parameters) {
        return database.first(question, Tuple.wrap(parameters), row -> row.getBoolean(0))
                .orElse(false);
    }

    private void await(String what, String question, Object... parameters) {
        soon().alias(what).until(() -> is(question, parameters));
    }

    private void awaitDispatched(UUID id) {
        await("the job is dispatched", "SELECT state = 'PENDING' FROM job WHERE id = $1", id);
        assertThat(is("SELECT hinted_at >= eta FROM job WHERE id = $1", id))
                .as("not before its time")
                .isTrue();
    }

    @Test
    void jobs_due_soon_are_dispatched_in_time_the_later_one_too() throws Exception {
        var job = aJob().due(Instant.now().plusMillis(700)).submitted();
        jobs.submit(List.of(job));
        var sooner = aJob().due(Instant.now().plusMillis(300)).submitted();
        jobs.submit(List.of(sooner));

        awaitDispatched(sooner.id());
        awaitDispatched(job.id());
    }

    @Test
    void a_job_that_is_due_sooner_than_the_one_already_waited_for_is_not_kept_for_that_one() throws Exception {
        jobs.submit(List.of(aJob().due(Instant.now().plus(LONG.multipliedBy(5))).submitted()));
        var sooner = aJob().due(Instant.now().plusMillis(300)).submitted();
        jobs.submit(List.of(sooner));

        awaitDispatched(sooner.id());
    }

    private UUID submitInSql(Sql sql, String more) {
        return sql.first("SELECT millrace.submit('free'" + more + ")", Tuple.tuple(), row -> row.getUUID(0))
                .orElseThrow();
    }

    @Test
    void a_job_submitted_in_sql_is_hinted_without_waiting_for_anything() throws Exception {
        UUID now = submitInSql(database, "");

        await("the job is hinted", "SELECT hinted_at IS NOT NULL FROM job WHERE id = $1", now);
    }

    @Test
    void a_job_submitted_in_sql_with_a_countdown_is_dispatched_when_that_is_over() throws Exception {
        awaitDispatched(submitInSql(database, ", countdown => 0.3"));
    }

    @Test
    void a_new_schedule_fires_in_time() throws Exception {
        Instant at = Instant.now().plusMillis(500);
        String name = "s-" + UUID.randomUUID();
        schedules.create(
                new Schedule(
                        name, "free", "{}", null, null, new Cadence.Once(at), Misfire.SKIP, 1, Overlap.ALLOW, true),
                Instant.now());

        await("the tick fires", "SELECT count(*) = 1 FROM firing WHERE schedule = $1", name);
        assertThat(is("SELECT fired_at >= fire_time FROM firing WHERE schedule = $1", name))
                .as("not before its time")
                .isTrue();
    }

    @Test
    void a_lost_connection_is_made_again_and_nothing_waits_for_it() throws Exception {
        database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE (query LIKE 'LISTEN%' OR query = 'SELECT 1') AND pid <> pg_backend_pid()",
                Tuple.tuple());

        UUID id = submitInSql(database, "");

        await("the job is hinted", "SELECT hinted_at IS NOT NULL FROM job WHERE id = $1", id);
        await("notices are heard again", "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
    }
}
