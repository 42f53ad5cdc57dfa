package io.millrace.scheduler;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.alert.Alert;
import io.millrace.alert.AlertFilter;
import io.millrace.alert.Severity;
import io.millrace.job.NewJob;
import io.millrace.queue.QueueStatus;
import io.millrace.scheduler.alert.AlertSettings;
import io.millrace.store.AlertStore;
import io.millrace.store.ControlStore;
import io.millrace.store.CountStore;
import io.millrace.store.Database;
import io.millrace.store.DueStore;
import io.millrace.store.JobStore;
import io.millrace.store.QueueStore;
import io.millrace.store.WorkerStore;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two schedulers that watch the queues of one database. */
@Tag("real")
class QueueAlertsTest {

    private static final Duration ROUND = Duration.ofSeconds(5);

    private final Database database = RealDatabase.empty();
    private final HandClock clock = new HandClock(Instant.now().truncatedTo(ChronoUnit.MICROS));
    private final OldestWaiting oldest = new OldestWaiting();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final AlertStore alerts = new AlertStore(database);
    private final List<QueueAlerts> schedulers =
            List.of(scheduler(Map.of(), metrics), scheduler(Map.of(), new SimpleMeterRegistry()));

    private QueueAlerts scheduler(Map<String, String> settings, SimpleMeterRegistry registry) {
        var config = AlertSettings.config(settings);
        return new QueueAlerts(
                new QueueStore(database),
                new CountStore(database),
                oldest,
                new AlertStore(database),
                AlertSettings.rules(config, Set.of("celery")),
                config,
                clock,
                registry);
    }

    @BeforeEach
    void aQueueWithAWorker() {
        new QueueStore(database).declare(Map.of("celery", 5));
        new WorkerStore(database).enrol("w", "host", "1", List.of("celery"), 4);
    }

    private void submit(int jobs) {
        new JobStore(database)
                .submit(IntStream.range(0, jobs)
                        .<NewJob>mapToObj(_ -> aJob().onQueue("celery").submitted())
                        .toList());
    }

    private void purge() {
        new ControlStore(database).purge("celery", 10_000);
    }

    /** Both look at the same moment, again and again. */
    private void both(int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Duty.Done>> looks = new ArrayList<>();
                schedulers.forEach(each -> looks.add(threads.submit(each::runOnce)));
                for (Future<Duty.Done> look : looks) {
                    look.get();
                }
            }
            clock.forward(ROUND);
        }
    }

    private List<String> told() {
        return alerts.list(AlertFilter.ALL, null, 500).reversed().stream()
                .map(Alert::message)
                .map(each -> each.event() + " " + each.kind() + " " + each.severity() + ": " + each.message())
                .toList();
    }

    private Optional<Severity> level() {
        return new QueueStore(database)
                .status().stream()
                        .map(QueueStatus::alertLevel)
                        .flatMap(Stream::ofNullable)
                        .findFirst();
    }

    private double gauge(String name) {
        return metrics.get(name).tag("queue", "celery").gauge().value();
    }

    @Test
    void a_backlog_is_told_once_and_so_is_its_end() throws Exception {
        submit(120);
        both(20);

        assertThat(told()).containsExactly("RAISED backlog CRITICAL: Queue has 120 pending tasks");
        assertThat(level()).contains(Severity.CRITICAL);
        assertThat(gauge("millrace.queue.alert.level")).isEqualTo(3);

        purge();
        both(20);

        assertThat(told())
                .containsExactly(
                        "RAISED backlog CRITICAL: Queue has 120 pending tasks",
                        "CLEARED backlog CRITICAL: Queue is down to 0 pending tasks");
        assertThat(level()).isEmpty();
        assertThat(gauge("millrace.queue.alert.level")).isZero();
    }

    @Test
    void what_one_has_seen_the_other_goes_on_from() {
        submit(30);
        schedulers.getFirst().runOnce();
        clock.forward(ROUND);

        schedulers.getLast().runOnce();

        assertThat(told()).containsExactly("RAISED backlog INFO: Queue has 30 pending tasks");
    }

    @Test
    void nothing_is_written_while_nothing_changes() throws Exception {
        submit(30);
        both(5);
        var before = alerts.standing();

        both(20);

        assertThat(alerts.standing()).isEqualTo(before);
        assertThat(before).singleElement().matches(each -> each.version() == 2);
    }

    @Test
    void they_look_again_as_soon_as_something_may_be_raised() {
        var scheduler = scheduler(Map.of("raise-after", "2s", "interval", "1m"), metrics);

        assertThat(scheduler.runOnce().next()).isEqualTo(Duration.ofMinutes(1));
        submit(30);
        assertThat(scheduler.runOnce().next()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void a_queue_that_nobody_serves_is_told_of_while_jobs_wait() throws Exception {
        database.run("UPDATE worker SET state = 'STOPPED'", Tuple.tuple());
        both(20);
        assertThat(told()).isEmpty();

        submit(1);
        both(20);
        assertThat(told()).containsExactly("RAISED no_worker CRITICAL: No worker serves the queue, where 1 task waits");

        new WorkerStore(database).enrol("w2", "host", "1", List.of("celery"), 4);
        both(20);
        assertThat(told()).hasSize(2).last().isEqualTo("CLEARED no_worker CRITICAL: 1 worker serves the queue");
    }

    @Test
    void failures_are_told_of_once_enough_jobs_have_ended() throws Exception {
        ended("FAILURE", 15);
        both(5);
        assertThat(told()).isEmpty();

        ended("SUCCESS", 25);
        both(5);

        assertThat(told())
                .containsExactly(
                        "RAISED failure_ratio WARNING: 15 of the 40 tasks of the queue that ended lately failed (38 %)");
    }

    private void ended(String state, int jobs) {
        database.run(
                "INSERT INTO job_minute (minute, queue, task, state, count) VALUES (date_trunc('minute', now()), 'celery', 't', $1, $2)",
                Tuple.of(state, (long) jobs));
    }

    @Test
    void a_job_that_has_waited_for_long_is_told_of() throws Exception {
        submit(1);
        oldest.walked(step(Map.of("celery", Duration.ofMinutes(7))));
        both(5);

        assertThat(told())
                .containsExactly("RAISED oldest_age INFO: The oldest pending task of the queue has waited 7 min");
        assertThat(gauge("millrace.queue.oldest.age")).isEqualTo(420);
    }

    private static DueStore.Step step(Map<String, Duration> waiting) {
        return new DueStore.Step(
                Optional.empty(), 1, Optional.empty(), Optional.empty(), List.of(), List.of(), waiting);
    }
}
