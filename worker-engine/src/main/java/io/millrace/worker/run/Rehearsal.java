package io.millrace.worker.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.dispatch.Queues;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settlement;
import io.millrace.job.Transition;
import io.millrace.limit.DeclaredLimits;
import io.millrace.store.BatchStore;
import io.millrace.store.Database;
import io.millrace.store.JobQueries;
import io.millrace.store.TaskStore;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskMethod;
import jakarta.validation.Validator;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs claims on the caller's own thread, one at a time, with nothing around them: no Kafka, no PostgreSQL, no timer.
 * What reads and checks the arguments, calls the method, makes an outcome of what comes back, and decides what the job
 * becomes is the code that a worker runs. Made for tests of tasks: {@code millrace-testing} is built upon it.
 */
public final class Rehearsal {

    /** What may befall a run, besides what its task does itself; from the mildest to the strongest. */
    public enum Interruption {
        /** Its soft time limit is over: the thread is interrupted, and a checkpoint throws. */
        SOFT_LIMIT,
        /** The worker has to leave and waits no longer: the job is given back. */
        SHUTDOWN,
        /** Its hard time limit is over: the job is settled without it. */
        HARD_LIMIT,
        /** Somebody has revoked and terminated the job: nothing of this run is recorded. */
        REVOKED,
        /** The worker dies here and now: no line of the task after this one runs. */
        WORKER_LOST
    }

    /** What happens around a run, and what it tells. */
    public interface Script {
        /** Asked whenever the task turns to its context for a checkpoint, to report progress or to ask whether to end. */
        @Nullable
        Interruption atCheckpoint();

        /** The task has reported how far it is. */
        void progress(long current, long total, String status);
    }

    /** Ends a run in the middle of a line, as the death of its process would. */
    private static final class WorkerDied extends Error {
        private static final long serialVersionUID = 1L;

        WorkerDied() {
            super("the worker died here, as the test asked for");
        }
    }

    private static final Set<String> CHECKPOINTS = Set.of("checkpoint", "cancelled", "progress");

    /** What {@code millrace.result.max-size} is by default. */
    private static final long MAX_RESULT_BYTES = 1 << 20;

    private final TaskJson json = new TaskJson();
    private final TaskLibrary library;
    private final Execution execution;
    private final Clock clock;
    private final RandomGenerator random;
    private volatile @Nullable Run current;

    /**
     * @param none a database that is never asked
     * @param random where the jitter of retries comes from
     */
    public Rehearsal(
            List<TaskMethod> methods,
            Queues queues,
            Validator validator,
            Database none,
            Clock clock,
            RandomGenerator random) {
        this.library = new TaskLibrary(
                methods,
                queues,
                Precedence.NOTHING_CONFIGURED,
                DeclaredLimits.NONE,
                json,
                validator,
                new TaskStore(none));
        this.execution = new Execution(
                library,
                json,
                new PassedResults(new BatchStore(none), new JobQueries(none)),
                validator,
                MAX_RESULT_BYTES,
                clock);
        this.clock = clock;
        this.random = random;
    }

    /** A task as a worker would register it. */
    public Optional<TaskDefinition> definition(String task) {
        return library.find(task).map(RunnableTask::definition);
    }

    /** Writes arguments or a result as tasks do. */
    public String write(@Nullable Object value) {
        try {
            return json.write(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + value, e);
        }
    }

    /** Reads arguments or a result as tasks do. */
    public <T> T read(String text, Class<T> type) {
        try {
            return json.read(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is no " + type.getName() + ": " + text, e);
        }
    }

    /**
     * Runs a claim to its end.
     *
     * @return what the job becomes; nothing if the claim no longer holds, because the job was revoked meanwhile
     */
    public Optional<Transition> run(Claim claim, Script script) {
        if (current != null) {
            throw new IllegalStateException("one run at a time: " + claim.task() + " was to run inside another");
        }
        var job = new RunningJob(claim, clock.instant());
        job.runsOn(Thread.currentThread());
        var run = new Run(job, script);
        current = run;
        try {
            Outcome outcome = execution.execute(job, contextOf(run));
            run.timePasses();
            return run.ended(outcome).map(end -> decide(claim, end));
        } finally {
            current = null;
            // The interruption was for the task.
            Thread.interrupted();
        }
    }

    /** To be called when the clock has moved: a run that is under way may have come to one of its limits. */
    public void timePasses() {
        Run run = current;
        if (run != null) {
            run.timePasses();
        }
    }

    /** Makes something befall the run that is under way. */
    public void interrupt(Interruption interruption) {
        Run run = current;
        if (run == null) {
            throw new IllegalStateException("nothing runs");
        }
        run.befall(interruption);
    }

    private Transition decide(Claim claim, Outcome outcome) {
        RetryPolicy policy = definition(claim.task()).map(TaskDefinition::retry).orElse(RetryPolicy.DEFAULT);
        return Settlement.settle(claim, outcome, policy, clock.instant(), random);
    }

    /** The context a worker would give, with a look at the script before each checkpoint. */
    private TaskContext contextOf(Run run) {
        // It throttles what it writes; the script is told of every report instead.
        var context = new JobContext(run.job, (_, _, _) -> true, clock);
        return (TaskContext) Proxy.newProxyInstance(
                TaskContext.class.getClassLoader(), new Class<?>[] {TaskContext.class}, (_, method, arguments) -> {
                    if (CHECKPOINTS.contains(method.getName())) {
                        run.checkpoint();
                    }
                    Object answer;
                    try {
                        answer = method.invoke(context, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                    if (method.getName().equals("progress")) {
                        run.script.progress((long) arguments[0], (long) arguments[1], (String) arguments[2]);
                    }
                    return answer;
                });
    }

    private final class Run {
        private final RunningJob job;
        private final Script script;

        Run(RunningJob job, Script script) {
            this.job = job;
            this.script = script;
        }

        void checkpoint() {
            timePasses();
            Interruption scripted = script.atCheckpoint();
            if (scripted != null) {
                befall(scripted);
            }
            if (job.stopped() == RunningJob.Stop.ABANDON) {
                throw new WorkerDied();
            }
        }

        void timePasses() {
            Duration ran = Duration.between(job.startedAt(), clock.instant());
            if (reached(job.claim().timeLimit(), ran)) {
                befall(Interruption.HARD_LIMIT);
            } else if (reached(job.claim().softTimeLimit(), ran)) {
                befall(Interruption.SOFT_LIMIT);
            }
        }

        private static boolean reached(@Nullable Duration limit, Duration ran) {
            return limit != null && ran.compareTo(limit) >= 0;
        }

        void befall(Interruption interruption) {
            RunningJob.Stop reason = switch (interruption) {
                case SOFT_LIMIT -> RunningJob.Stop.SOFT_LIMIT;
                case SHUTDOWN -> RunningJob.Stop.RELEASE;
                case HARD_LIMIT -> RunningJob.Stop.HARD_LIMIT;
                case REVOKED -> RunningJob.Stop.REVOKED;
                case WORKER_LOST -> RunningJob.Stop.ABANDON;
            };
            RunningJob.Stop before = job.stopped();
            // A worker's timer strikes once for each limit: so does this.
            if (before == null || reason.compareTo(before) > 0) {
                job.stop(reason);
            }
        }

        /** As whom the run's end is settled: itself, unless something has settled the job without it. */
        Optional<Outcome> ended(Outcome own) {
            return switch (job.stopped()) {
                case null -> Optional.of(own);
                case SOFT_LIMIT -> Optional.of(own);
                case RELEASE -> Optional.of(new Outcome.Released("worker shuts down"));
                case HARD_LIMIT ->
                    Optional.of(new Outcome.Failed(
                            JobError.timeLimitExceeded(job.claim().timeLimit(), ""), true));
                case REVOKED -> Optional.empty();
                case ABANDON -> Optional.of(new Outcome.WorkerLost("in this test"));
            };
        }
    }
}
