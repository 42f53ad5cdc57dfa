package io.millrace.worker.child;

/** A child's process has ended, or said something that makes no sense and was killed. */
public final class ChildGone extends Exception {
    private static final long serialVersionUID = 1L;

    ChildGone(String how) {
        super(how);
    }

    /** How it ended, such as {@code exit status 1}. */
    public String how() {
        return String.valueOf(getMessage());
    }
}
