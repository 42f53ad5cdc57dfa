package io.millrace.worker.run;

import io.millrace.job.Claim;
import io.millrace.job.Outcome;
import io.millrace.worker.child.IsolationConfig;
import io.millrace.worker.child.ParentLink;
import io.millrace.worker.child.WorkerMain;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a child process does instead of being a worker: it runs what its worker sends it. It stands first among those who
 * are told of the start and never lets the word pass on, so that nothing else begins here
 * ({@code docs/decisions/0008-a-child-never-finishes-its-start.md}).
 */
@Singleton
class ChildRuns implements ParentLink.Runs {

    private final Provider<Execution> execution;
    private final IsolationConfig config;
    private final RunTraces traces;
    private final Clock clock;
    private volatile @Nullable RunningJob current;

    ChildRuns(Provider<Execution> execution, IsolationConfig config, RunTraces traces, Clock clock) {
        this.execution = execution;
        this.traces = traces;
        this.config = config;
        this.clock = clock;
    }

    void onStart(@Observes @Priority(Integer.MIN_VALUE) StartupEvent event) {
        if (WorkerMain.isChild()) {
            // Made now, and not while the first job's time runs.
            execution.get();
            ParentLink.serve(this, Math.toIntExact(config.maxMessage().asLongValue()));
        }
    }

    @Override
    public Outcome run(Claim claim, ParentLink.Reports reports) {
        var job = new RunningJob(claim, clock.instant());
        job.runsOn(Thread.currentThread());
        var context = new ChildContext(job, reports, clock);
        current = job;
        // The span is the worker's; here is only where it is.
        traces.locate(job);
        try (var _ = RunTraces.of(job).makeCurrent()) {
            return execution.get().execute(job, context);
        } finally {
            current = null;
            context.close();
        }
    }

    @Override
    public void softLimit(UUID jobId, int claimSeq) {
        RunningJob job = current;
        if (job != null && job.claim().jobId().equals(jobId) && job.claim().claimSeq() == claimSeq) {
            job.stop(RunningJob.Stop.SOFT_LIMIT);
        }
    }
}
