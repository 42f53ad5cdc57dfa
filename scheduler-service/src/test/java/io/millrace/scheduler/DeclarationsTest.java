package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schedule.Cadence;
import io.millrace.schedule.Cron;
import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.millrace.schedule.Schedule;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DeclarationsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Set<String> QUEUES =
            Set.of("default", "jobs", "recovery", "high_priority", "low_priority", "cron");

    private static Map<String, Schedule> read(Map<String, String> properties) {
        var config = new SmallRyeConfigBuilder()
                .withMapping(ScheduleConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                // Quarkus' way of writing durations, without Quarkus.
                .withConverter(Duration.class, 200, io.quarkus.runtime.configuration.DurationConverter::parseDuration)
                .build()
                .getConfigMapping(ScheduleConfig.class);
        return config.schedules().entrySet().stream()
                .map(entry -> Declarations.read(entry.getKey(), entry.getValue(), QUEUES, NOW)
                        .schedule())
                .collect(Collectors.toMap(Schedule::name, each -> each, (a, b) -> a, TreeMap::new));
    }

    private static Schedule one(Map<String, String> properties) {
        var all = new TreeMap<String, String>();
        properties.forEach((key, value) -> all.put("millrace.schedules.s." + key, value));
        return Objects.requireNonNull(read(all).get("s"));
    }

    @Test
    void everySettingIsRead() {
        var schedule = one(Map.of(
                "task", "t",
                "args", "{\"a\": 1}",
                "queue", "jobs",
                "priority", "9",
                "cron", "0 9 * * mon-fri",
                "timezone", "Europe/Amsterdam",
                "misfire", "all",
                "misfire-limit", "3",
                "overlap", "cancel-previous",
                "enabled", "false"));

        assertThat(schedule)
                .isEqualTo(new Schedule(
                        "s",
                        "t",
                        "{\"a\":1}",
                        "jobs",
                        9,
                        new Cron("0 9 * * mon-fri", ZoneId.of("Europe/Amsterdam")),
                        Misfire.ALL,
                        3,
                        Overlap.CANCEL_PREVIOUS,
                        false));
    }

    @Test
    void anIntervalBeginsNowUnlessItSaysWhen() {
        assertThat(one(Map.of("task", "t", "every", "30m")).cadence())
                .isEqualTo(new Cadence.Every(Duration.ofMinutes(30), NOW));
        assertThat(one(Map.of("task", "t", "every", "1h", "starts-at", "2026-02-01T00:00:00+01:00"))
                        .cadence())
                .isEqualTo(new Cadence.Every(Duration.ofHours(1), Instant.parse("2026-01-31T23:00:00Z")));
    }

    @Test
    void whatIsWrongIsSaidWithItsKey() {
        assertThatThrownBy(() -> one(Map.of("task", "t")))
                .hasMessageContaining("millrace.schedules.\"s\"")
                .hasMessageContaining("exactly one of cron, every and at");
        assertThatThrownBy(() -> one(Map.of("task", "t", "cron", "nonsense"))).hasMessageContaining("five fields");
        assertThatThrownBy(() -> one(Map.of("task", "t", "every", "1h", "args", "[1]")))
                .hasMessageContaining("args must be a JSON object");
        assertThatThrownBy(() -> one(Map.of("task", "t", "every", "1h", "queue", "nowhere")))
                .hasMessageContaining("there is no queue 'nowhere'");
    }

    @Test
    void theFiveSystemsSchedulesAreShipped() {
        var shipped = new Properties();
        try (var in = getClass().getResourceAsStream("/application.properties")) {
            shipped.load(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var ours = shipped.stringPropertyNames().stream()
                .filter(name -> name.startsWith("millrace.schedules."))
                .collect(Collectors.toMap(name -> name, shipped::getProperty));

        assertThat(read(ours).values())
                .extracting(s -> s.task() + " " + s.queue() + " " + s.priority() + " "
                        + (s.cadence() instanceof Cadence.Every(var interval, var _) ? interval.toSeconds() : -1))
                .containsExactlyInAnyOrder(
                        "check_all_batch null null 1800",
                        "recovery_tasks.perform_recovery_check recovery 10 3600",
                        "freshness_check_task null null 300",
                        "timeliness_check_task null null 300",
                        "refresh_market_data high_priority null 86400",
                        "compute_index high_priority null 3600",
                        "cleanup_old_data low_priority null 604800");
    }
}
