package io.millrace.local;

/** Something a person can put right: its message is one or more plain sentences, and nobody needs its stack trace. */
public final class LocalFailure extends RuntimeException {

    LocalFailure(String message) {
        super(message);
    }

    LocalFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
