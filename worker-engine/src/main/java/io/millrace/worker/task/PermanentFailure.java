package io.millrace.worker.task;

/** Thrown by a task whose failure another attempt cannot mend: the job fails at once, whatever its retry policy. */
public class PermanentFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PermanentFailure(String message) {
        super(message);
    }

    public PermanentFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
