package io.millrace.worker.child;

import java.io.IOException;

/** A message beyond the bound; nothing of it was sent. */
public final class MessageTooLong extends IOException {
    private static final long serialVersionUID = 1L;

    MessageTooLong(int length, int limit) {
        super("a message of " + length + " bytes is longer than millrace.worker.isolation.max-message, which is "
                + limit);
    }
}
