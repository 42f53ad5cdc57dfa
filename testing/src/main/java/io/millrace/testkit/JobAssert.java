package io.millrace.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** What a test says of a job. */
public final class JobAssert extends AbstractAssert<JobAssert, TestJob> {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JobAssert(TestJob job) {
        super(job, JobAssert.class);
    }

    public static JobAssert assertThat(TestJob job) {
        return new JobAssert(job);
    }

    public JobAssert hasState(JobState state) {
        if (actual.state() != state) {
            failWithMessage("expected %s, but it is %s", state, actual);
        }
        return this;
    }

    public JobAssert succeeded() {
        return hasState(JobState.SUCCESS);
    }

    /**
     * It ended in SUCCESS with this result.
     *
     * @param result compared with the job's as JSON, so that a record stands for what is written of it
     */
    public JobAssert succeededWith(@Nullable Object result) {
        succeeded();
        String expected = actual.json(result);
        String found = Objects.requireNonNull(actual.resultJson());
        if (!tree(expected).equals(tree(found))) {
            failWithMessage("expected the result %s, but it is %s", expected, found);
        }
        return this;
    }

    public JobAssert failed() {
        return hasState(JobState.FAILURE);
    }

    /**
     * It ended in FAILURE with this error.
     *
     * @param excType what users see: an exception's simple name, or what a {@code TaskFailure} calls itself
     */
    public JobAssert failedWith(String excType) {
        failed();
        return hasError(excType);
    }

    public JobAssert wasRevoked() {
        return hasState(JobState.REVOKED);
    }

    /** It has failed, and will run again after this. */
    public JobAssert retriesIn(Duration wait) {
        hasState(JobState.RETRY);
        return comesBackIn(wait);
    }

    /** It has asked to be called again after this. */
    public JobAssert snoozedFor(Duration wait) {
        hasState(JobState.SCHEDULED);
        return comesBackIn(wait);
    }

    private JobAssert comesBackIn(Duration wait) {
        var last = actual.runs().getLast();
        Duration found = Duration.between(last.endedAt(), Objects.requireNonNull(actual.dueAt()));
        if (!found.equals(wait)) {
            failWithMessage("expected it to come back in %s, but it does in %s: %s", wait, found, actual);
        }
        return this;
    }

    /** Its last run ended with this, whether it is tried again or not. */
    public JobAssert hasError(String excType) {
        JobError error = actual.error();
        if (error == null || !error.excType().equals(excType)) {
            failWithMessage("expected the error %s, but: %s", excType, actual);
        }
        return this;
    }

    /** How often it was run, snoozes and lost workers included. */
    public JobAssert hasRun(int times) {
        int found = actual.runs().size();
        if (found != times) {
            failWithMessage("expected %d runs, but there were %d: %s", times, found, actual);
        }
        return this;
    }

    /** How long it waited between each run and the next. */
    public JobAssert waitedBetweenRuns(Duration... waits) {
        if (!actual.waits().equals(List.of(waits))) {
            failWithMessage("expected waits of %s, but they were %s", List.of(waits), actual.waits());
        }
        return this;
    }

    public JobAssert reported(long current, long total, String status) {
        var report = new TestJob.Progress(current, total, status);
        if (!actual.progress().contains(report)) {
            failWithMessage("expected the report %s among %s", report, actual.progress());
        }
        return this;
    }

    public JobAssert isOnQueue(String queue) {
        if (!actual.queue().equals(queue)) {
            failWithMessage("expected it on queue %s, but it is on %s", queue, actual.queue());
        }
        return this;
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + json, e);
        }
    }
}
