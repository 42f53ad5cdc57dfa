package io.millrace.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {

    private static final String AMSTERDAM = "Europe/Amsterdam";
    private static final String NEW_YORK = "America/New_York";

    /** The ticks after a local time that happens once, as local times with their offsets. */
    private static List<String> ticks(String expression, String zone, String after, int most) {
        var id = ZoneId.of(zone);
        return new Cron(expression, id)
                .next(LocalDateTime.parse(after).atZone(id).toInstant(), most).stream()
                        .map(tick -> tick.atZone(id).toOffsetDateTime().toString())
                        .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    */5 * * * *       | 2026-01-01T00:02 | 2026-01-01T00:05Z
                    0 0 * * *         | 2026-01-01T00:00 | 2026-01-02T00:00Z
                    30 8-18/2 * * mon-fri | 2026-01-02T18:30 | 2026-01-05T08:30Z
                    0 12 * * 7        | 2026-01-01T00:00 | 2026-01-04T12:00Z
                    0 12 * * 0        | 2026-01-01T00:00 | 2026-01-04T12:00Z
                    0 12 * * SUN      | 2026-01-01T00:00 | 2026-01-04T12:00Z
                    0 0 1 jan,JUL *   | 2026-01-01T00:00 | 2026-07-01T00:00Z
                    15,45 3 * * *     | 2026-01-01T03:15 | 2026-01-01T03:45Z
                    0 0 29 2 *        | 2026-01-01T00:00 | 2028-02-29T00:00Z
                    0 0 31 * *        | 2026-01-31T00:00 | 2026-03-31T00:00Z
                    @hourly           | 2026-01-01T00:59 | 2026-01-01T01:00Z
                    @daily            | 2026-01-01T00:59 | 2026-01-02T00:00Z
                    @weekly           | 2026-01-01T00:59 | 2026-01-04T00:00Z
                    @monthly          | 2026-01-01T00:59 | 2026-02-01T00:00Z
                    @yearly           | 2026-01-01T00:59 | 2027-01-01T00:00Z
                    """)
    void it_reads_what_crontab_and_celery_write(String expression, String after, String tick) {
        assertThat(ticks(expression, "UTC", after, 1)).containsExactly(tick);
    }

    @Test
    void where_both_days_are_restricted_either_counts() {
        assertThat(ticks("0 0 13 * 5", "UTC", "2026-02-01T00:00", 3))
                .containsExactly("2026-02-06T00:00Z", "2026-02-13T00:00Z", "2026-02-20T00:00Z");
        assertThat(ticks("0 0 12 * 5", "UTC", "2026-02-10T00:00", 2))
                .containsExactly("2026-02-12T00:00Z", "2026-02-13T00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "a * * * *",
                "*/0 * * * *",
                "5-1 * * * *",
                "* * * * *; drop",
                "@reboot",
                "0 0 1 foo *"
            })
    void what_is_none_is_refused_with_a_reason(String expression) {
        assertThatThrownBy(() -> new Cron(expression, ZoneOffset.UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotBlank();
    }

    @Test
    void a_day_that_never_comes_has_no_tick() {
        assertThat(new Cron("0 0 30 2 *", ZoneOffset.UTC).next(Instant.parse("2026-01-01T00:00:00Z")))
                .isEmpty();
    }

    @Test
    void in_spring_a_daily_time_that_does_not_exist_ticks_when_the_clock_jumps_over_it() {
        assertThat(ticks("30 2 * * *", AMSTERDAM, "2026-03-27T12:00", 3))
                .containsExactly("2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(ticks("30 2 * * *", NEW_YORK, "2026-03-06T12:00", 3))
                .containsExactly("2026-03-07T02:30-05:00", "2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00");
    }

    @Test
    void in_spring_several_times_that_do_not_exist_are_one_tick() {
        assertThat(ticks("0,15,30 2,3 * * *", AMSTERDAM, "2026-03-28T12:00", 3))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-29T03:15+02:00", "2026-03-29T03:30+02:00");
    }

    @Test
    void in_autumn_a_daily_time_that_comes_twice_ticks_the_first_time() {
        assertThat(ticks("30 2 * * *", AMSTERDAM, "2026-10-24T12:00", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(ticks("30 1 * * *", NEW_YORK, "2026-10-31T12:00", 2))
                .containsExactly("2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00");
    }

    @Test
    void in_autumn_a_daily_time_does_not_tick_again_for_who_asks_in_the_repeated_hour() {
        var cron = new Cron("30 2 * * *", ZoneId.of(AMSTERDAM));

        assertThat(cron.next(Instant.parse("2026-10-25T01:10:00Z"))).contains(Instant.parse("2026-10-26T01:30:00Z"));
    }

    @Test
    void an_hourly_one_goes_by_elapsed_time_through_both_switches() {
        for (String zone : List.of(AMSTERDAM, NEW_YORK)) {
            for (String day : List.of("2026-03-28T12:30", "2026-10-24T12:30", "2026-03-07T12:30", "2026-10-31T12:30")) {
                var id = ZoneId.of(zone);
                var ticks = new Cron("30 * * * *", id)
                        .next(LocalDateTime.parse(day).atZone(id).toInstant(), 48);
                for (int i = 1; i < ticks.size(); i++) {
                    assertThat(Duration.between(ticks.get(i - 1), ticks.get(i))).isEqualTo(Duration.ofHours(1));
                }
            }
        }
    }

    @Test
    void each_quarter_of_an_hour_ticks_in_both_repeated_hours() {
        assertThat(ticks("*/15 * * * *", AMSTERDAM, "2026-10-25T01:45", 9))
                .containsExactly(
                        "2026-10-25T02:00+02:00",
                        "2026-10-25T02:15+02:00",
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:45+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T02:15+01:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T02:45+01:00",
                        "2026-10-25T03:00+01:00");
    }

    @Test
    void a_zone_that_skips_a_whole_day_ticks_when_it_jumps() {
        assertThat(ticks("0 9 * * *", "Pacific/Apia", "2011-12-28T12:00", 3))
                .containsExactly("2011-12-29T09:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00");
    }
}
