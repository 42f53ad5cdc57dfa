package io.millrace.job;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * The one place that decides what a job becomes after a run: asked by the worker that ran it and by the scheduler's
 * rescuer alike. A pure function of what is known and the time.
 */
public final class Settlement {

    /** So many workers lost with one job make it the suspect: it fails with {@code WorkerLost} and is kept. */
    public static final int LOSSES_ALLOWED = 3;

    private Settlement() {}

    /**
     * Decides what the job becomes.
     *
     * @param policy the task's policy; the job's own {@code maxRetries} and {@code retryDelay} go before it
     * @param random where jitter comes from
     */
    public static Transition settle(
            Claim claim, Outcome outcome, RetryPolicy policy, Instant now, RandomGenerator random) {
        return switch (outcome) {
            case Outcome.Succeeded(var result) -> new Transition.Succeed(result);
            case Outcome.Failed failed ->
                afterFailure(claim, failed, policy.with(claim.maxRetries(), claim.retryDelay()), now, random);
            case Outcome.Snoozed(var until) -> new Transition.Snooze(until);
            case Outcome.Released(var reason, var begun) ->
                begun && !policy.afterLoss()
                        ? new Transition.Fail(JobError.notRunAgain(reason), true)
                        : new Transition.Release(reason);
            case Outcome.WorkerLost(var workerId) -> afterLoss(claim, JobError.workerLost(workerId), policy);
            case Outcome.ChildLost(var how) -> afterLoss(claim, JobError.childLost(how), policy);
        };
    }

    private static Transition afterFailure(
            Claim claim, Outcome.Failed failed, RetryPolicy policy, Instant now, RandomGenerator random) {
        if (!failed.retryable() || !policy.allowsAfter(claim.failures())) {
            return new Transition.Fail(failed.error(), false);
        }
        Instant dueAt = now.plus(policy.waitAfter(claim.failures(), random));
        Instant asked = failed.notBefore();
        if (asked != null && asked.isAfter(dueAt)) {
            dueAt = asked;
        }
        return new Transition.Retry(
                failed.error(), dueAt, Duration.between(now, dueAt).toMillis() / 1000.0);
    }

    private static Transition afterLoss(Claim claim, JobError error, RetryPolicy policy) {
        return !policy.afterLoss() || claim.losses() + 1 >= LOSSES_ALLOWED
                ? new Transition.Fail(error, true)
                : new Transition.Rescue(error);
    }
}
