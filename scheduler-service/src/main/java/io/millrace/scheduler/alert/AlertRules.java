package io.millrace.scheduler.alert;

import io.millrace.alert.AlertKind;
import io.millrace.alert.Ladder;
import io.millrace.alert.QueueRules;
import io.millrace.alert.Severity;
import io.millrace.dispatch.Queues;
import io.millrace.scheduler.alert.AlertConfig.Own;
import io.millrace.scheduler.alert.AlertConfig.OwnBacklog;
import io.millrace.scheduler.alert.AlertConfig.OwnFailureRatio;
import io.millrace.scheduler.alert.AlertConfig.OwnNoWorker;
import io.millrace.scheduler.alert.AlertConfig.OwnOldestAge;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
        return switch (kind) {
            case BACKLOG -> {
                var its = Optional.ofNullable(own).map(Own::backlog);
                var of = all.backlog();
                yield steps(
                        (double) its.map(OwnBacklog::info)
                                .orElse(OptionalLong.empty())
                                .orElse(of.info()),
                        (double) its.map(OwnBacklog::warning)
                                .orElse(OptionalLong.empty())
                                .orElse(of.warning()),
                        (double) its.map(OwnBacklog::critical)
                                .orElse(OptionalLong.empty())
                                .orElse(of.critical()));
            }
            case OLDEST_AGE -> {
                var its = Optional.ofNullable(own).map(Own::oldestAge);
                var of = all.oldestAge();
                yield steps(
                        seconds(its.flatMap(OwnOldestAge::info).orElse(of.info())),
                        seconds(its.flatMap(OwnOldestAge::warning).orElse(of.warning())),
                        seconds(its.flatMap(OwnOldestAge::critical).orElse(of.critical())));
            }
            case FAILURE_RATIO -> {
                var its = Optional.ofNullable(own).map(Own::failureRatio);
                var of = all.failureRatio();
                yield steps(
                        its.map(OwnFailureRatio::info)
                                .orElse(OptionalDouble.empty())
                                .orElse(of.info()),
                        its.map(OwnFailureRatio::warning)
                                .orElse(OptionalDouble.empty())
                                .orElse(of.warning()),
                        its.map(OwnFailureRatio::critical)
                                .orElse(OptionalDouble.empty())
                                .orElse(of.critical()));
            }
            case NO_WORKER -> {
                var its = Optional.ofNullable(own).map(Own::noWorker);
                var of = all.noWorker();
                yield its.flatMap(OwnNoWorker::enabled).orElse(of.enabled())
                        ? Map.of(its.flatMap(OwnNoWorker::severity).orElse(of.severity()), 1.0)
                        : Map.of();
            }
        };
    }

    /** What is 0 is never reached. */
    private static Map<Severity, Double> steps(double info, double warning, double critical) {
        var steps = new EnumMap<>(Map.of(Severity.INFO, info, Severity.WARNING, warning, Severity.CRITICAL, critical));
        steps.values().removeIf(threshold -> threshold == 0);
        return steps;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
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
