package io.millrace.store;

/** PostgreSQL did not answer in time or not at all. What was asked may or may not have happened; asking again is safe. */
public final class StoreUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
