package io.millrace.worker.task;

/** What becomes of a submission that is to be unique and finds another job in its place. */
public enum OnConflict {
    /** It is answered with the job that is there. */
    RETURN,
    /** It is refused. */
    REJECT,
    /** It takes the place: a job that waits is revoked, one that runs may finish but is not run again. */
    REPLACE
}
