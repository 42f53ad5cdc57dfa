package io.millrace.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a run ended, as seen by whoever watched it. What the job becomes is {@link Settlement}'s to say. */
public sealed interface Outcome {

    /**
     * The task returned.
     *
     * @param result JSON text, null where the result is to be ignored
     */
    record Succeeded(@Nullable String result) implements Outcome {}

    /**
     * The task threw.
     *
     * @param retryable false where another attempt cannot help, such as for invalid arguments
     * @param notBefore when the other side asked to be left alone until, null where backoff decides
     */
    record Failed(
            JobError error, boolean retryable, @Nullable Instant notBefore) implements Outcome {
        public Failed(JobError error, boolean retryable) {
            this(error, retryable, null);
        }
    }

    /** The task asked to be called again later; this was no failure and costs no attempt. */
    record Snoozed(Instant until) implements Outcome {}

    /**
     * The worker gave the job back unfinished because it shuts down; the attempt is given back too.
     *
     * @param begun whether the task was called, so that it may have had effects
     */
    record Released(String reason, boolean begun) implements Outcome {
        public Released(String reason) {
            this(reason, true);
        }
    }

    /** The worker stopped giving signs of life. */
    record WorkerLost(String workerId) implements Outcome {}

    /**
     * The process that the worker ran this one job in has ended, and the worker has not.
     *
     * @param how such as {@code exit status 1}
     */
    record ChildLost(String how) implements Outcome {}
}
