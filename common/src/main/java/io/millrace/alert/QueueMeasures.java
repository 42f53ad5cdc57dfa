package io.millrace.alert;

import java.time.Duration;

/**
 * How a queue stands, as far as alerts go.
 *
 * @param pending jobs that are due and wait
 * @param scheduled jobs that are not due, retries included
 * @param workers workers that receive from it
 * @param oldest how long the job has waited that has waited for longest
 * @param ended jobs that have succeeded or failed in the last while
 * @param failed those of them that have failed
 */
public record QueueMeasures(
        String queue,
        boolean paused,
        long pending,
        long scheduled,
        int workers,
        Duration oldest,
        long ended,
        long failed) {

    /**
     * What is held against the thresholds of a kind: jobs, seconds, a share, or whether at all.
     *
     * @param enoughEnded how many jobs must have ended before the share of failures says anything
     */
    public double value(AlertKind kind, long enoughEnded) {
        return switch (kind) {
            case BACKLOG -> pending;
            case OLDEST_AGE -> pending == 0 ? 0 : oldest.toMillis() / 1000.0;
            case FAILURE_RATIO -> ended == 0 || ended < enoughEnded ? 0 : (double) failed / ended;
            // Somebody who pauses a queue does not expect it to be served.
            case NO_WORKER -> pending > 0 && workers == 0 && !paused ? 1 : 0;
        };
    }
}
