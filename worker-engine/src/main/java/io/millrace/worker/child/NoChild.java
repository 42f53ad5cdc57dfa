package io.millrace.worker.child;

/** There is no child to be had: none starts, or the worker shuts down. */
public final class NoChild extends Exception {
    private static final long serialVersionUID = 1L;

    NoChild(String why) {
        super(why);
    }
}
