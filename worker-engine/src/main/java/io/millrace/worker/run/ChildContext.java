package io.millrace.worker.run;

import io.millrace.worker.child.ParentLink;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The view of a run in a process of its own: its progress travels to the worker, which writes it. */
final class ChildContext extends RunContext {

    /** The worker writes less often than this; what comes quicker need not travel. */
    private static final Duration BETWEEN_REPORTS = Duration.ofMillis(100);

    private final ParentLink.Reports reports;
    private boolean closed;

    ChildContext(RunningJob job, ParentLink.Reports reports, Clock clock) {
        super(job, BETWEEN_REPORTS, clock);
        this.reports = reports;
    }

    @Override
    synchronized void report(long current, long total, String status, @Nullable String step, Instant now) {
        if (!closed) {
            reports.progress(current, total, status, step);
        }
    }

    /** What a thread that outlives the run tells is not the next run's. */
    synchronized void close() {
        closed = true;
    }
}
