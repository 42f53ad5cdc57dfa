package io.millrace.workflow;

/** Where a workflow job stands, apart from the states of the jobs that carry out its steps. */
public enum WorkflowStatus {
    /** Accepted here, and not known to have begun at the remote side. */
    PENDING,
    /** The remote side has taken it and given it a workflow id. */
    SUBMITTED,
    /** The remote side is at it. */
    RUNNING,
    COMPLETED,
    FAILED,
    CANCELLED;

    /** Whether it stays so unless somebody has it submitted again. */
    public boolean terminal() {
        return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
}
