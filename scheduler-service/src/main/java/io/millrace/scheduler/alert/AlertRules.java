package io.millrace.scheduler.alert;

import io.millrace.alert.AlertKind;
import io.millrace.alert.Ladder;
import io.millrace.alert.QueueRules;
import io.millrace.alert.Severity;
import io.millrace.dispatch.Queues;
import io.millrace.scheduler.alert.AlertConfig.Own;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** From where on each queue is how badly off, read once, so that what is wrong is told when a scheduler starts. */
@Singleton
public class AlertRules {

    private static final QueueRules NONE = new QueueRules(Map.of(), 0);

    private final QueueRules forAll;
    private final Map<String, QueueRules> own = new HashMap<>();
    private final Duration window;

    @Inject
    AlertRules(AlertConfig config, Queues queues) {
        this(config, queues.names());
    }

    /** @throws IllegalArgumentException with the key and what is wrong with it */
    AlertRules(AlertConfig config, Set<String> queues) {
        forAll = config.enabled() ? read("millrace.alerts", config, null) : NONE;
        window = config.failureRatio().window();
        config.queues().forEach((queue, values) -> {
            String place = "millrace.alerts.queues.\"" + queue + "\"";
            if (!queues.contains(queue)) {
                throw new IllegalArgumentException(place + ": there is no queue '" + queue + "' in millrace.queues");
            }
            own.put(queue, config.enabled() && values.enabled() ? read(place, config, values) : NONE);
        });
    }

    /** What holds for a queue. */
    public QueueRules of(String queue) {
        return own.getOrDefault(queue, forAll);
    }

    /** Over which last while the share of failures is measured. */
    public Duration window() {
        return window;
    }

    private static QueueRules read(String place, AlertConfig all, @Nullable Own own) {
        var ladders = new EnumMap<AlertKind, Ladder>(AlertKind.class);
        for (AlertKind kind : AlertKind.values()) {
            ladders.put(
                    kind,
                    checked(
                            place + "." + kind.wireName().replace('_', '-'),
                            () -> new Ladder(
                                    thresholds(kind, all, own),
                                    all.clearShare(),
                                    raiseAfter(kind, all, own),
                                    all.clearAfter())));
        }
        long minEnded = all.failureRatio().minEnded();
        return new QueueRules(
                ladders, own == null ? minEnded : own.failureRatio().minEnded().orElse(minEnded));
    }

    private static Ladder checked(String place, Supplier<Ladder> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private static Map<Severity, Double> thresholds(AlertKind kind, AlertConfig all, @Nullable Own own) {
        var thresholds = new EnumMap<Severity, Double>(Severity.class);
        if (kind == AlertKind.NO_WORKER) {
            var noWorker = Optional.ofNullable(own).map(Own::noWorker);
            if (noWorker.flatMap(AlertConfig.OwnNoWorker::enabled)
                    .orElse(all.noWorker().enabled())) {
                thresholds.put(
                        noWorker.flatMap(AlertConfig.OwnNoWorker::severity)
                                .orElse(all.noWorker().severity()),
                        1.0);
            }
            return thresholds;
        }
        for (Severity severity : Severity.values()) {
            double threshold = threshold(kind, severity, all, own);
            if (threshold != 0) {
                thresholds.put(severity, threshold);
            }
        }
        return thresholds;
    }

    private static double threshold(AlertKind kind, Severity severity, AlertConfig all, @Nullable Own own) {
        return switch (kind) {
            case BACKLOG -> {
                var of = all.backlog();
                long value = switch (severity) {
                    case INFO -> own == null ? of.info() : own.backlog().info().orElse(of.info());
                    case WARNING -> own == null ? of.warning() : own.backlog().warning().orElse(of.warning());
                    case CRITICAL -> own == null ? of.critical() : own.backlog().critical().orElse(of.critical());
                };
                yield value;
            }
            case OLDEST_AGE -> {
                var of = all.oldestAge();
                Duration value = switch (severity) {
                    case INFO -> own == null ? of.info() : own.oldestAge().info().orElse(of.info());
                    case WARNING -> own == null ? of.warning() : own.oldestAge().warning().orElse(of.warning());
                    case CRITICAL -> own == null ? of.critical() : own.oldestAge().critical().orElse(of.critical());
                };
                yield value.toMillis() / 1000.0;
            }
            case FAILURE_RATIO -> {
                var of = all.failureRatio();
                yield switch (severity) {
                    case INFO -> own == null ? of.info() : own.failureRatio().info().orElse(of.info());
                    case WARNING -> own == null ? of.warning() : own.failureRatio().warning().orElse(of.warning());
                    case CRITICAL -> own == null ? of.critical() : own.failureRatio().critical().orElse(of.critical());
                };
            }
            case NO_WORKER -> 0;
        };
    }

    private static Duration raiseAfter(AlertKind kind, AlertConfig all, @Nullable Own own) {
        return switch (kind) {
            case BACKLOG, OLDEST_AGE, FAILURE_RATIO -> all.raiseAfter();
            case NO_WORKER ->
                own == null
                        ? all.noWorker().after()
                        : own.noWorker().after().orElse(all.noWorker().after());
        };
    }
}
