package io.millrace.pack.pipeline;

import io.millrace.worker.task.FailureCode;
import io.millrace.worker.task.PermanentFailure;

/** What was asked for makes no sense, and will make none when it is asked again. */
final class ValidationError extends PermanentFailure implements FailureCode {
    private static final long serialVersionUID = 1L;

    ValidationError(String message) {
        super(message);
    }

    @Override
    public String errorCode() {
        return FailureClass.VALIDATION_ERROR.code();
    }
}
