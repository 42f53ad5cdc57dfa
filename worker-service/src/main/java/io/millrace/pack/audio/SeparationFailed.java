package io.millrace.pack.audio;

/** A sound cannot be taken apart, and another attempt would not be able to either. */
final class SeparationFailed extends Exception {
    private static final long serialVersionUID = 1L;

    SeparationFailed(String message) {
        super(message);
    }
}
