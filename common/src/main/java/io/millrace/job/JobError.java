package io.millrace.job;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt did not succeed, as {@code error} of a job and as a row of its history show it.
 *
 * @param code a stable word for the kind of failure: {@code task_failed}, {@code invalid_args}, {@code worker_lost}…
 * @param excType the exception's simple class name, or Millrace's own word such as {@code WorkerLost}
 * @param excMessage bounded text for a person
 * @param traceback bounded stack trace, null where there was no exception
 */
public record JobError(
        String code,
        String excType,
        String excMessage,
        @Nullable String traceback) {

    static final int MESSAGE_LIMIT = 2_000;
    static final int TRACEBACK_LIMIT = 8_000;

    public JobError {
        excMessage = bounded(excMessage, MESSAGE_LIMIT);
        traceback = traceback == null ? null : bounded(traceback, TRACEBACK_LIMIT);
    }

    /** The failure that an exception out of a task is. */
    public static JobError of(String code, String excType, Throwable thrown) {
        var trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        String message = thrown.getMessage();
        return new JobError(code, excType, message == null ? thrown.getClass().getName() : message, trace.toString());
    }

    /**
     * A run that went on for longer than it may.
     *
     * @param limit how long it may have taken
     * @param besides what else there is to say, empty for nothing
     */
    public static JobError timeLimitExceeded(@Nullable Duration limit, String besides) {
        String seconds = limit == null
                ? ""
                : " of "
                        + BigDecimal.valueOf(limit.toMillis(), 3)
                                .stripTrailingZeros()
                                .toPlainString() + " s";
        return new JobError(
                "time_limit_exceeded",
                "TimeLimitExceeded",
                "the run went on for longer than its time limit" + seconds + besides,
                null);
    }

    /** A worker that stopped giving signs of life while it ran the job. */
    public static JobError workerLost(String workerId) {
        return new JobError(
                "worker_lost", "WorkerLost", "worker " + workerId + " was lost while it ran this job", null);
    }

    /** A run that was ended because its worker leaves, of a task that is run at most once. */
    public static JobError notRunAgain(String reason) {
        return new JobError(
                "worker_lost", "WorkerLost", "the run was ended (" + reason + "), and the task is not run again", null);
    }

    /** The process of an isolated run that ended before the run did. */
    public static JobError childLost(String how) {
        return new JobError("worker_lost", "WorkerLost", "the process of this run was lost: " + how, null);
    }

    /** PostgreSQL's text knows no NUL, and nobody reads a megabyte of message. */
    private static String bounded(String text, int limit) {
        String clean = text.replace('\u0000', '\uFFFD');
        return clean.length() <= limit ? clean : clean.substring(0, limit) + "…";
    }
}
