package io.millrace.testkit;

import io.millrace.dispatch.Queues;
import io.millrace.job.Claim;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.job.Transition;
import io.millrace.task.TaskDefinition;
import io.millrace.worker.run.Rehearsal;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Millrace in a test: jobs are submitted, claimed, run on the test's own thread, settled, retried and rescued, by a clock
 * that moves only when it is told to. There is no PostgreSQL, no Kafka and no waiting.
 *
 * <pre>{@code
 * var engine = TestEngine.with(new Greetings());
 * TestJob job = engine.submit("greet", new Greet("Ada"));
 * engine.runUntilIdle();
 * assertThat(job).succeededWith("Hello, Ada");
 * }</pre>
 *
 * Retries wait for exactly what their policy computes: jitter is drawn at the upper end of its range. An engine belongs
 * to one thread.
 */
public final class TestEngine {

    /** A test that gets here has a task that never comes to an end. */
    private static final int RUNS_ALLOWED = 10_000;

    // Making one takes longer than most tests of tasks.
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    /** Of equals the first is taken, and jobs are kept in the order of their submission. */
    private static final Comparator<TestJob> MOST_URGENT =
            Comparator.comparingInt(TestJob::priority).reversed();

    private final TestClock clock;
    private final Queues queues;
    private final Rehearsal rehearsal;
    private final JobIds ids = new JobIds();
    private final List<TestJob> jobs = new ArrayList<>();
    private @Nullable Throwable thrown;

    private TestEngine(TestClock clock, List<?> tasks) {
        var none = new NoDatabase();
        this.clock = clock;
        this.queues = ConfiguredQueues.read(none);
        this.rehearsal =
                new Rehearsal(TaskMethods.of(tasks, this::note), queues, VALIDATOR, none, clock, new UpperEnd());
        clock.watch(rehearsal::timePasses);
    }

    /**
     * An engine with a clock of its own.
     *
     * @param tasks objects with methods that are {@link io.millrace.worker.task.Task}s, or their classes
     */
    public static TestEngine with(Object... tasks) {
        return with(new TestClock(), tasks);
    }

    /** An engine with a clock that the tasks, or what they use, go by as well. */
    public static TestEngine with(TestClock clock, Object... tasks) {
        return new TestEngine(clock, List.of(tasks));
    }

    public TestClock clock() {
        return clock;
    }

    /** A task as a worker would register it, its queue found by the routes and its arguments' schema included. */
    public Optional<TaskDefinition> definition(String task) {
        return rehearsal.definition(task);
    }

    /** Submits a job without arguments. */
    public TestJob submit(String task) {
        return job(task).submit();
    }

    /**
     * Submits a job.
     *
     * @param args a record or a map to be written as JSON, or JSON text
     * @throws RefusedSubmission if the API would refuse it: no such task, or arguments that do not fit its schema
     */
    public TestJob submit(String task, Object args) {
        return job(task).args(args).submit();
    }

    /** A job to be submitted with more than arguments. */
    public Submission job(String task) {
        TaskDefinition definition = definition(task)
                .orElseThrow(() -> new RefusedSubmission(
                        "unknown_task", List.of("No worker has registered a task '" + task + "'.")));
        return new Submission(definition, queues, clock.instant(), rehearsal::write, this::accept);
    }

    private TestJob accept(Submission submission) {
        var job = new TestJob(ids.next(), submission, rehearsal);
        jobs.add(job);
        return job;
    }

    /** All jobs, in the order of their submission. */
    public List<TestJob> jobs() {
        return List.copyOf(jobs);
    }

    /** Runs the job that a free slot would take now. @return whether there was one */
    public boolean runNext() {
        Instant now = clock.instant();
        jobs.forEach(job -> job.dispatch(now));
        Optional<TestJob> next =
                jobs.stream().filter(job -> job.state() == JobState.PENDING).min(MOST_URGENT);
        next.ifPresent(this::run);
        return next.isPresent();
    }

    private void run(TestJob job) {
        Claim claim = job.claim(clock.instant());
        thrown = null;
        Optional<Transition> became = rehearsal.run(claim, job.script());
        job.record(claim, became.orElse(null), thrown, clock.instant());
    }

    private void note(Throwable byTask) {
        thrown = byTask;
    }

    /**
     * Runs everything that is due, the most urgent first, until nothing is. The clock is not moved, so retries wait.
     *
     * @return how many runs that were
     */
    public int runUntilIdle() {
        int runs = 0;
        while (runNext()) {
            if (++runs == RUNS_ALLOWED) {
                throw new IllegalStateException(
                        "still not idle after " + runs + " runs: does a task put itself back for no time?");
            }
        }
        return runs;
    }

    /**
     * Lets time pass, and runs on the way whatever becomes due, each at its time.
     *
     * @return how many runs that were
     */
    public int advance(Duration duration) {
        Instant end = clock.instant().plus(duration);
        int runs = runUntilIdle();
        while (true) {
            Optional<Instant> next = nextDue().filter(due -> !due.isAfter(end));
            if (next.isEmpty()) {
                break;
            }
            moveTo(next.get());
            runs += runUntilIdle();
        }
        moveTo(end);
        return runs + runUntilIdle();
    }

    /** Runs this job to its end, and whatever else becomes due meanwhile; time passes as far as that takes. */
    public TestJob finish(TestJob job) {
        for (int step = 0; step < RUNS_ALLOWED; step++) {
            runUntilIdle();
            if (job.state().finished()) {
                return job;
            }
            moveTo(nextDue().orElseThrow(() -> new IllegalStateException(job + " waits for nothing that could come")));
        }
        throw new IllegalStateException(job + " does not come to an end");
    }

    /** A run may have moved the clock by itself, beyond what was meant. */
    private void moveTo(Instant time) {
        Instant now = clock.instant();
        if (time.isAfter(now)) {
            clock.advance(Duration.between(now, time));
        }
    }

    private Optional<Instant> nextDue() {
        return jobs.stream().map(TestJob::dueAt).filter(Objects::nonNull).min(Comparator.naturalOrder());
    }

    /**
     * Revokes a job, as {@code POST /jobs/{id}/revoke} does; also out of a task that is being run.
     *
     * @param terminate whether a run under way is ended, too
     * @return whether it had not ended yet
     */
    public boolean revoke(TestJob job, boolean terminate) {
        return job.revoke(terminate, clock.instant());
    }

    /** Always the upper end of the range, so that waits are what policies say before jitter. */
    private static final class UpperEnd implements RandomGenerator {
        @Override
        public long nextLong() {
            return -1;
        }

        @Override
        public double nextDouble() {
            return 1;
        }
    }
}
