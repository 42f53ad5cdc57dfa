package io.millrace.pipeline;

import io.millrace.alert.Severity;
import java.util.SequencedMap;

/**
 * Something about a pipeline that a person should hear of.
 *
 * @param kind what it is about: {@code anomaly}, {@code freshness}, {@code timeliness} or {@code failure}
 * @param pipeline the name of the pipeline
 * @param facts what a message lists below its text, by name
 */
public record Alarm(
        String kind,
        Severity severity,
        String pipeline,
        String title,
        String message,
        SequencedMap<String, String> facts) {}
