package io.millrace.pack.pipeline;

import io.millrace.worker.task.FailureCode;
import io.millrace.worker.task.TaskFailure;
import java.util.concurrent.Callable;

/** A failure of a known kind, which is retried. */
final class ClassifiedFailure extends TaskFailure implements FailureCode {
    private static final long serialVersionUID = 1L;

    private final FailureClass kind;

    private ClassifiedFailure(FailureClass kind, Throwable cause) {
        super(kind.type(), cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage());
        this.kind = kind;
        initCause(cause);
    }

    @Override
    public String errorCode() {
        return kind.code();
    }

    /** Does a task's work, and lets out what goes wrong as a failure of its kind. */
    static <T> T classified(Callable<T> work) throws Exception {
        try {
            return work.call();
        } catch (Exception | OutOfMemoryError thrown) {
            var kind = FailureClass.of(thrown);
            if (kind.isPresent()) {
                throw new ClassifiedFailure(kind.get(), thrown);
            }
            throw thrown;
        }
    }
}
