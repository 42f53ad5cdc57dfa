package io.millrace.cli;

/** What was found could not be said: the reader of the output has gone, or its disk is full. */
final class Unwritten extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Unwritten() {
        super("The output cannot be written any more.");
    }
}
