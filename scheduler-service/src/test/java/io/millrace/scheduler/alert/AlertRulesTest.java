package io.millrace.scheduler.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.alert.AlertKind;
import io.millrace.alert.Ladder;
import io.millrace.alert.Severity;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AlertRulesTest {

    private static final Set<String> QUEUES = Set.of("celery", "jobs");

    private static AlertRules rules(Map<String, String> settings) {
        return AlertSettings.rules(AlertSettings.config(settings), QUEUES);
    }

    private static Ladder ladder(Map<String, String> settings, String queue, AlertKind kind) {
        return rules(settings).of(queue).ladder(kind);
    }

    @Test
    void by_default_twenty_waiting_jobs_are_worth_a_word_fifty_a_warning_and_a_hundred_critical() {
        assertThat(ladder(Map.of(), "celery", AlertKind.BACKLOG))
                .isEqualTo(new Ladder(
                        Map.of(Severity.INFO, 20.0, Severity.WARNING, 50.0, Severity.CRITICAL, 100.0),
                        0.8,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30)));
    }

    @Test
    void every_other_kind_has_defaults_as_well() {
        assertThat(ladder(Map.of(), "celery", AlertKind.OLDEST_AGE).thresholds())
                .isEqualTo(Map.of(Severity.INFO, 300.0, Severity.WARNING, 900.0, Severity.CRITICAL, 3600.0));
        assertThat(ladder(Map.of(), "celery", AlertKind.FAILURE_RATIO).thresholds())
                .isEqualTo(Map.of(Severity.WARNING, 0.25, Severity.CRITICAL, 0.5));
        assertThat(ladder(Map.of(), "celery", AlertKind.NO_WORKER))
                .isEqualTo(new Ladder(
                        Map.of(Severity.CRITICAL, 1.0), 0.8, Duration.ofSeconds(30), Duration.ofSeconds(30)));
        assertThat(rules(Map.of()).of("celery").enoughEnded()).isEqualTo(20);
        assertThat(rules(Map.of()).window()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void a_queue_has_its_own_where_it_says_so_and_the_rest_from_all() {
        var settings = Map.of(
                "backlog.critical", "500",
                "queues.jobs.backlog.info", "0",
                "queues.jobs.backlog.warning", "400",
                "queues.jobs.oldest-age.critical", "0s",
                "queues.jobs.failure-ratio.info", "0.1",
                "queues.jobs.failure-ratio.min-ended", "3",
                "queues.jobs.no-worker.severity", "WARNING",
                "queues.jobs.no-worker.after", "1s");

        assertThat(ladder(settings, "jobs", AlertKind.BACKLOG).thresholds())
                .isEqualTo(Map.of(Severity.WARNING, 400.0, Severity.CRITICAL, 500.0));
        assertThat(ladder(settings, "jobs", AlertKind.OLDEST_AGE).thresholds())
                .isEqualTo(Map.of(Severity.INFO, 300.0, Severity.WARNING, 900.0));
        assertThat(ladder(settings, "jobs", AlertKind.FAILURE_RATIO).thresholds())
                .isEqualTo(Map.of(Severity.INFO, 0.1, Severity.WARNING, 0.25, Severity.CRITICAL, 0.5));
        assertThat(ladder(settings, "jobs", AlertKind.NO_WORKER).thresholds()).isEqualTo(Map.of(Severity.WARNING, 1.0));
        assertThat(ladder(settings, "jobs", AlertKind.NO_WORKER).raiseAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(rules(settings).of("jobs").enoughEnded()).isEqualTo(3);
        assertThat(ladder(settings, "celery", AlertKind.BACKLOG).thresholds())
                .isEqualTo(Map.of(Severity.INFO, 20.0, Severity.WARNING, 50.0, Severity.CRITICAL, 500.0));
    }

    @Test
    void what_is_switched_off_is_not_watched() {
        for (var off :
                Map.of("enabled", "false", "queues.jobs.enabled", "false").entrySet()) {
            for (AlertKind kind : AlertKind.values()) {
                assertThat(ladder(Map.ofEntries(off), "jobs", kind)).isEqualTo(Ladder.NONE);
            }
        }
        assertThat(ladder(Map.of("no-worker.enabled", "false"), "jobs", AlertKind.NO_WORKER)
                        .thresholds())
                .isEmpty();
    }

    @Test
    void what_is_wrong_is_said_with_its_key() {
        assertThatThrownBy(() -> rules(Map.of("backlog.info", "60")))
                .hasMessageContaining("millrace.alerts.backlog: WARNING (50.0) must not be below INFO (60.0)");
        assertThatThrownBy(() -> rules(Map.of("queues.jobs.failure-ratio.warning", "0.9")))
                .hasMessageContaining("millrace.alerts.queues.\"jobs\".failure-ratio: CRITICAL");
        assertThatThrownBy(() -> rules(Map.of("clear-share", "2"))).hasMessageContaining("share");
        assertThatThrownBy(() -> rules(Map.of("queues.nowhere.enabled", "false")))
                .hasMessageContaining("there is no queue 'nowhere'");
    }

    @Test
    void channels_are_read_and_those_that_are_switched_off_left_out() {
        var channels = AlertSettings.channels(AlertSettings.config(Map.of(
                "channels.log.type", "log",
                "channels.ops.type", "slack",
                "channels.ops.url", "https://hooks.example.org/services/T0/B0/secret",
                "channels.ops.min-severity", "critical",
                "channels.old.type", "webhook",
                "channels.old.enabled", "false")));

        assertThat(channels.least()).isEqualTo(Map.of("log", Severity.INFO, "ops", Severity.CRITICAL));
        assertThat(channels.get("log")).isInstanceOf(LogChannel.class);
        assertThat(channels.get("ops")).isInstanceOf(WebhookChannel.class);
        assertThat(channels.get("ops").toString()).doesNotContain("secret");
        channels.close();
    }

    @Test
    void an_address_may_come_from_the_environment_as_secrets_do() {
        var config = new SmallRyeConfigBuilder()
                .withMapping(AlertConfig.class)
                .withSources(new EnvConfigSource(
                        Map.of(
                                "MILLRACE_ALERTS_CHANNELS_OPS_TYPE", "slack",
                                "MILLRACE_ALERTS_CHANNELS_OPS_URL", "https://hooks.example.org/services/T0",
                                "MILLRACE_ALERTS_CHANNELS_OPS_MIN_SEVERITY", "warning"),
                        300))
                .withConverter(Duration.class, 200, io.quarkus.runtime.configuration.DurationConverter::parseDuration)
                .build()
                .getConfigMapping(AlertConfig.class);

        var ops = Objects.requireNonNull(config.channels().get("ops"));
        assertThat(ops.type()).isEqualTo(AlertConfig.Type.SLACK);
        assertThat(ops.url()).contains("https://hooks.example.org/services/T0");
        assertThat(ops.minSeverity()).isEqualTo(Severity.WARNING);
    }

    @Test
    void an_address_that_is_none_is_told_without_being_shown() {
        for (String url : Set.of("ftp://x/secret", "secret", "http://", "http:// /secret", "https:/secret")) {
            assertThatThrownBy(() -> AlertSettings.channels(
                            AlertSettings.config(Map.of("channels.ops.type", "slack", "channels.ops.url", url))))
                    .hasMessage(
                            "millrace.alerts.channels.\"ops\".url is not an address that begins with http:// or https://")
                    .hasNoCause();
        }
        assertThatThrownBy(() -> AlertSettings.channels(AlertSettings.config(Map.of("channels.ops.type", "webhook"))))
                .hasMessage("millrace.alerts.channels.\"ops\".url is missing");
        assertThatThrownBy(() -> AlertSettings.channels(AlertSettings.config(Map.of(
                        "channels.ops.type", "webhook",
                        "channels.ops.url", "http://localhost/",
                        "channels.ops.authorization", "Bearer secret\nX: y"))))
                .hasMessage("millrace.alerts.channels.\"ops\".authorization is no header");
    }
}
