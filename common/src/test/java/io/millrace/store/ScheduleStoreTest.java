package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.job.RetryPolicy;
import io.millrace.queue.Hint;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Cron;
import io.millrace.schedule.Firing.Outcome;
import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.millrace.schedule.Schedule;
import io.millrace.schedule.ScheduleStatus;
import io.millrace.store.ScheduleStore.Declaration;
import io.millrace.store.ScheduleStore.Fired;
import io.millrace.store.ScheduleStore.RunNow;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class ScheduleStoreTest {

    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Database database = RealDatabase.empty();
    private final ScheduleStore store = new ScheduleStore(database);
    private final JobStore jobs = new JobStore(database);
    private final JobQueries queries = new JobQueries(database);
    private final TaskStore tasks = new TaskStore(database);
    private final Instant now = Instant.now();

    @BeforeEach
    void aTask() {
        tasks.register(List.of(task("demo.noop")));
        new QueueStore(database).declare(java.util.Map.of("default", 5, "jobs", 3));
    }

    private static TaskDefinition task(String name) {
        return new TaskDefinition(
                name, "default", 6, RetryPolicy.DEFAULT, null, null, Duration.ofHours(1), null, false, "{}");
    }

    private static Schedule schedule(String name, Cadence cadence) {
        return new Schedule(
                name, "demo.noop", "{\"n\": 1}", null, null, cadence, Misfire.ONCE, 10, Overlap.ALLOW, true);
    }

    private static Schedule with(Schedule s, Misfire misfire, Overlap overlap) {
        return new Schedule(
                s.name(), s.task(), s.args(), s.queue(), s.priority(), s.cadence(), misfire, 10, overlap, s.enabled());
    }

    private Cadence hourlySince(Duration ago) {
        return new Cadence.Every(Duration.ofHours(1), now.minus(ago));
    }

    /** Makes a schedule that nobody has looked at since its cadence began. */
    private void overdue(Schedule schedule) {
        store.create(schedule, Instant.EPOCH);
    }

    private List<Job> jobs() {
        return queries.list(JobFilter.ALL, null, true, 500);
    }

    private ScheduleStatus get(String name) {
        return store.get(name).orElseThrow();
    }

    private List<Outcome> outcomes(String name) {
        return store.firings(name, now.plus(Duration.ofDays(1)), 500).stream()
                .map(ScheduleStore.PastTick::outcome)
                .toList();
    }

    @Test
    void three_schedulers_fire_two_hundred_ticks_exactly_once() throws Exception {
        for (int i = 0; i < 20; i++) {
            overdue(with(schedule("s" + i, hourlySince(Duration.ofMinutes(9 * 60 + 30))), Misfire.ALL, Overlap.ALLOW));
        }

        List<Fired> fired = new ArrayList<>();
        try (var schedulers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<List<Fired>> scheduler = () -> {
                var own = new ScheduleStore(database);
                return IntStream.range(0, 20)
                        .boxed()
                        .flatMap(i -> own.fireDue(2, GRACE).fired().stream())
                        .toList();
            };
            for (var each : schedulers.invokeAll(List.of(scheduler, scheduler, scheduler))) {
                fired.addAll(each.get());
            }
        }

        assertThat(fired)
                .extracting(each -> each.schedule() + " " + each.fireTime())
                .hasSize(200)
                .doesNotHaveDuplicates();
        assertThat(jobs()).hasSize(200).allMatch(job -> job.state() == JobState.PENDING);
        assertThat(fired.stream()
                        .flatMap(each -> Stream.ofNullable(each.hint()))
                        .map(Hint::jobId))
                .containsExactlyInAnyOrderElementsOf(
                        jobs().stream().map(Job::id).toList());
        assertThat(store.fireDue(100, GRACE).schedules()).isZero();
    }

    @Test
    void a_scheduler_that_dies_in_the_middle_has_fired_nothing_and_the_next_one_fires_all() {
        overdue(schedule("s", hourlySince(Duration.ofMinutes(30))));
        database.run("""
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$
                """, Tuple.tuple());
        database.run("CREATE TRIGGER die BEFORE UPDATE ON schedule FOR EACH ROW EXECUTE FUNCTION die()", Tuple.tuple());
        try {
            assertThatThrownBy(() -> store.fireDue(10, GRACE)).isInstanceOf(StoreUnavailable.class);
        } finally {
            database.run("DROP TRIGGER die ON schedule", Tuple.tuple());
            database.run("DROP FUNCTION die", Tuple.tuple());
        }
        assertThat(jobs()).isEmpty();
        assertThat(outcomes("s")).isEmpty();

        assertThat(store.fireDue(10, GRACE).fired()).hasSize(1);

        assertThat(jobs()).hasSize(1);
    }

    @Test
    void a_firing_has_its_job_and_moves_the_schedule_on() {
        overdue(schedule("s", hourlySince(Duration.ofSeconds(1))));

        var fired = store.fireDue(10, GRACE).fired();

        assertThat(fired).singleElement().satisfies(each -> {
            assertThat(each.outcome()).isEqualTo(Outcome.FIRED);
            assertThat(each.late()).isFalse();
        });
        var job = jobs().getFirst();
        assertThat(job.args()).isEqualTo("{\"n\": 1}");
        assertThat(job.priority()).isEqualTo(6);
        assertThat(job.tags()).containsExactly("schedule:s");
        var after = get("s");
        assertThat(after.lastJobId()).isEqualTo(job.id());
        assertThat(after.lastFireAt()).isEqualTo(fired.getFirst().fireTime());
        assertThat(after.nextFireAt()).isEqualTo(fired.getFirst().fireTime().plus(Duration.ofHours(1)));
        assertThat(store.untilNext().orElseThrow()).isBetween(Duration.ofMinutes(58), Duration.ofHours(1));
    }

    @Test
    void a_tick_waits_until_a_worker_has_registered_its_task() {
        var s = schedule("s", hourlySince(Duration.ofSeconds(90)));
        overdue(new Schedule("s", "later", "{}", null, null, s.cadence(), Misfire.ONCE, 10, Overlap.ALLOW, true));

        assertThat(store.fireDue(10, GRACE).schedules()).isZero();
        assertThat(store.untilNext()).isEmpty();
        assertThat(get("s").problem()).contains("no worker has registered the task 'later' yet");

        tasks.register(List.of(task("later")));

        assertThat(store.untilNext()).contains(Duration.ZERO);
        assertThat(store.fireDue(10, GRACE).fired()).hasSize(1);
        assertThat(get("s").problem()).isNull();
    }

    @Test
    void overlap_skip_waits_for_the_previous_job_to_finish() {
        overdue(with(schedule("s", hourlySince(Duration.ofSeconds(1))), Misfire.ONCE, Overlap.SKIP));
        store.fireDue(10, GRACE);
        UUID first = jobs().getFirst().id();

        tickAgain("s");
        assertThat(store.fireDue(10, GRACE).fired()).extracting(Fired::outcome).containsExactly(Outcome.OVERLAP);
        assertThat(get("s").lastJobId()).isEqualTo(first);

        new ControlStore(database).revoke(first, false);
        tickAgain("s");
        assertThat(store.fireDue(10, GRACE).fired()).extracting(Fired::outcome).containsExactly(Outcome.FIRED);
        assertThat(outcomes("s")).containsExactly(Outcome.FIRED, Outcome.OVERLAP, Outcome.FIRED);
    }

    @Test
    void overlap_cancel_previous_revokes_a_running_job() {
        overdue(with(schedule("s", hourlySince(Duration.ofSeconds(1))), Misfire.ONCE, Overlap.CANCEL_PREVIOUS));
        Hint hint = store.fireDue(10, GRACE).fired().getFirst().hint();
        Claim claim = jobs.claim(List.of(java.util.Objects.requireNonNull(hint)), "w1")
                .getFirst();

        tickAgain("s");
        store.fireDue(10, GRACE);

        assertThat(queries.get(claim.jobId()).orElseThrow().state()).isEqualTo(JobState.REVOKED);
        assertThat(get("s").lastJobId()).isNotEqualTo(claim.jobId());
        assertThat(jobs()).hasSize(2);
    }

    /** Lets a schedule tick once more now, at another time than before. */
    private void tickAgain(String name) {
        database.run(
                "UPDATE schedule SET starts_at = clock_timestamp() - interval '1 millisecond', next_fire_at = clock_timestamp() - interval '1 millisecond' WHERE name = $1",
                Tuple.of(name));
    }

    @Test
    void a_schedule_that_cannot_be_read_says_so_and_holds_up_no_other() {
        overdue(schedule("good", hourlySince(Duration.ofSeconds(1))));
        overdue(schedule("bad", hourlySince(Duration.ofSeconds(2))));
        database.run(
                "UPDATE schedule SET every = NULL, starts_at = NULL, cron = '* * * * *', timezone = 'Atlantis/Center' WHERE name = 'bad'",
                Tuple.tuple());

        assertThat(store.fireDue(10, GRACE).fired()).extracting(Fired::schedule).containsExactly("good");
        assertThat(store.fireDue(10, GRACE).schedules()).isZero();
    }

    @Test
    void run_now_submits_whether_or_not_it_is_enabled() {
        store.create(schedule("s", hourlySince(Duration.ZERO)).enabled(false), now);

        var answer = store.runNow("s");

        assertThat(answer).isInstanceOfSatisfying(RunNow.Submitted.class, submitted -> {
            assertThat(jobs())
                    .extracting(Job::id)
                    .containsExactly(submitted.job().id());
            assertThat(get("s").lastJobId()).isEqualTo(submitted.job().id());
        });
        assertThat(outcomes("s")).containsExactly(Outcome.MANUAL);
        assertThat(get("s").nextFireAt()).isNull();
        assertThat(store.runNow("none")).isEqualTo(new RunNow.NoSchedule());
    }

    @Test
    void each_kind_of_cadence_is_found_as_it_was_stored() {
        var cadences = List.of(
                new Cron("*/5 8-18 * * mon-fri", ZoneId.of("Europe/Amsterdam")),
                new Cadence.Every(Duration.ofMillis(1500), now),
                new Cadence.Once(now.plusSeconds(60)));
        for (int i = 0; i < cadences.size(); i++) {
            store.create(schedule("s" + i, cadences.get(i)), now);
        }

        assertThat(store.list("", 10)).extracting(s -> s.schedule().cadence()).containsExactlyElementsOf(cadences);
        assertThat(store.list("s0", 1)).extracting(s -> s.schedule().name()).containsExactly("s1");
        assertThat(store.create(schedule("s0", cadences.get(0)), now)).isFalse();
    }

    @Test
    void a_change_that_leaves_the_times_keeps_the_next_tick_and_another_does_not() {
        var s = schedule("s", hourlySince(Duration.ofSeconds(1)));
        overdue(s);
        Instant due = get("s").nextFireAt();

        assertThat(store.put(with(s, Misfire.SKIP, Overlap.SKIP), now)).isFalse();
        assertThat(get("s").nextFireAt()).isEqualTo(due);

        store.put(s.at(new Cron("0 0 1 1 *", ZoneOffset.UTC)), now);
        assertThat(get("s").nextFireAt()).isAfter(now);

        assertThat(store.put(schedule("new", s.cadence()), now)).isTrue();
    }

    @Test
    void what_a_pause_has_left_out_is_not_made_up_for() {
        var s = schedule("s", hourlySince(Duration.ofMinutes(90)));
        overdue(s);

        store.enable(s, false, now);
        assertThat(get("s").nextFireAt()).isNull();
        assertThat(store.fireDue(10, GRACE).schedules()).isZero();

        store.enable(s, true, now);
        assertThat(get("s").nextFireAt()).isAfter(now);
    }

    @Test
    void what_is_declared_is_made_kept_changed_and_disabled_as_configuration_says() {
        var s = schedule("s", new Cadence.Every(Duration.ofHours(1), now));
        assertThat(store.declare(List.of(new Declaration(s, "v1")), now).stored())
                .containsExactly("s");
        assertThat(get("s").declared()).isTrue();

        store.enable(s, false, now);
        var again = store.declare(
                List.of(new Declaration(s.at(new Cadence.Every(Duration.ofHours(1), now.plusSeconds(9))), "v1")),
                now.plusSeconds(9));
        assertThat(again.stored()).isEmpty();
        assertThat(get("s").schedule().enabled()).as("an operator's word").isFalse();

        Instant later = now.plusSeconds(60);
        store.declare(List.of(new Declaration(s.at(Cadence.Every.from(Duration.ofHours(1), later)), "v2")), later);
        assertThat(get("s").schedule().enabled()).isTrue();
        assertThat(get("s").schedule().cadence()).as("an interval that stays").isEqualTo(s.cadence());

        store.create(schedule("by-hand", s.cadence()), now);
        assertThat(store.declare(List.of(), later).disabled()).containsExactly("s");
        assertThat(get("s").schedule().enabled()).isFalse();
        assertThat(get("by-hand").schedule().enabled()).isTrue();

        assertThat(store.declare(List.of(new Declaration(s, "v2")), later).stored())
                .containsExactly("s");
        assertThat(get("s").schedule().enabled()).isTrue();
    }

    @Test
    void a_deleted_schedule_leaves_no_history_and_old_ticks_are_forgotten() {
        overdue(with(schedule("s", hourlySince(Duration.ofMinutes(270))), Misfire.ALL, Overlap.ALLOW));
        store.fireDue(10, GRACE);

        assertThat(store.forget(Duration.ofHours(2), 2)).isEqualTo(2);
        assertThat(store.forget(Duration.ofHours(2), 100)).isEqualTo(1);
        assertThat(outcomes("s")).hasSize(2);

        assertThat(store.delete("s")).isTrue();
        assertThat(outcomes("s")).isEmpty();
        assertThat(store.delete("s")).isFalse();
        assertThat(jobs()).as("jobs stay").hasSize(5);
    }
}
