package io.millrace.worker.task;

import org.jspecify.annotations.Nullable;

/** Thrown by a task whose failure another attempt cannot mend: the job fails at once, whatever its retry policy. */
public class PermanentFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String type;

    public PermanentFailure(String message) {
        super(message);
        this.type = null;
    }

    public PermanentFailure(String message, Throwable cause) {
        super(message, cause);
        this.type = null;
    }

    /** @param type what users see as {@code exc_type}, instead of the class's name */
    public PermanentFailure(String type, String message) {
        super(message);
        this.type = type;
    }

    /** What users see as {@code exc_type}. */
    public String type() {
        return type == null ? getClass().getSimpleName() : type;
    }
}
