package io.millrace.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.JobIds;
import io.millrace.job.NewJob;
import io.millrace.job.RetryPolicy;
import io.millrace.schedule.Firing.Decision;
import io.millrace.schedule.Firing.Outcome;
import io.millrace.task.Defaults;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FiringTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static Schedule eachMinute(Misfire misfire, int limit, Overlap overlap) {
        return new Schedule(
                "s",
                "demo.noop",
                "{}",
                null,
                null,
                new Cadence.Every(Duration.ofMinutes(1), NOON),
                misfire,
                limit,
                overlap,
                true);
    }

    private static Decision decide(Schedule schedule, Instant due, Instant now) {
        return Firing.decide(schedule, due, false, now, GRACE);
    }

    private static List<Instant> fired(Decision decision) {
        return decision.ticks().stream()
                .filter(tick -> tick.outcome() == Outcome.FIRED)
                .map(Firing.Tick::at)
                .toList();
    }

    private static Instant minute(int n) {
        return NOON.plus(Duration.ofMinutes(n));
    }

    @Test
    void a_tick_in_time_fires_whatever_the_misfire_policy() {
        for (Misfire misfire : Misfire.values()) {
            var decision = decide(eachMinute(misfire, 10, Overlap.ALLOW), NOON, NOON.plusMillis(3));

            assertThat(decision.ticks()).containsExactly(new Firing.Tick(NOON, Outcome.FIRED));
            assertThat(decision.next()).contains(minute(1));
        }
    }

    @Test
    void skip_leaves_out_what_was_missed_and_fires_the_newest_only_in_time() {
        var schedule = eachMinute(Misfire.SKIP, 10, Overlap.ALLOW);

        assertThat(fired(decide(schedule, NOON, minute(5).plusSeconds(29)))).containsExactly(minute(5));
        assertThat(fired(decide(schedule, NOON, minute(5).plusSeconds(31)))).isEmpty();
    }

    @Test
    void once_fires_once_however_much_was_missed() {
        var decision = decide(
                eachMinute(Misfire.ONCE, 10, Overlap.ALLOW), NOON, minute(5).plusSeconds(59));

        assertThat(fired(decision)).containsExactly(minute(5));
        assertThat(decision.ticks()).hasSize(6);
        assertThat(decision.ticks().getFirst()).isEqualTo(new Firing.Tick(NOON, Outcome.MISSED));
        assertThat(decision.next()).contains(minute(6));
    }

    @Test
    void all_fires_for_the_newest_up_to_its_limit() {
        var decision = decide(
                eachMinute(Misfire.ALL, 3, Overlap.ALLOW), NOON, minute(5).plusSeconds(40));

        assertThat(fired(decision)).containsExactly(minute(3), minute(4), minute(5));
    }

    @Test
    void an_outage_of_years_is_decided_upon_at_once() {
        var schedule = eachMinute(Misfire.ALL, 100, Overlap.ALLOW);
        var decision = decide(schedule, NOON, NOON.plus(Duration.ofDays(3650)));

        assertThat(fired(decision)).hasSize(100).endsWith(NOON.plus(Duration.ofDays(3650)));
    }

    @Test
    void a_rare_cadence_is_found_however_far_it_reaches_back() {
        var yearly = new Schedule(
                "s",
                "t",
                "{}",
                null,
                null,
                new Cron("0 0 1 1 *", java.time.ZoneOffset.UTC),
                Misfire.ALL,
                10,
                Overlap.ALLOW,
                true);

        assertThat(fired(decide(yearly, Instant.parse("2020-01-01T00:00:00Z"), NOON)))
                .hasSize(7)
                .startsWith(Instant.parse("2020-01-01T00:00:00Z"))
                .endsWith(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @Test
    void overlap_skip_leaves_the_tick_out_while_the_previous_job_runs() {
        var schedule = eachMinute(Misfire.ONCE, 10, Overlap.SKIP);

        assertThat(Firing.decide(schedule, NOON, true, NOON, GRACE).ticks())
                .containsExactly(new Firing.Tick(NOON, Outcome.OVERLAP));
        assertThat(fired(Firing.decide(schedule, NOON, false, NOON, GRACE))).containsExactly(NOON);
    }

    @Test
    void without_overlap_only_the_newest_of_many_fires() {
        for (Overlap overlap : List.of(Overlap.SKIP, Overlap.CANCEL_PREVIOUS)) {
            var decision = decide(eachMinute(Misfire.ALL, 10, overlap), NOON, minute(2));

            assertThat(decision.ticks())
                    .extracting(Firing.Tick::outcome)
                    .containsExactly(Outcome.OVERLAP, Outcome.OVERLAP, Outcome.FIRED);
        }
    }

    @Test
    void cancel_previous_cancels_only_for_a_tick_that_fires() {
        var schedule = eachMinute(Misfire.SKIP, 10, Overlap.CANCEL_PREVIOUS);

        assertThat(Firing.decide(schedule, NOON, true, NOON, GRACE).cancelPrevious())
                .isTrue();
        assertThat(Firing.decide(schedule, NOON, false, NOON, GRACE).cancelPrevious())
                .isFalse();
        assertThat(Firing.decide(schedule, NOON, true, NOON.plusSeconds(31), GRACE)
                        .cancelPrevious())
                .isFalse();
    }

    @Test
    void a_single_one_fires_and_has_no_next() {
        var once = eachMinute(Misfire.ONCE, 10, Overlap.ALLOW).at(new Cadence.Once(NOON));

        var decision = decide(once, NOON, NOON.plusSeconds(1));

        assertThat(fired(decision)).containsExactly(NOON);
        assertThat(decision.next()).isEmpty();
    }

    @Test
    void what_was_announced_fires_even_if_its_zone_has_other_rules_by_now() {
        var announced = NOON.plusSeconds(17);

        assertThat(fired(decide(eachMinute(Misfire.ONCE, 10, Overlap.ALLOW), announced, announced)))
                .containsExactly(announced);
    }

    @Test
    void an_interval_never_drifts() {
        var every = new Cadence.Every(Duration.ofSeconds(7), NOON);

        assertThat(every.next(NOON.minusSeconds(100))).contains(NOON);
        assertThat(every.next(NOON)).contains(NOON.plusSeconds(7));
        assertThat(every.next(NOON.plusMillis(7_001))).contains(NOON.plusSeconds(14));
    }

    @Test
    void its_job_has_what_is_said_of_its_task_and_its_queue_and_the_schedules_priority() {
        var task = new TaskDefinition(
                "t",
                "celery",
                7,
                RetryPolicy.DEFAULT,
                null,
                Duration.ofSeconds(9),
                Duration.ofHours(1),
                null,
                false,
                "{}");

        var configured = new Precedence(
                Defaults.NONE,
                Map.of(
                        "jobs",
                        new Defaults(null, null, 9, null, null, null, null, null, null, Duration.ofMinutes(1), null)),
                Map.of());

        var plain = job(on(null, null), task, configured);
        var elsewhere = job(on("jobs", null), task.saying(Defaults.NONE), configured);
        var urgent = job(on("jobs", 9), task, configured);

        assertThat(plain.queue()).isEqualTo("celery");
        assertThat(plain.priority()).isEqualTo(7);
        assertThat(plain.timeLimitSeconds()).isEqualTo(9.0);
        assertThat(plain.tags()).containsExactly("schedule:s");
        assertThat(elsewhere.queue()).isEqualTo("jobs");
        assertThat(elsewhere.priority()).isEqualTo(2);
        assertThat(elsewhere.maxRetries()).isEqualTo(9);
        assertThat(elsewhere.timeLimitSeconds()).isNull();
        assertThat(elsewhere.expiresAt()).isEqualTo(NOON.plusSeconds(60));
        assertThat(plain.expiresAt()).isNull();
        assertThat(urgent.priority()).isEqualTo(9);
    }

    private static NewJob job(Schedule schedule, TaskDefinition task, Precedence precedence) {
        return Firing.job(
                schedule, task, precedence.of(task, Firing.queue(schedule, task), 2), NOON, new JobIds().next());
    }

    private static Schedule on(@Nullable String queue, @Nullable Integer priority) {
        return new Schedule(
                "s", "t", "{}", queue, priority, new Cadence.Once(NOON), Misfire.ONCE, 10, Overlap.ALLOW, true);
    }
}
