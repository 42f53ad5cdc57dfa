package io.millrace.api.job;

import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.Job;
import java.time.Instant;

/** What a job has returned, or why that cannot be had. */
final class JobResult {

    private static final String NOTHING = "null";

    private JobResult() {}

    /** The result as JSON text. @throws Problem if there is none to be had */
    static String of(Job job, Instant now) {
        return switch (job.state()) {
            case SUCCESS -> kept(job, now);
            case FAILURE -> throw Problem.of(ProblemCode.JOB_FAILED, "Job " + job.id() + " has failed.");
            case REVOKED -> throw Problem.of(ProblemCode.JOB_REVOKED, "Job " + job.id() + " was revoked.");
            case SCHEDULED, BLOCKED, PENDING, STARTED, PROGRESS, RETRY ->
                throw Problem.of(ProblemCode.JOB_NOT_FINISHED, "Job " + job.id() + " is " + job.reportedState() + ".");
        };
    }

    private static String kept(Job job, Instant now) {
        if (job.resultTtl() == 0) {
            throw Problem.of(ProblemCode.RESULT_EXPIRED, "The result of job " + job.id() + " was not to be kept.");
        }
        Instant forgotten = job.resultExpiresAt();
        if (forgotten != null && forgotten.isBefore(now)) {
            throw Problem.of(
                    ProblemCode.RESULT_EXPIRED, "The result of job " + job.id() + " was kept until " + forgotten + ".");
        }
        String result = job.result();
        return result == null ? NOTHING : result;
    }
}
