package io.millrace.pipeline;

import io.millrace.pipeline.Alarm.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** How what was found is put into words. */
public final class Alarms {

    /** From so many thresholds on, an anomaly is no longer a matter for tomorrow. */
    private static final double CRITICAL_TIMES = 2;

    private Alarms() {}

    /**
     * Anomalies of one execution.
     *
     * @param found at least one
     */
    public static Alarm anomalies(String pipeline, List<Anomaly> found, double threshold) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("pipeline", pipeline);
        facts.put("execution", Long.toString(found.getFirst().executionId()));
        boolean critical = false;
        for (Anomaly anomaly : found) {
            ZScore score = anomaly.score();
            critical |= Math.abs(score.z()) > CRITICAL_TIMES * threshold;
            facts.put(
                    anomaly.metric(),
                    String.format(
                            Locale.ROOT,
                            "%s, mean %s, standard deviation %s, z %s",
                            number(score.value()),
                            number(score.mean()),
                            number(score.standardDeviation()),
                            Double.isInfinite(score.z())
                                    ? "infinite"
                                    : String.format(Locale.ROOT, "%+.2f", score.z())));
        }
        return new Alarm(
                critical ? Severity.CRITICAL : Severity.WARNING,
                "Pipeline anomaly",
                "Pipeline " + pipeline + " has " + found.size() + " unusual "
                        + (found.size() == 1 ? "metric" : "metrics") + " in execution "
                        + found.getFirst().executionId(),
                facts);
    }

    /** Data that have become older than expected. */
    public static Alarm stale(Pipeline pipeline, Freshness freshness, Duration expected) {
        String name = pipeline.settings().name();
        Freshness.Change last = freshness.last();
        var facts = new LinkedHashMap<String, String>();
        facts.put("pipeline", name);
        facts.put("last change", last == null ? "none" : last.wireName() + " at " + freshness.lastAt());
        facts.put("age", freshness.age().toSeconds() + " s");
        facts.put("expected", expected.toSeconds() + " s at most");
        return new Alarm(
                Severity.WARNING, "Pipeline data are stale", "The data of pipeline " + name + " are stale", facts);
    }

    /** An execution that takes, or has taken, longer than it may. */
    public static Alarm late(String pipeline, PipelineExecution execution, Timeliness timeliness, Duration expected) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("pipeline", pipeline);
        facts.put("execution", Long.toString(execution.id()));
        facts.put("took", timeliness.took().toSeconds() + " s");
        facts.put("expected", expected.toSeconds() + " s at most");
        boolean runs = timeliness.verdict() == Timeliness.Verdict.OVERDUE;
        return new Alarm(
                Severity.WARNING,
                "Pipeline execution is late",
                "Execution " + execution.id() + " of pipeline " + pipeline
                        + (runs ? " runs for longer than it may" : " took longer than it may"),
                facts);
    }

    /** An execution that has failed. */
    public static Alarm failed(String pipeline, PipelineExecution execution, Instant at) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("pipeline", pipeline);
        facts.put("execution", Long.toString(execution.id()));
        facts.put("failed at", at.toString());
        facts.put("error", execution.error() == null ? "none given" : execution.error());
        return new Alarm(
                Severity.CRITICAL,
                "Pipeline execution failed",
                "Execution " + execution.id() + " of pipeline " + pipeline + " has failed",
                facts);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.4g", value);
    }
}
