package io.millrace.api.job;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.dispatch.Queues;
import io.millrace.job.JobIds;
import io.millrace.job.NewJob;
import io.millrace.task.Precedence;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.CompletionStage;

/** Turns a submission into the job that will be accepted, with an id and every default resolved. */
@Singleton
class Admission {

    private final TaskCatalog catalog;
    private final Queues queues;
    private final SubmissionRules rules;
    private final Precedence precedence;
    private final JobIds ids = new JobIds();
    private final Clock clock;

    Admission(TaskCatalog catalog, Queues queues, SubmissionBounds bounds, Precedence precedence, Clock clock) {
        this.catalog = catalog;
        this.queues = queues;
        this.rules = new SubmissionRules(bounds);
        this.precedence = precedence;
        this.clock = clock;
    }

    /** Whether {@link #admit} can tell at once, without a look at the database. */
    boolean knows(Submission submission) {
        return catalog.find(submission.task()).isPresent();
    }

    /**
     * The job that a submission becomes, as far as its task is known.
     *
     * @throws Problem if it cannot be accepted, for a reason its sender can be told
     */
    NewJob admit(Submission submission) {
        return admit(submission, catalog.find(submission.task()).orElseThrow(() -> unknown(submission)));
    }

    /** As {@link #admit}, with a fresh look at the tasks there are. */
    CompletionStage<NewJob> admitFresh(Submission submission) {
        return catalog.findFresh(submission.task())
                .thenApply(found -> admit(submission, found.orElseThrow(() -> unknown(submission))));
    }

    /** As {@link #admit}, for arguments in which results of other jobs will be put in. */
    NewJob admitBeforeResults(Submission submission) {
        KnownTask task = catalog.find(submission.task()).orElseThrow(() -> unknown(submission));
        return admit(submission, new KnownTask(task.definition(), task.schema().leniently()));
    }

    /** The same submission, as its task says where it does not say itself of what it wants to be the only one. */
    Submission asItsTaskSays(Submission submission) {
        return submission.unique() != null
                ? submission
                : catalog.find(submission.task())
                        .map(task ->
                                submission.orUnique(task.definition().says().unique()))
                        .orElse(submission);
    }

    private NewJob admit(Submission submission, KnownTask task) {
        String asked = submission.queue();
        String queue = asked == null ? task.definition().queue() : asked;
        if (!queues.names().contains(queue)) {
            throw Problem.of(ProblemCode.QUEUE_NOT_FOUND, "There is no queue '" + queue + "'.");
        }
        return rules.resolve(
                submission.orUnique(task.definition().says().unique()),
                task.definition().name(),
                precedence.of(task.definition(), queue, queues.priorityOf(queue)),
                task.schema(),
                queue,
                clock.instant(),
                ids.next());
    }

    private static Problem unknown(Submission submission) {
        return Problem.of(ProblemCode.UNKNOWN_TASK, "No worker has registered a task '" + submission.task() + "'.");
    }
}
