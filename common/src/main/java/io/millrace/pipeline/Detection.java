package io.millrace.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Judges an execution's metrics by those of the executions before it. */
public final class Detection {

    private Detection() {}

    /** What is said of a metric. */
    public sealed interface Finding {
        /** It is as far from the others as others were. */
        record Usual(String metric, ZScore score, int samples) implements Finding {}

        /** It is not. */
        record Unusual(String metric, ZScore score, int samples) implements Finding {}

        /** There is too little to compare it with. */
        record TooFewSamples(String metric, int samples) implements Finding {}

        /** What it is called. */
        String metric();
    }

    /**
     * Judges every metric by itself, in the order of their names.
     *
     * @param history metrics of the executions before it; one that lacks a metric is no sample of it
     */
    public static List<Finding> judge(
            Map<String, Double> metrics, Collection<Map<String, Double>> history, DetectionRule rule) {
        var findings = new ArrayList<Finding>(metrics.size());
        new TreeMap<>(metrics).forEach((metric, value) -> {
            double[] sample = history.stream()
                    .filter(earlier -> earlier.containsKey(metric))
                    .mapToDouble(earlier -> earlier.getOrDefault(metric, 0.0))
                    .toArray();
            findings.add(judge(metric, value, sample, rule));
        });
        return findings;
    }

    private static Finding judge(String metric, double value, double[] sample, DetectionRule rule) {
        if (sample.length < rule.minSamples()) {
            return new Finding.TooFewSamples(metric, sample.length);
        }
        ZScore score = ZScore.of(value, sample);
        return Math.abs(score.z()) > rule.threshold()
                ? new Finding.Unusual(metric, score, sample.length)
                : new Finding.Usual(metric, score, sample.length);
    }
}
