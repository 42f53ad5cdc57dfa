package io.millrace.job;

import java.util.EnumSet;
import java.util.Set;

/** Where a job stands, in Celery's words. {@code docs/job-lifecycle.md} shows which state follows which. */
public enum JobState {
    /** Accepted, not due before its {@code eta}. */
    SCHEDULED,
    /** Accepted, waits for the jobs it depends on. */
    BLOCKED,
    /** Due, waits for a free slot of a worker. */
    PENDING,
    /** Claimed by a worker. */
    STARTED,
    /** How a {@link #STARTED} job that has sent progress is reported; never stored. */
    PROGRESS,
    /** Has failed and will run again at a known time. */
    RETRY,
    /** Ended well. */
    SUCCESS,
    /** Ended badly, for good. */
    FAILURE,
    /** Ended because somebody asked for it, or because it expired. */
    REVOKED;

    private static final Set<JobState> FINISHED = EnumSet.of(SUCCESS, FAILURE, REVOKED);

    /** Whether nothing more happens to a job in this state unless somebody asks for it. */
    public boolean finished() {
        return FINISHED.contains(this);
    }
}
