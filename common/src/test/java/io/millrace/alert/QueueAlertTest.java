package io.millrace.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.alert.AlertMessage.Detail;
import io.millrace.alert.Escalation.Change.Cleared;
import io.millrace.alert.Escalation.Change.Raised;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueAlertTest {

    private static final Instant THEN = Instant.parse("2025-09-28T06:04:26Z");
    /** The example of the second of the five systems. */
    private static final QueueMeasures CELERY =
            new QueueMeasures("celery", false, 2367, 0, 2, Duration.ofMinutes(20), 40, 12);

    private static String raised(AlertKind kind, QueueMeasures measures) {
        return QueueAlert.message(kind, new Raised(Severity.WARNING), measures, THEN)
                .message();
    }

    private static String cleared(AlertKind kind, QueueMeasures measures) {
        return QueueAlert.message(kind, new Cleared(Severity.WARNING), measures, THEN)
                .message();
    }

    @Test
    void the_example_is_told_as_it_is_asked_for() {
        var message = QueueAlert.message(AlertKind.BACKLOG, new Raised(Severity.CRITICAL), CELERY, THEN);

        assertThat(message.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(message.event()).isEqualTo(AlertMessage.Event.RAISED);
        assertThat(message.at()).isEqualTo(THEN);
        assertThat(message.message()).isEqualTo("Queue has 2367 pending tasks");
        assertThat(message.subject()).isEqualTo("celery");
        assertThat(message.details())
                .containsExactly(
                        new Detail("pending", "Messages in queue", 2367L),
                        new Detail("scheduled", "Scheduled tasks", 0L),
                        new Detail("workers_active", "Workers active", 2),
                        new Detail("queue", "Queue", "celery"));
    }

    @Test
    void each_kind_says_what_is_wrong() {
        assertThat(raised(AlertKind.OLDEST_AGE, CELERY))
                .isEqualTo("The oldest pending task of the queue has waited 20 min");
        assertThat(raised(AlertKind.FAILURE_RATIO, CELERY))
                .isEqualTo("12 of the 40 tasks of the queue that ended lately failed (30 %)");
        assertThat(raised(
                        AlertKind.NO_WORKER, new QueueMeasures("celery", false, 1, 0, 0, Duration.ofSeconds(40), 0, 0)))
                .isEqualTo("No worker serves the queue, where 1 task waits");
        assertThat(raised(AlertKind.BACKLOG, new QueueMeasures("celery", true, 30, 0, 0, Duration.ofSeconds(40), 0, 0)))
                .isEqualTo("Queue has 30 pending tasks; it is paused");
    }

    @Test
    void and_what_there_is_when_it_is_over() {
        var calm = new QueueMeasures("celery", false, 0, 0, 1, Duration.ZERO, 0, 0);

        assertThat(cleared(AlertKind.BACKLOG, calm)).isEqualTo("Queue is down to 0 pending tasks");
        assertThat(cleared(AlertKind.OLDEST_AGE, calm)).isEqualTo("No task of the queue waits any more");
        assertThat(cleared(AlertKind.FAILURE_RATIO, calm)).isEqualTo("No task of the queue has failed lately");
        assertThat(cleared(AlertKind.NO_WORKER, calm)).isEqualTo("1 worker serves the queue");
    }

    @Test
    void the_share_of_failures_says_nothing_before_enough_have_ended() {
        assertThat(CELERY.value(AlertKind.FAILURE_RATIO, 41)).isZero();
        assertThat(CELERY.value(AlertKind.FAILURE_RATIO, 40)).isEqualTo(0.3);
        assertThat(new QueueMeasures("q", false, 0, 0, 0, Duration.ZERO, 0, 0).value(AlertKind.FAILURE_RATIO, 0))
                .isZero();
    }

    @Test
    void a_queue_needs_a_worker_only_while_jobs_wait_and_it_is_not_paused() {
        for (var each : List.of(
                new Need(1, 0, false, 1),
                new Need(1, 1, false, 0),
                new Need(0, 0, false, 0),
                new Need(1, 0, true, 0))) {
            var measures =
                    new QueueMeasures("q", each.paused(), each.pending(), 0, each.workers(), Duration.ZERO, 0, 0);

            assertThat(measures.value(AlertKind.NO_WORKER, 0)).as("%s", each).isEqualTo(each.expected());
        }
    }

    private record Need(long pending, int workers, boolean paused, double expected) {}

    @Test
    void whatever_is_told_is_one_line_of_a_bounded_size() {
        var message = AlertMessage.happened(
                "pipeline",
                "anomaly",
                Severity.INFO,
                "p\u0000\n1",
                "t".repeat(5_000),
                "😀".repeat(5_000),
                List.of(new Detail("a", "A", "x\r\ny"), new Detail("b", "B", "z".repeat(5_000))),
                THEN);

        assertThat(message.subject()).isEqualTo("p 1");
        assertThat(message.title()).hasSize(200).endsWith("…");
        assertThat(message.message()).hasSizeLessThanOrEqualTo(2_000).endsWith("😀…");
        assertThat(message.details().getFirst().value()).isEqualTo("x y");
        assertThat(message.details().getLast().value().toString()).hasSize(200);
    }
}
