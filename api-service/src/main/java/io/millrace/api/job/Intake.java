package io.millrace.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.access.Caller;
import io.millrace.api.args.ResultReferences;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.Problems;
import io.millrace.job.NewJob;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How other features make jobs that they store themselves: by the same rules as a submission, and announced likewise. */
@Singleton
public class Intake {

    private final Admission admission;
    private final Acceptance acceptance;
    private final SubmissionTraces traces;

    Intake(Admission admission, Acceptance acceptance, SubmissionTraces traces) {
        this.admission = admission;
        this.acceptance = acceptance;
        this.traces = traces;
    }

    /**
     * Begins to take the jobs of one request.
     *
     * @param traceparent where the request is in a trace, null where it does not say
     */
    public Taking begin(@Nullable String traceparent) {
        return new Taking(traces.beginMany(traceparent), Callers.current());
    }

    /** The jobs of one request: a task that is not known is looked up once, not once a job. */
    public final class Taking {
        private final Set<String> lookedUp = new HashSet<>();

        private final SubmissionTrace trace;
        private final Caller caller;

        private Taking(SubmissionTrace trace, Caller caller) {
            this.trace = trace;
            this.caller = caller;
        }

        /** The project of what is submitted here. @throws Problem if the one that is asked for is not the caller's */
        public @Nullable String project(@Nullable String asked) {
            return Callers.project(caller, asked);
        }

        /**
         * The job that a submission becomes; nothing is stored.
         *
         * @param json a submission as {@code POST /jobs} takes it
         * @param takesResults whether its arguments name results of other jobs, which are not there to be checked yet
         * @throws Problem if it cannot be accepted, for a reason its sender can be told
         */
        public NewJob take(byte[] json, boolean takesResults) {
            Submission submission = SubmissionReader.readOne(json).of(caller);
            if (submission.idempotencyKey() != null) {
                throw Problem.invalid("idempotency_key", "is not taken here; submit the job alone");
            }
            if (submission.wantsToBeUnique() != null) {
                throw Problem.invalid("unique", "is not taken here; submit the job alone");
            }
            if (!admission.knows(submission) && lookedUp.add(submission.task())) {
                lookUp(submission);
            }
            return trace.of(takesResults ? admission.admitBeforeResults(submission) : admission.admit(submission));
        }

        /** All that was taken has been committed. */
        public void accepted() {
            trace.accepted();
        }

        private void lookUp(Submission submission) {
            try {
                var _ = admission.admitFresh(submission).toCompletableFuture().join();
            } catch (RuntimeException e) {
                Problem problem = Problems.of(e);
                // What is wrong with the job itself is said when it is admitted, with what is known by then.
                if (!admission.knows(submission)) {
                    throw problem;
                }
            }
        }
    }

    /** Keys of other jobs whose results these arguments take. Adds what is wrong with the references. */
    public static Set<String> resultsIn(JsonNode args, String field, List<FieldError> errors) {
        var keys = new LinkedHashSet<String>();
        ResultReferences.collect(args, field, keys, errors);
        return keys;
    }

    /** An address to call back, checked as that of a job. */
    public static void checkCallbackUrl(@Nullable String url, List<FieldError> errors) {
        var _ = SubmissionRules.callbackUrl(url, errors);
    }

    /** A word of up to this many characters that can be stored. */
    public static void checkWord(String field, @Nullable String word, int longest, List<FieldError> errors) {
        var _ = SubmissionRules.word(field, word, longest, errors);
    }

    /**
     * These jobs of a batch have been committed.
     *
     * @param unblocked those that wait for no other job; they get their hints
     */
    public void accepted(UUID batch, List<NewJob> jobs, List<NewJob> unblocked) {
        acceptance.accepted(batch, jobs, unblocked);
    }
}
