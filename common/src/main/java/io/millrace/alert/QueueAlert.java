package io.millrace.alert;

import io.millrace.alert.AlertMessage.Detail;
import io.millrace.alert.AlertMessage.Event;
import io.millrace.alert.Escalation.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is said of a queue when one of its alerts is raised or cleared. */
public final class QueueAlert {

    /** The headline of all of them. */
    public static final String TITLE = "Millrace Queue Alert";

    private QueueAlert() {}

    /** A change in words, with what was measured. */
    public static AlertMessage message(AlertKind kind, Change change, QueueMeasures measures, Instant now) {
        return switch (change) {
            case Change.Raised(var severity) ->
                message(kind, Event.RAISED, severity, raised(kind, measures), measures, now);
            case Change.Cleared(var peak) -> message(kind, Event.CLEARED, peak, cleared(kind, measures), measures, now);
        };
    }

    private static AlertMessage message(
            AlertKind kind, Event event, Severity severity, String words, QueueMeasures measures, Instant now) {
        return new AlertMessage(
                AlertMessage.QUEUE,
                kind.wireName(),
                event,
                severity,
                measures.queue(),
                TITLE,
                words + (measures.paused() ? "; it is paused" : ""),
                details(kind, measures),
                null,
                now);
    }

    private static String raised(AlertKind kind, QueueMeasures m) {
        return switch (kind) {
            case BACKLOG -> "Queue has " + count(m.pending(), "pending task");
            case OLDEST_AGE -> "The oldest pending task of the queue has waited " + words(m.oldest());
            case FAILURE_RATIO -> failures(m);
            case NO_WORKER ->
                "No worker serves the queue, where " + count(m.pending(), "task") + " wait"
                        + (m.pending() == 1 ? "s" : "");
        };
    }

    private static String cleared(AlertKind kind, QueueMeasures m) {
        return switch (kind) {
            case BACKLOG -> "Queue is down to " + count(m.pending(), "pending task");
            case OLDEST_AGE ->
                m.pending() == 0
                        ? "No task of the queue waits any more"
                        : "The oldest pending task of the queue has waited no longer than " + words(m.oldest());
            case FAILURE_RATIO -> failures(m);
            case NO_WORKER ->
                m.workers() == 0
                        ? "No worker serves the queue, and none is needed"
                        : count(m.workers(), "worker") + " serve" + (m.workers() == 1 ? "s" : "") + " the queue";
        };
    }

    private static String failures(QueueMeasures m) {
        return m.ended() == 0
                ? "No task of the queue has failed lately"
                : String.format(
                        Locale.ROOT,
                        "%d of the %s of the queue that ended lately failed (%d %%)",
                        m.failed(),
                        count(m.ended(), "task"),
                        Math.round(100.0 * m.failed() / m.ended()));
    }

    private static List<Detail> details(AlertKind kind, QueueMeasures m) {
        var details = new ArrayList<>(List.of(
                new Detail("pending", "Messages in queue", m.pending()),
                new Detail("scheduled", "Scheduled tasks", m.scheduled()),
                new Detail("workers_active", "Workers active", m.workers()),
                new Detail("queue", "Queue", m.queue())));
        switch (kind) {
            case BACKLOG, NO_WORKER -> {}
            case OLDEST_AGE ->
                details.add(new Detail(
                        "oldest_age_seconds",
                        "Oldest task has waited (s)",
                        m.oldest().toSeconds()));
            case FAILURE_RATIO -> {
                details.add(new Detail("ended", "Tasks ended lately", m.ended()));
                details.add(new Detail("failed", "Tasks failed lately", m.failed()));
            }
        }
        return details;
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String words(Duration age) {
        long seconds = age.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? age.toMinutes() + " min" : age.toHours() + " h";
    }
}
