package io.millrace.worker.task;

import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a task may know of its run, and tell about it. Valid until the task returns. */
public interface TaskContext {

    /** The job, the same over all its attempts: the natural idempotency key for effects outside. */
    UUID jobId();

    /** 1 for the first start. */
    int attempt();

    /** How often the task itself has failed before; workers lost are not counted. */
    int retries();

    /** The trace this job belongs to, null where the submission named none. */
    @Nullable
    String traceId();

    /**
     * Where this run is in its trace, as the W3C header {@code traceparent}, for calls of other systems and for jobs that
     * it submits; {@link io.millrace.worker.http.HttpCalls} sends it by itself. Null where the job is in no trace.
     */
    @Nullable
    String traceparent();

    /** The project this job belongs to, null where the submission named none. */
    @Nullable
    String projectId();

    /**
     * Tells how far the run is; users see the job in PROGRESS. Written at most a few times a second; what comes
     * quicker is left out, but for the end. Where it cannot be written the run goes on without.
     *
     * @param total at least 1
     * @throws IllegalArgumentException if current is negative or total not positive
     */
    void progress(long current, long total, String status);

    /** As {@link #progress(long, long, String)}, and tells beside it by a name of its own which step the run is at. */
    void progress(long current, long total, String status, String currentStep);

    /** Whether the run shall end: revoked, over its time limit, or taken from this worker. The thread is interrupted, too. */
    boolean cancelled();

    /**
     * To be called now and then by a task that computes for long without waiting for anything.
     *
     * @throws SoftTimeLimitExceeded if the run has gone on for longer than its soft time limit
     * @throws java.util.concurrent.CancellationException if it shall end for any other reason
     */
    void checkpoint();

    /** A logger whose lines carry job, attempt, queue, worker and trace. */
    Logger log();
}
