package io.millrace.job;

import java.util.Locale;

/**
 * How a piece of work stands in the words of a system that has no use for more: pending, processing, success or failed. It
 * follows from the state of the job that does the work, so the two never disagree.
 */
public enum DomainStatus {
    /** Nobody has begun with it. */
    PENDING,
    /** Somebody has, though it may wait for another try. */
    PROCESSING,
    /** It has come to something. */
    SUCCESS,
    /** It has come to nothing, for good: failed, or revoked. */
    FAILED;

    /** What a state comes to. */
    public static DomainStatus of(JobState state) {
        return switch (state) {
            case SCHEDULED, BLOCKED, PENDING -> PENDING;
            case STARTED, PROGRESS, RETRY -> PROCESSING;
            case SUCCESS -> SUCCESS;
            case FAILURE, REVOKED -> FAILED;
        };
    }

    /** As the wire has it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
