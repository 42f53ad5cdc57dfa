package io.millrace.worker.run;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import io.millrace.worker.child.Child;
import io.millrace.worker.child.ChildGone;
import io.millrace.worker.child.ChildPool;
import io.millrace.worker.child.Message;
import io.millrace.worker.child.MessageTooLong;
import io.millrace.worker.child.NoChild;
import io.millrace.worker.task.TaskContext;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Executes claims in child processes. To whoever asks it is like {@link Execution}: what goes in is a claim, what comes out
 * an outcome. A run that is told to end, for any reason but its soft time limit, ends with its child.
 */
@Singleton
class IsolatedRuns {

    private static final Logger LOG = Logger.getLogger(IsolatedRuns.class);

    /** How long a job rests for which no child can be had. */
    private static final Duration NO_CHILD_REST = Duration.ofSeconds(5);

    /** How many children may be gone before they have begun a run; a machine short of memory kills idle ones. */
    private static final int TRIES = 3;

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final ChildPool pool;
    private final Clock clock;

    IsolatedRuns(ChildPool pool, Clock clock) {
        this.pool = pool;
        this.clock = clock;
    }

    /** Begins to keep children, where some are to be kept. */
    void begin() {
        pool.begin();
    }

    /**
     * Executes a claim in a child.
     *
     * @param limits begins to watch the time limits, once the run has begun: a child's start is not the job's time
     * @param mostRuns how many runs the task allows a child, 0 for no limit of its own
     */
    Outcome execute(RunningJob job, TaskContext context, Supplier<TimeLimits.Watch> limits, int mostRuns) {
        try {
            for (int i = 0; i < TRIES; i++) {
                Outcome outcome = new Run(job, context, pool.take(), mostRuns).toOutcome(limits);
                if (outcome != null) {
                    return outcome;
                }
            }
            context.log().warn("no child began the run, the job is put back");
        } catch (NoChild e) {
            context.log().errorf("isolated runs are not possible, the job is put back: %s", e.getMessage());
        } catch (InterruptedException e) {
            return released(job.stopped());
        }
        return new Outcome.Snoozed(clock.instant().plus(NO_CHILD_REST));
    }

    private static Outcome released(RunningJob.@Nullable Stop reason) {
        return new Outcome.Released(reason == null ? "interrupted" : reason.name());
    }

    /** One run in one child. */
    private final class Run {

        private final RunningJob job;
        private final TaskContext context;
        private final Child child;
        private final int mostRuns;
        private boolean begun;
        private boolean softLimitTold;

        Run(RunningJob job, TaskContext context, Child child, int mostRuns) {
            this.job = job;
            this.context = context;
            this.child = child;
            this.mostRuns = mostRuns;
        }

        /** @return null if the child was gone before it began */
        @Nullable
        Outcome toOutcome(Supplier<TimeLimits.Watch> limits) {
            Claim claim = job.claim();
            var watch = TimeLimits.NONE;
            try {
                child.run(claim, MDC.getMap());
                while (true) {
                    Message message = nextUnlessToldToEnd();
                    switch (message) {
                        case null -> {
                            return killed();
                        }
                        case Message.Begun _ -> {
                            begun = true;
                            watch = limits.get();
                        }
                        case Message.Progress progress -> passOn(progress);
                        case Message.Ended(var outcome) -> {
                            pool.giveBack(child, mostRuns);
                            return outcome;
                        }
                        case Message.Ready _, Message.Run _, Message.SoftLimit _ -> {
                            pool.kill(child, "senseless", true);
                            return new Outcome.ChildLost("it said what a child does not say");
                        }
                    }
                }
            } catch (MessageTooLong e) {
                pool.giveBack(child, mostRuns);
                return new Outcome.Failed(JobError.of("invalid_args", "InvalidArgs", e), false);
            } catch (ChildGone e) {
                pool.lost(child);
                LOG.warnf("a child has gone during a run child=%d job=%s: %s", child.pid(), claim.jobId(), e.how());
                return begun ? new Outcome.ChildLost(e.how()) : null;
            } finally {
                watch.close();
            }
        }

        /** What the child says next; null if the run was told to end before. */
        private @Nullable Message nextUnlessToldToEnd() throws ChildGone, MessageTooLong {
            while (true) {
                RunningJob.Stop reason = job.stopped();
                if (reason == RunningJob.Stop.SOFT_LIMIT && !softLimitTold) {
                    softLimitTold = true;
                    child.softLimit(job.claim());
                } else if (reason != null && reason != RunningJob.Stop.SOFT_LIMIT) {
                    return null;
                }
                try {
                    Message message = child.next(LOOK_AGAIN);
                    if (message != null) {
                        return message;
                    }
                } catch (InterruptedException e) {
                    LOG.tracef(
                            "told to look why the run shall end job=%s",
                            job.claim().jobId());
                }
            }
        }

        private void passOn(Message.Progress progress) {
            try {
                if (progress.step() == null) {
                    context.progress(progress.current(), progress.total(), progress.status());
                } else {
                    context.progress(progress.current(), progress.total(), progress.status(), progress.step());
                }
            } catch (RuntimeException e) {
                // The run goes on, and what it has told is not worth its end.
                LOG.warnf("progress was not written job=%s: %s", job.claim().jobId(), e.getMessage());
            }
        }

        private Outcome killed() {
            RunningJob.Stop reason = job.stopped();
            // The one whose job is over its time or revoked is followed by other jobs; the one of a worker that leaves
            // is
            // not.
            boolean replace = reason == RunningJob.Stop.HARD_LIMIT || reason == RunningJob.Stop.REVOKED;
            pool.kill(child, reason == null ? "interrupted" : reason.name(), replace);
            return released(reason);
        }
    }
}
