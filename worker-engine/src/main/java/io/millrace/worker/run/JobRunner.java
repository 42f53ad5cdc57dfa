package io.millrace.worker.run;

import io.millrace.dispatch.EventEmitter;
import io.millrace.event.JobEvent;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Settlement;
import io.millrace.job.Transition;
import io.millrace.store.JobStore;
import io.millrace.task.Precedence;
import io.millrace.trace.TraceContext;
import io.millrace.worker.Identity;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.MDC;

/** Runs a claim: execute to an outcome, decide what the job becomes, have it recorded. */
@Singleton
public class JobRunner {

    private final Execution execution;
    private final IsolatedRuns isolated;
    private final Settler settler;
    private final RunningJobs running;
    private final TaskLibrary library;
    private final Precedence precedence;
    private final TimeLimits limits;
    private final HeldWatch held;
    private final RunMetrics metrics;
    private final RunTraces traces;
    private final JobStore store;
    private final EventEmitter events;
    private final Identity identity;
    private final Clock clock;

    JobRunner(
            Execution execution,
            IsolatedRuns isolated,
            Settler settler,
            RunningJobs running,
            TaskLibrary library,
            Precedence precedence,
            TimeLimits limits,
            HeldWatch held,
            RunMetrics metrics,
            RunTraces traces,
            JobStore store,
            EventEmitter events,
            Identity identity,
            Clock clock) {
        this.execution = execution;
        this.isolated = isolated;
        this.settler = settler;
        this.running = running;
        this.library = library;
        this.precedence = precedence;
        this.limits = limits;
        this.held = held;
        this.metrics = metrics;
        this.traces = traces;
        this.store = store;
        this.events = events;
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * Runs a claim on a virtual thread of its own.
     *
     * @param slotFreed called as soon as the run has ended, before its end is recorded
     */
    public void start(Claim claim, Runnable slotFreed) {
        var job = new RunningJob(claim, clock.instant());
        var thread = Thread.ofVirtual().name("job-" + claim.jobId()).unstarted(() -> run(job, slotFreed));
        job.runsOn(thread);
        // Entered before the thread starts, so that a heartbeat never misses a claim that it holds.
        running.enter(job);
        thread.start();
    }

    /** Begins to watch over what runs. */
    public void begin() {
        held.start();
        isolated.begin();
    }

    /** Gives a claim back that is not being run, for any worker to take at once. */
    public void giveBack(Claim claim, String reason) {
        var released = new Outcome.Released(reason, false);
        settler.settle(new Settled(claim, decide(claim, released, clock.instant())), () -> {});
    }

    /**
     * Ends every run because the worker leaves: each is interrupted, and its job is given back at once. What a run
     * still does after that changes nothing.
     */
    public void releaseAll() {
        running.all().forEach(job -> {
            job.stop(RunningJob.Stop.RELEASE);
            running.settledWithout();
            if (!settle(job, new Outcome.Released("worker shuts down"))) {
                running.endedAfterAll();
            }
        });
    }

    private void run(RunningJob job, Runnable slotFreed) {
        Claim claim = job.claim();
        Outcome outcome;
        try {
            traces.begin(job, identity.id());
            describeInLogs(job);
            try (var _ = RunTraces.of(job).makeCurrent()) {
                outcome = execute(job, new JobContext(job, this::report, clock));
            }
            metrics.ran(claim, job.startedAt(), clock.instant());
        } finally {
            job.leavesThread();
            slotFreed.run();
        }
        if (!settle(job, outcome)) {
            running.endedAfterAll();
        }
    }

    private Outcome execute(RunningJob job, JobContext context) {
        Claim claim = job.claim();
        RunnableTask task = library.find(claim.task()).orElse(null);
        if (task != null && library.isolates(task, claim)) {
            return isolated.execute(
                    job,
                    context,
                    () -> limits.watch(job, () -> settleWithout(job)),
                    task.method().task().maxTasksPerChild());
        }
        try (var watch = limits.watch(job, () -> settleWithout(job))) {
            return execution.execute(job, context);
        }
    }

    private boolean report(Claim claim, String progress, Instant at) {
        String storable = storable(progress);
        boolean held = store.progress(claim, storable);
        if (held) {
            events.emit(JobEvent.progressed(claim, identity.id(), storable, at));
        }
        return held;
    }

    /** PostgreSQL's JSON knows no NUL, and a status that has one is no reason to fail the run. */
    static String storable(String json) {
        return json.replace("\\u0000", "\\uFFFD");
    }

    /** Has the end of a run recorded, unless that has been done without it. */
    private boolean settle(RunningJob job, Outcome outcome) {
        if (!job.mayBeSettled()) {
            return false;
        }
        Claim claim = job.claim();
        Instant now = clock.instant();
        Transition becomes = decide(claim, outcome, now);
        Runnable recorded = traces.ended(job, becomes, now);
        settler.settle(new Settled(claim, becomes), () -> {
            running.leave(job);
            recorded.run();
        });
        return true;
    }

    /** The hard time limit: the job is settled, whatever its thread still does. */
    private void settleWithout(RunningJob job) {
        var error = JobError.timeLimitExceeded(job.claim().timeLimit(), "");
        running.settledWithout();
        if (!settle(job, new Outcome.Failed(error, true))) {
            running.endedAfterAll();
        }
    }

    private Transition decide(Claim claim, Outcome outcome, Instant now) {
        RetryPolicy policy = library.find(claim.task())
                .map(task -> precedence.retryOf(task.definition(), claim.queue()))
                .orElse(RetryPolicy.DEFAULT);
        return Settlement.settle(claim, outcome, policy, now, ThreadLocalRandom.current());
    }

    /** The fixed words that every line of a job's log carries. The thread ends with the job, and these with it. */
    private void describeInLogs(RunningJob job) {
        Claim claim = job.claim();
        MDC.put("job", claim.jobId().toString());
        MDC.put("task", claim.task());
        MDC.put("attempt", Integer.toString(claim.attempt()));
        MDC.put("queue", claim.queue());
        MDC.put("worker", identity.id());
        if (claim.traceId() != null) {
            MDC.put("trace", TraceContext.shown(claim.traceId()));
        }
        if (job.trace() != null) {
            MDC.put("trace", job.trace().traceId());
            MDC.put("span", job.trace().spanId());
        }
    }
}
