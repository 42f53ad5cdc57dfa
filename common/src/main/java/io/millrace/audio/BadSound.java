package io.millrace.audio;

/** A file that is no sound, or none that can be read. Its message is for whoever has sent it. */
public final class BadSound extends Exception {
    private static final long serialVersionUID = 1L;

    /** In which way it is bad. */
    public enum Fault {
        /** There is nothing in it. */
        EMPTY,
        /** It is something else. */
        NOT_AUDIO,
        /** It contradicts itself, or has an end before it should. */
        CORRUPT,
        /** It is a sound of a kind that is not read here. */
        UNSUPPORTED
    }

    private final Fault fault;

    public BadSound(Fault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
