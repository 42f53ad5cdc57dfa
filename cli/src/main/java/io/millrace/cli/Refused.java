package io.millrace.cli;

/** The API has answered with a problem (RFC 9457), which the message tells. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERRORS = 500;
    private static final int BAD_GATEWAY = 502;
    private static final int GATEWAY_TIMEOUT = 504;

    private final int status;

    Refused(int status, String message) {
        super(message);
        this.status = status;
    }

    /** Whether the one thing that was asked about is the reason; the next may be another matter. */
    boolean isAboutOne() {
        return status != UNAUTHORIZED && status < SERVER_ERRORS;
    }

    /**
     * Whether the same question may be answered in a moment: the API waits for its database, or a proxy before it looks for
     * an API that starts anew.
     */
    boolean isForNow() {
        return status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT;
    }

    /** An unknown task of a submission is a 404 as well, and what it says of the command is the same: it is not there. */
    Exit exit() {
        return status == NOT_FOUND ? Exit.NOT_FOUND : status >= SERVER_ERRORS ? Exit.UNREACHABLE : Exit.REFUSED;
    }
}
