package io.millrace.worker.task;

/**
 * Of an exception that says which kind of failure it is: its code is kept as {@code error_code} of the attempt, in place
 * of {@code task_failed}. Whether it is retried is decided as for any other.
 */
public interface FailureCode {

    /** A stable word in lower case, such as {@code database_constraint}. */
    String errorCode();
}
