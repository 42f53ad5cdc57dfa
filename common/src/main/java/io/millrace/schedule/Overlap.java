package io.millrace.schedule;

/** What becomes of a tick whose schedule's previous job has not finished. */
public enum Overlap {
    /** It fires beside it. */
    ALLOW,
    /** It is left out. */
    SKIP,
    /** The previous job is revoked, a running one terminated, and the tick fires. */
    CANCEL_PREVIOUS
}
