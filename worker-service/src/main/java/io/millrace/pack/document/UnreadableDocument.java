package io.millrace.pack.document;

import io.millrace.worker.task.PermanentFailure;

/** A document is not what it is said to be, or cannot be read by anybody. Another attempt would find the same. */
final class UnreadableDocument extends PermanentFailure {
    private static final long serialVersionUID = 1L;

    UnreadableDocument(String message) {
        super(message);
    }
}
