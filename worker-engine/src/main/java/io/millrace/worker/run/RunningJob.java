package io.millrace.worker.run;

import io.millrace.job.Claim;
import io.millrace.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A claim that is being run, and the thread that runs it. */
final class RunningJob {

    /** Why a run was told to end, from the mildest reason to the strongest. */
    enum Stop {
        /** It has run for longer than its soft time limit; it may clean up, and even still succeed. */
        SOFT_LIMIT,
        /** The worker shuts down; the job is given back. */
        RELEASE,
        /** It has run for longer than its hard time limit; the job is settled without it. */
        HARD_LIMIT,
        /** Somebody has revoked the job; nothing the run does is recorded any more. */
        REVOKED,
        /** The worker has been declared lost; the job runs elsewhere, whatever this run still does changes nothing. */
        ABANDON
    }

    private final Claim claim;
    private final Instant startedAt;
    private final AtomicReference<@Nullable Stop> stop = new AtomicReference<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile @Nullable Thread thread;
    private volatile @Nullable TraceContext trace;
    private volatile @Nullable Span span;

    RunningJob(Claim claim, Instant startedAt) {
        this.claim = claim;
        this.startedAt = startedAt;
    }

    /** The thread to interrupt when the run shall end. */
    void runsOn(Thread runner) {
        thread = runner;
    }

    /** The run has ended; its thread, and what the thread holds, need not wait until that is recorded. */
    void leavesThread() {
        thread = null;
    }

    /** Where it is in its trace, and its span if that is recorded. */
    void tracedAs(TraceContext context, @Nullable Span recorded) {
        trace = context;
        span = recorded;
    }

    /** Where it is in its trace, null where it is in none. */
    @Nullable
    TraceContext trace() {
        return trace;
    }

    /** Its span, null where none is recorded. */
    @Nullable
    Span span() {
        return span;
    }

    Claim claim() {
        return claim;
    }

    Instant startedAt() {
        return startedAt;
    }

    /** Tells the run to end. A stronger reason takes the place of a milder one. */
    void stop(Stop reason) {
        stop.accumulateAndGet(
                reason, (before, now) -> before == null || now == null || now.compareTo(before) > 0 ? now : before);
        Thread runner = thread;
        if (runner != null) {
            runner.interrupt();
        }
    }

    /** Why the run was told to end, null if it was not. */
    @Nullable
    Stop stopped() {
        return stop.get();
    }

    /** Whether its end is being recorded, or has been. */
    boolean settled() {
        return settled.get();
    }

    /** Whoever is told true, and only he, settles this run: the run itself, a time limit, or the worker that leaves. */
    boolean mayBeSettled() {
        return settled.compareAndSet(false, true);
    }
}
