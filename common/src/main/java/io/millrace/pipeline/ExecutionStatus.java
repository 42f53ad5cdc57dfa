package io.millrace.pipeline;

import java.util.Locale;

/** How an execution of a pipeline stands, as whoever runs it says. */
public enum ExecutionStatus {
    RUNNING,
    SUCCESS,
    FAILED;

    /** As the wire and rows have it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status of a name on the wire. @throws IllegalArgumentException if it is none */
    public static ExecutionStatus of(String wireName) {
        for (ExecutionStatus status : values()) {
            if (status.wireName().equals(wireName)) {
                return status;
            }
        }
        throw new IllegalArgumentException("there is no status '" + wireName + "'");
    }
}
