package io.millrace.worker.task;

/**
 * The run has gone on for longer than its soft time limit. Its thread has been interrupted; {@link TaskContext#checkpoint}
 * throws this. A task may catch it, clean up, and return or throw; it is not told again before its hard time limit ends it.
 */
public class SoftTimeLimitExceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SoftTimeLimitExceeded(String message) {
        super(message);
    }
}
