package io.millrace.pipeline;

import java.util.SequencedMap;

/**
 * Something about a pipeline that a person should hear of.
 *
 * @param facts what a message lists below its text, by name
 */
public record Alarm(Severity severity, String title, String message, SequencedMap<String, String> facts) {

    /** How much it matters. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }
}
