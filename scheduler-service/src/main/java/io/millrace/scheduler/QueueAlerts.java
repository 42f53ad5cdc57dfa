package io.millrace.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.millrace.alert.AlertKind;
import io.millrace.alert.AlertMessage;
import io.millrace.alert.Escalation;
import io.millrace.alert.Ladder;
import io.millrace.alert.QueueAlert;
import io.millrace.alert.QueueMeasures;
import io.millrace.alert.QueueRules;
import io.millrace.alert.Severity;
import io.millrace.queue.QueueStatus;
import io.millrace.scheduler.alert.AlertConfig;
import io.millrace.scheduler.alert.AlertRules;
import io.millrace.store.AlertStore;
import io.millrace.store.AlertStore.Standing;
import io.millrace.store.CountStore;
import io.millrace.store.CountStore.Ended;
import io.millrace.store.QueueStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks how the queues stand and raises or clears their alerts. Every scheduler looks; the version of an alert's row lets
 * one of them make a change and tell it. All that is read are counters, never the jobs themselves.
 */
@Singleton
class QueueAlerts implements Duty {

    private final QueueStore queues;
    private final CountStore counts;
    private final OldestWaiting oldest;
    private final AlertStore alerts;
    private final AlertRules rules;
    private final Duration interval;
    private final Clock clock;
    private final MultiGauge levels;
    private final MultiGauge ages;
    private final MultiGauge depths;
    private final MultiGauge workers;

    QueueAlerts(
            QueueStore queues,
            CountStore counts,
            OldestWaiting oldest,
            AlertStore alerts,
            AlertRules rules,
            AlertConfig config,
            Clock clock,
            MeterRegistry metrics) {
        this.queues = queues;
        this.counts = counts;
        this.oldest = oldest;
        this.alerts = alerts;
        this.rules = rules;
        this.interval = config.interval();
        this.clock = clock;
        this.levels = MultiGauge.builder("millrace.queue.alert.level")
                .description("How badly off a queue is: 0 not at all, 1 INFO, 2 WARNING, 3 CRITICAL")
                .register(metrics);
        this.ages = MultiGauge.builder("millrace.queue.oldest.age")
                .description("How long the oldest waiting job of a queue has waited")
                .baseUnit("seconds")
                .register(metrics);
        this.depths = MultiGauge.builder("millrace.queue.depth")
                .description("Jobs of a queue that are due and wait for a worker")
                .register(metrics);
        this.workers = MultiGauge.builder("millrace.queue.workers")
                .description("Workers that receive from a queue")
                .register(metrics);
    }

    private record Key(String queue, AlertKind kind) {}

    @Override
    public Done runOnce() {
        List<QueueMeasures> measured = measure();
        Map<Key, Standing> standing = alerts.standing().stream()
                .collect(Collectors.toMap(each -> new Key(each.queue(), each.kind()), Function.identity()));
        Instant now = clock.instant();
        long changes = 0;
        Instant next = now.plus(interval);
        var byQueue = new ArrayList<Row<?>>();
        for (QueueMeasures queue : measured) {
            QueueRules its = rules.of(queue.queue());
            int level = 0;
            for (AlertKind kind : AlertKind.values()) {
                Ladder ladder = its.ladder(kind);
                Standing before =
                        standing.getOrDefault(new Key(queue.queue(), kind), Standing.calm(queue.queue(), kind));
                Escalation.Step step =
                        Escalation.decide(before.state(), queue.value(kind, its.enoughEnded()), ladder, now);
                if (!step.after().equals(before.state()) && write(before, step, queue, now)) {
                    changes++;
                }
                level = Math.max(level, number(step.after().level()));
                next = Stream.concat(Stream.of(next), ladder.nextTurn(step.after()).stream())
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
            }
            byQueue.add(Row.of(Tags.of("queue", queue.queue()), level));
        }
        levels.register(byQueue, true);
        show(ages, measured, queue -> queue.oldest().toMillis() / 1000.0);
        show(depths, measured, QueueMeasures::pending);
        show(workers, measured, QueueMeasures::workers);
        return new Done(changes, Duration.between(now, next));
    }

    private static void show(MultiGauge gauge, List<QueueMeasures> measured, Function<QueueMeasures, Number> value) {
        gauge.register(
                measured.stream()
                        .<Row<?>>map(queue -> Row.of(Tags.of("queue", queue.queue()), value.apply(queue)))
                        .toList(),
                true);
    }

    private List<QueueMeasures> measure() {
        Map<String, Ended> ended =
                counts.ended(rules.window()).stream().collect(Collectors.toMap(Ended::queue, Function.identity()));
        Map<String, Duration> waited = oldest.ages();
        return queues.status().stream()
                .map(queue -> measures(
                        queue,
                        waited.getOrDefault(queue.name(), Duration.ZERO),
                        ended.getOrDefault(queue.name(), new Ended(queue.name(), 0, 0))))
                .toList();
    }

    private static QueueMeasures measures(QueueStatus queue, Duration waited, Ended ended) {
        return new QueueMeasures(
                queue.name(),
                queue.paused(),
                queue.depth(),
                queue.scheduled(),
                queue.workers(),
                // The sweep saw it a moment ago; the counters know already that it has gone.
                queue.depth() == 0 ? Duration.ZERO : waited,
                ended.ended(),
                ended.failed());
    }

    /** @return false if another scheduler has changed it first: what it has written is looked at the next time */
    private boolean write(Standing before, Escalation.Step step, QueueMeasures queue, Instant now) {
        AlertMessage message = step.change()
                .map(change -> QueueAlert.message(before.kind(), change, queue, now))
                .orElse(null);
        return alerts.change(before, step.after(), message);
    }

    private static int number(@Nullable Severity level) {
        return switch (level) {
            case null -> 0;
            case INFO -> 1;
            case WARNING -> 2;
            case CRITICAL -> 3;
        };
    }
}
