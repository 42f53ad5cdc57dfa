package io.millrace.cli;

/** Somebody was asked whether something is meant, and it was not. */
final class Declined extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Declined() {
        super("Nothing was done.");
    }
}
