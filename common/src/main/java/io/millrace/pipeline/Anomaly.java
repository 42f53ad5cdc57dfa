package io.millrace.pipeline;

import java.time.Instant;

/**
 * A metric of an execution that is far from what it was before.
 *
 * @param samples how many values it was compared with
 */
public record Anomaly(
        long pipelineId, long executionId, String metric, ZScore score, int samples, Instant detectedAt) {}
