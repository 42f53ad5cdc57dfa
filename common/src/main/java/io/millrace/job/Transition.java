package io.millrace.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a claimed job becomes. {@code JobStore.record} turns each into a row, fenced by the claim. */
public sealed interface Transition {

    /**
     * → SUCCESS.
     *
     * @param result JSON text, null for none
     */
    record Succeed(@Nullable String result) implements Transition {}

    /** → RETRY until {@code dueAt}; counts as a failure. */
    record Retry(JobError error, Instant dueAt, double delaySeconds) implements Transition {}

    /**
     * → FAILURE.
     *
     * @param lost whether the last straw was a lost worker and not the task itself
     */
    record Fail(JobError error, boolean lost) implements Transition {}

    /** → SCHEDULED until {@code dueAt}; the attempt is given back. */
    record Snooze(Instant dueAt) implements Transition {}

    /** → PENDING at once; the attempt is given back. */
    record Release(String reason) implements Transition {}

    /** → PENDING at once, for another worker; counts as a loss. */
    record Rescue(JobError error) implements Transition {}
}
