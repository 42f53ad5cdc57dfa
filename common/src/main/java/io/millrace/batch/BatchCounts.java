package io.millrace.batch;

/**
 * How many jobs of a batch have ended, and how.
 *
 * @param cancelled revoked on request, expired, or cancelled because a parent had failed
 */
public record BatchCounts(int total, int completed, int failed, int cancelled) {

    /** How many have not ended. */
    public int active() {
        return total - completed - failed - cancelled;
    }
}
