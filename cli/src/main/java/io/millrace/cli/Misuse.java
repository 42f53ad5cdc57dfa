package io.millrace.cli;

/** The command line is wrong in a way that picocli does not see; the message says how. */
final class Misuse extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Misuse(String message) {
        super(message);
    }
}
