package io.millrace.worker.task;

/**
 * Thrown by a task that wants to say itself what kind of failure this is: {@code type} is what users see as
 * {@code exc_type}, and what they count and alert by. Retried like any other exception.
 */
public class TaskFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;

    public TaskFailure(String type, String message) {
        super(message);
        this.type = type;
    }

    public TaskFailure(String type, String message, Throwable cause) {
        super(message, cause);
        this.type = type;
    }

    /** What users see as {@code exc_type}. */
    public String type() {
        return type;
    }
}
