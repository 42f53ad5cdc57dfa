package io.millrace.callback;

/** How the delivery of a callback stands. */
public enum CallbackStatus {
    /** Not tried yet. */
    PENDING,
    /** Tried in vain, and will be tried again. */
    RETRYING,
    /** The receiver has answered with a 2xx. */
    DELIVERED,
    /** Given up: no tries left, refused for good, or revoked. */
    FAILED
}
