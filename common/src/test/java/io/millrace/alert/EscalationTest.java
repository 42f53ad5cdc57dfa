package io.millrace.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.alert.Escalation.Change;
import io.millrace.alert.Escalation.Change.Cleared;
import io.millrace.alert.Escalation.Change.Raised;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscalationTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Map<Severity, Double> THRESHOLDS =
            Map.of(Severity.INFO, 20.0, Severity.WARNING, 50.0, Severity.CRITICAL, 100.0);
    private static final Ladder LADDER = new Ladder(THRESHOLDS, 0.8, Duration.ofSeconds(5), Duration.ofSeconds(30));
    private static final Ladder AT_ONCE = new Ladder(THRESHOLDS, 0.8, Duration.ZERO, Duration.ZERO);

    /** What was told, and when. */
    private record Told(Instant at, Change change) {}

    /** An alert that is looked at again and again. */
    private static final class Watched {
        private final Ladder ladder;
        private AlertState state = AlertState.CALM;
        private Instant now = NOON;
        private final List<Told> told = new ArrayList<>();

        Watched(Ladder ladder) {
            this.ladder = ladder;
        }

        /** The value is seen each second, the first time now. */
        Watched sees(double value, int seconds) {
            for (int i = 0; i < seconds; i++) {
                look(value, Duration.ofSeconds(1));
            }
            return this;
        }

        void look(double value, Duration rest) {
            var step = Escalation.decide(state, value, ladder, now);
            Instant seen = now;
            step.change().ifPresent(change -> told.add(new Told(seen, change)));
            state = step.after();
            now = now.plus(rest);
        }

        List<Change> changes() {
            return told.stream().map(Told::change).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {20, 50, 100})
    void a_threshold_is_reached_by_its_own_value_and_not_below(double threshold) {
        var severity = THRESHOLDS.entrySet().stream()
                .filter(each -> each.getValue() == threshold)
                .findFirst()
                .orElseThrow()
                .getKey();

        assertThat(new Watched(AT_ONCE).sees(threshold, 1).state.level()).isEqualTo(severity);
        assertThat(new Watched(AT_ONCE).sees(threshold - 1, 1).state.holds(severity))
                .isFalse();
    }

    @Test
    void it_is_raised_once_it_has_been_above_for_a_while_and_told_once() {
        var watched = new Watched(LADDER).sees(30, 5);
        assertThat(watched.changes()).isEmpty();

        watched.sees(30, 600);

        assertThat(watched.told).containsExactly(new Told(NOON.plusSeconds(5), new Raised(Severity.INFO)));
    }

    @Test
    void what_is_above_only_for_a_moment_is_never_told() {
        var watched = new Watched(LADDER);
        for (int i = 0; i < 100; i++) {
            watched.sees(500, 5).sees(19, 1);
        }

        assertThat(watched.changes()).isEmpty();
    }

    @Test
    void what_rises_step_by_step_is_told_at_each_step_without_waiting_anew_for_the_lower_ones() {
        var watched = new Watched(LADDER).sees(20, 3).sees(60, 3).sees(120, 10);

        assertThat(watched.told)
                .containsExactly(
                        new Told(NOON.plusSeconds(5), new Raised(Severity.INFO)),
                        new Told(NOON.plusSeconds(8), new Raised(Severity.WARNING)),
                        new Told(NOON.plusSeconds(11), new Raised(Severity.CRITICAL)));
    }

    @Test
    void what_is_bad_from_the_start_is_told_once_as_bad_as_it_is() {
        assertThat(new Watched(LADDER).sees(2367, 60).changes()).containsExactly(new Raised(Severity.CRITICAL));
    }

    @Test
    void it_is_cleared_once_it_has_been_well_below_for_a_while_and_told_once() {
        var watched = new Watched(LADDER).sees(30, 10).sees(15, 600);

        assertThat(watched.told)
                .containsExactly(
                        new Told(NOON.plusSeconds(5), new Raised(Severity.INFO)),
                        new Told(NOON.plusSeconds(40), new Cleared(Severity.INFO)));
        assertThat(watched.state).isEqualTo(AlertState.CALM);
    }

    @Test
    void below_the_threshold_but_not_well_below_it_stays() {
        var watched = new Watched(LADDER).sees(30, 10).sees(16, 3600);

        assertThat(watched.changes()).containsExactly(new Raised(Severity.INFO));
        assertThat(watched.state.level()).isEqualTo(Severity.INFO);
    }

    @Test
    void a_lull_does_not_clear_it() {
        var watched = new Watched(LADDER).sees(30, 10);
        for (int i = 0; i < 100; i++) {
            watched.sees(0, 29).sees(17, 1);
        }

        assertThat(watched.changes()).containsExactly(new Raised(Severity.INFO));
    }

    @Test
    void that_it_has_become_less_severe_is_shown_and_not_told_and_the_end_says_how_bad_it_had_been() {
        var watched = new Watched(LADDER).sees(120, 10).sees(60, 60);
        assertThat(watched.state.level()).isEqualTo(Severity.WARNING);
        assertThat(watched.state.peak()).isEqualTo(Severity.CRITICAL);
        assertThat(watched.changes()).containsExactly(new Raised(Severity.CRITICAL));

        watched.sees(0, 60);

        assertThat(watched.changes()).containsExactly(new Raised(Severity.CRITICAL), new Cleared(Severity.CRITICAL));
    }

    @Test
    void what_becomes_severe_again_is_told_again() {
        var watched = new Watched(LADDER).sees(120, 10).sees(60, 60).sees(120, 10);

        assertThat(watched.changes()).containsExactly(new Raised(Severity.CRITICAL), new Raised(Severity.CRITICAL));
    }

    @Test
    void a_severity_without_a_threshold_is_passed_over() {
        var onlyCritical = new Ladder(Map.of(Severity.CRITICAL, 1.0), 0.8, Duration.ZERO, Duration.ZERO);

        var watched = new Watched(onlyCritical).sees(1, 2).sees(0, 2);

        assertThat(watched.changes()).containsExactly(new Raised(Severity.CRITICAL), new Cleared(Severity.CRITICAL));
    }

    @Test
    void what_is_no_longer_watched_is_cleared_at_once() {
        var raised = new Watched(LADDER).sees(120, 10).state;

        var step = Escalation.decide(raised, 120, Ladder.NONE, NOON);

        assertThat(step.after()).isEqualTo(AlertState.CALM);
        assertThat(step.change()).contains(new Cleared(Severity.CRITICAL));
    }

    @Test
    void thresholds_that_do_not_rise_are_refused() {
        assertThatThrownBy(() -> ladder(Map.of(Severity.INFO, 50.0, Severity.WARNING, 20.0)))
                .hasMessageContaining("WARNING (20.0) must not be below INFO (50.0)");
        assertThatThrownBy(() -> ladder(Map.of(Severity.INFO, -1.0))).hasMessageContaining("INFO must be above 0");
        assertThatThrownBy(() -> ladder(Map.of(Severity.INFO, Double.NaN)))
                .hasMessageContaining("INFO must be above 0");
        assertThatThrownBy(() -> new Ladder(THRESHOLDS, 0, Duration.ZERO, Duration.ZERO))
                .hasMessageContaining("share");
    }

    private static Ladder ladder(Map<Severity, Double> thresholds) {
        return new Ladder(thresholds, 0.8, Duration.ZERO, Duration.ZERO);
    }

    @Test
    void it_says_when_it_would_change_if_nothing_else_did() {
        var watched = new Watched(LADDER).sees(60, 1);
        assertThat(LADDER.nextTurn(watched.state)).contains(NOON.plusSeconds(5));

        watched.sees(60, 10);
        assertThat(LADDER.nextTurn(watched.state)).isEmpty();

        Instant below = watched.now;
        watched.sees(30, 1);
        assertThat(LADDER.nextTurn(watched.state)).contains(below.plusSeconds(30));
    }

    /** Whatever a queue does and however often it is looked at. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void nothing_a_queue_may_do_makes_it_flap(long seed) {
        var random = new Random(seed);
        var ladder = new Ladder(
                THRESHOLDS,
                0.5 + random.nextInt(6) / 10.0,
                Duration.ofSeconds(random.nextInt(20)),
                Duration.ofSeconds(1 + random.nextInt(60)));
        var watched = new Watched(ladder);
        double value = 0;
        for (int i = 0; i < 5_000; i++) {
            value = switch (random.nextInt(20)) {
                case 0 -> random.nextInt(200);
                case 1 -> 0;
                // Around a threshold, where it would flap.
                case 2 -> 90 + random.nextInt(20);
                default -> Math.max(0, value + random.nextInt(21) - 10);
            };
            Severity before = watched.state.level();
            int toldBefore = watched.told.size();
            watched.look(value, Duration.ofMillis(500 + random.nextInt(5_000)));
            if (watched.told.size() > toldBefore) {
                switch (watched.told.getLast().change()) {
                    case Raised(var severity) -> {
                        assertThat(before == null || severity.compareTo(before) > 0)
                                .isTrue();
                        assertThat(value).isGreaterThanOrEqualTo(THRESHOLDS.getOrDefault(severity, 0.0));
                    }
                    case Cleared _ -> {
                        assertThat(before).isNotNull();
                        assertThat(value).isLessThan(ladder.clearShare() * 20);
                    }
                }
            }
        }

        assertThat(watched.told).isNotEmpty();
        var last = new EnumMap<Severity, Instant>(Severity.class);
        Severity peak = null;
        for (Told each : watched.told) {
            switch (each.change()) {
                case Raised(var severity) -> {
                    // It has been well below for a while, and above for a while, since it was told the last time.
                    Instant before = last.get(severity);
                    assertThat(before == null
                                    || !each.at()
                                            .isBefore(before.plus(ladder.clearAfter())
                                                    .plus(ladder.raiseAfter())))
                            .isTrue();
                    last.put(severity, each.at());
                    peak = peak == null || severity.compareTo(peak) > 0 ? severity : peak;
                }
                case Cleared(var was) -> {
                    assertThat(was).isEqualTo(peak);
                    peak = null;
                }
            }
        }
    }

    @Test
    void where_it_ends_does_not_depend_on_how_it_came_there() {
        var random = new Random(7);
        for (int i = 0; i < 200; i++) {
            var watched = new Watched(LADDER);
            for (int j = 0; j < 50; j++) {
                watched.sees(random.nextInt(150), 1 + random.nextInt(40));
            }

            // Above WARNING and well below CRITICAL.
            watched.sees(60, 60);

            assertThat(watched.state.level()).isEqualTo(Severity.WARNING);
            assertThat(watched.state.turning()).isEmpty();
        }
    }
}
