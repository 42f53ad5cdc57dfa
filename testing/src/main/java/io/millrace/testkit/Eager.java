package io.millrace.testkit;

import io.millrace.job.JobError;
import io.millrace.job.JobState;
import org.jspecify.annotations.Nullable;

/**
 * Runs one job here and now, retries and all, and time passes as far as they take: what Celery calls eager mode. For who
 * wants no more than what comes out; {@link TestEngine} has the rest.
 */
public final class Eager {

    private Eager() {}

    /**
     * Runs a job to its end and lets a failure out: what the task threw in its last run is thrown here, as with Celery's
     * {@code task_eager_propagates}.
     *
     * @param tasks an object with {@code @Task} methods, or its class
     * @param args a record or a map to be written as JSON, JSON text, or null for none
     * @throws RefusedSubmission if the API would refuse the job
     * @throws EagerFailure if the job ends badly without its task having thrown anything
     */
    public static TestJob run(Object tasks, String task, @Nullable Object args) {
        TestJob job = apply(tasks, task, args);
        if (job.state() != JobState.SUCCESS) {
            Throwable thrown =
                    job.runs().isEmpty() ? null : job.runs().getLast().thrown();
            if (thrown != null) {
                throw Eager.<RuntimeException>asItIs(thrown);
            }
            throw new EagerFailure(job);
        }
        return job;
    }

    /** Runs a job to its end, and says how it ended whatever that was, as Celery's {@code apply} does. */
    public static TestJob apply(Object tasks, String task, @Nullable Object args) {
        var engine = TestEngine.with(tasks);
        return engine.finish(args == null ? engine.submit(task) : engine.submit(task, args));
    }

    /** A checked exception, too, comes out as what it is. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E asItIs(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** A job has ended badly, and not by what its task threw: its arguments do not fit, or its time was over. */
    public static final class EagerFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EagerFailure(TestJob job) {
            super(describe(job));
        }

        private static String describe(TestJob job) {
            JobError error = job.error();
            return error == null ? job.toString() : error.code() + ": " + error.excMessage();
        }
    }
}
