package io.millrace.batch;

/** Where a batch stands. The function {@code batch_status} of the database says the same of the same counts. */
public enum BatchStatus {
    /** No job has been started. */
    PENDING,
    /** Some job has been started or has ended, and not all have ended. */
    RUNNING,
    /** Every job succeeded. */
    COMPLETED,
    /** Every job failed. */
    FAILED,
    /** Every job was cancelled. */
    CANCELLED,
    /** All have ended, in different ways. */
    MIXED;

    /** Whether nothing more happens to a batch unless somebody asks for it. */
    public boolean finished() {
        return this != PENDING && this != RUNNING;
    }

    /**
     * The status that follows from the counts.
     *
     * @param started whether any job was ever started
     */
    public static BatchStatus of(BatchCounts counts, boolean started) {
        if (counts.active() > 0) {
            return started || counts.active() < counts.total() ? RUNNING : PENDING;
        }
        if (counts.completed() == counts.total()) {
            return COMPLETED;
        }
        if (counts.failed() == counts.total()) {
            return FAILED;
        }
        return counts.cancelled() == counts.total() ? CANCELLED : MIXED;
    }
}
