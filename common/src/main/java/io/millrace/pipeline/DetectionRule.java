package io.millrace.pipeline;

/**
 * How metrics are judged.
 *
 * @param window how many successful executions before it one is compared with, at most
 * @param minSamples fewer values than this say nothing about what is usual
 * @param threshold beyond so many standard deviations from the mean a value is an anomaly
 */
public record DetectionRule(int window, int minSamples, double threshold) {
    public DetectionRule {
        if (minSamples < 2) {
            throw new IllegalArgumentException("min samples must be 2 or more, not " + minSamples);
        }
        if (window < minSamples) {
            throw new IllegalArgumentException(
                    "a window of " + window + " can never hold the " + minSamples + " samples that are asked for");
        }
        if (!(threshold > 0) || Double.isInfinite(threshold)) {
            throw new IllegalArgumentException("a threshold must be greater than 0, not " + threshold);
        }
    }
}
