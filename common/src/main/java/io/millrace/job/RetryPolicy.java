package io.millrace.job;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a failed job waits before it runs again: exponential backoff with full jitter, after Marc Brooker's
 * "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
 *
 * @param maxRetries how many failures are followed by another attempt; 0 means that the first failure is the last
 * @param delay the wait after the first failure, before jitter
 * @param factor what each further failure multiplies the wait by, at least 1
 * @param cap the longest wait, before jitter
 * @param jitter whether the wait is drawn evenly from zero to the computed one, so that a thousand jobs that failed
 *     together do not come back together
 * @param afterLoss whether a run that was lost with its worker, or was ended because its worker leaves, is followed by
 *     another; false makes it at most once, Celery's {@code acks_late=False}. Failures of the task itself are not
 *     meant: those are counted by {@code maxRetries}.
 */
public record RetryPolicy(
        int maxRetries, Duration delay, double factor, Duration cap, boolean jitter, boolean afterLoss) {

    /** Three tries more, from one second up to ten minutes: what a task gets that says nothing. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(600), true);

    /** A policy for runs that are followed by another if they are lost. */
    public RetryPolicy(int maxRetries, Duration delay, double factor, Duration cap, boolean jitter) {
        this(maxRetries, delay, factor, cap, jitter, true);
    }

    public RetryPolicy {
        if (maxRetries < 0) {
            throw new IllegalArgumentException("max_retries must not be negative, but is " + maxRetries);
        }
        if (delay.isNegative() || cap.isNegative()) {
            throw new IllegalArgumentException("retry delay and cap must not be negative");
        }
        if (!(factor >= 1)) {
            throw new IllegalArgumentException("retry factor must be at least 1, but is " + factor);
        }
    }

    /** The same policy with a job's own bounds. */
    public RetryPolicy with(int ownMaxRetries, Duration ownDelay) {
        return new RetryPolicy(ownMaxRetries, ownDelay, factor, cap, jitter, afterLoss);
    }

    /** Whether a job that has failed this often before may run again after one more failure. */
    public boolean allowsAfter(int failuresBefore) {
        return failuresBefore < maxRetries;
    }

    /**
     * The wait that follows a failure.
     *
     * @param failuresBefore how often the job had failed before this failure
     */
    public Duration waitAfter(int failuresBefore, RandomGenerator random) {
        double capped = Math.min((double) cap.toMillis(), delay.toMillis() * Math.pow(factor, failuresBefore));
        return Duration.ofMillis((long) (jitter ? random.nextDouble() * capped : capped));
    }
}
