package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.JobError;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.millrace.schedule.Schedule;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class NoticesTest {

    private static final Set<String> ALL = Set.of(Notices.DUE, Notices.SUBMITTED, Notices.SCHEDULE);

    private final Database database = RealDatabase.empty();
    private final JobStore jobs = new JobStore(database);
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<RuntimeException> ends = new LinkedBlockingQueue<>();
    private final Thread listener = Thread.ofVirtual().unstarted(this::listen);
    private final CountDownLatch begun = new CountDownLatch(1);

    private void listen() {
        try {
            new Notices(database)
                    .listen(ALL, begun::countDown, (channel, payload) -> heard.add(channel + " " + payload));
        } catch (RuntimeException e) {
            ends.add(e);
        }
    }

    @BeforeEach
    void listening() throws InterruptedException {
        new QueueStore(database).declare(Map.of("default", 5));
        new TaskStore(database)
                .register(List.of(new TaskDefinition(
                        "free",
                        "default",
                        5,
                        RetryPolicy.DEFAULT,
                        null,
                        null,
                        Duration.ofHours(1),
                        null,
                        false,
                        "{}")));
        listener.start();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void enough() throws InterruptedException {
        listener.interrupt();
        listener.join();
    }

    /** What has been heard before a mark that is sent now; notices come in order. */
    private List<String> heardSoFar() throws InterruptedException {
        database.run("SELECT pg_notify('millrace_due', 'mark')", Tuple.tuple());
        var all = new java.util.ArrayList<String>();
        for (String next = next(); !next.equals("millrace_due mark"); next = next()) {
            all.add(next);
        }
        return all;
    }

    private String next() throws InterruptedException {
        String next = heard.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return String.valueOf(next);
    }

    private static String due(Instant at) {
        return "millrace_due " + at.toEpochMilli();
    }

    @Test
    void a_job_due_soon_is_announced_and_one_due_after_it_is_not() throws Exception {
        Instant soon = Instant.now().plusSeconds(5);
        jobs.submit(List.of(aJob().due(soon).submitted()));
        assertThat(next()).isEqualTo(due(soon));

        jobs.submit(List.of(aJob().due(soon.plusSeconds(1)).submitted()));
        jobs.submit(List.of(aJob().due(soon.plusSeconds(3600)).submitted()));
        jobs.submit(List.of(aJob().submitted()));
        Instant sooner = soon.minusSeconds(2);
        jobs.submit(List.of(aJob().due(sooner).submitted()));

        assertThat(next()).isEqualTo(due(sooner));
    }

    @Test
    void a_retry_due_soon_is_announced() throws Exception {
        var job = aJob().submitted();
        jobs.submit(List.of(job));
        var claim = jobs.claim(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)), "w")
                .getFirst();
        Instant soon = Instant.now().plusSeconds(2);

        jobs.record(List.of(new Settled(claim, new Transition.Retry(new JobError("c", "t", "m", null), soon, 2))));

        assertThat(next()).isEqualTo(due(soon));
    }

    @Test
    void submissions_in_sql_are_announced_once_a_transaction_and_only_if_it_commits() throws Exception {
        assertThatThrownBy(() -> database.inTransaction(sql -> {
                    sql.run("SELECT millrace.submit('free')", Tuple.tuple());
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(heardSoFar()).isEmpty();

        database.inTransaction(sql -> sql.run(
                "SELECT millrace.submit('free'), millrace.submit('free'), millrace.submit('free', countdown => 3600)",
                Tuple.tuple()));
        assertThat(heardSoFar()).containsExactly("millrace_submitted ");
    }

    @Test
    void a_new_schedule_is_announced() throws Exception {
        new ScheduleStore(database)
                .create(
                        new Schedule(
                                "s",
                                "free",
                                "{}",
                                null,
                                null,
                                new Cadence.Every(Duration.ofHours(1), Instant.now()),
                                Misfire.ONCE,
                                1,
                                Overlap.ALLOW,
                                true),
                        Instant.now());

        assertThat(next()).isEqualTo("millrace_schedule ");
    }

    @Test
    void whoever_listens_learns_that_the_connection_is_lost() throws Exception {
        database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()",
                Tuple.tuple());

        assertThat(ends.poll(10, TimeUnit.SECONDS)).isInstanceOf(StoreUnavailable.class);
    }
}
