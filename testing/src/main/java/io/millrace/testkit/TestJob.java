package io.millrace.testkit;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.Transition;
import io.millrace.worker.run.Rehearsal;
import io.millrace.worker.run.Rehearsal.Interruption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job in a {@link TestEngine}: what its row would say, and what has happened to it. */
public final class TestJob {

    /**
     * One run of a job and how it ended.
     *
     * @param became what was recorded, null for a run whose job was revoked meanwhile
     * @param thrown what the task threw, null where it returned or was not called
     */
    public record Run(
            int attempt,
            Instant startedAt,
            Instant endedAt,
            @Nullable Transition became,
            @Nullable Throwable thrown) {}

    /** A report of progress. */
    public record Progress(long current, long total, String status) {}

    private final UUID id;
    private final Submission submitted;
    private final Rehearsal rehearsal;
    private final Map<Integer, Interruption> script = new HashMap<>();
    private final List<Progress> progress = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private JobState state;
    private int claimSeq;
    private int attempt;
    private int failures;
    private int losses;
    private boolean revokeRequested;
    private @Nullable Instant dueAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant finishedAt;
    private @Nullable String result;
    private @Nullable JobError error;

    TestJob(UUID id, Submission submitted, Rehearsal rehearsal) {
        this.id = id;
        this.submitted = submitted;
        this.rehearsal = rehearsal;
        this.dueAt = submitted.dueAt;
        this.state = dueAt == null ? JobState.PENDING : JobState.SCHEDULED;
    }

    /**
     * Makes something befall the next run of this job when its task turns to its context for the n-th time, for a
     * checkpoint, to report progress or to ask whether it is cancelled.
     *
     * @param n 1 for the first time
     */
    public TestJob atCheckpoint(int n, Interruption interruption) {
        script.put(n, interruption);
        return this;
    }

    public UUID id() {
        return id;
    }

    public String task() {
        return submitted.task;
    }

    public String queue() {
        return submitted.queue;
    }

    public int priority() {
        return submitted.priority;
    }

    /** As a row has it; a started job that has reported progress is shown as PROGRESS by the API. */
    public JobState state() {
        return state;
    }

    /** 1 once it has been started; a snooze or a worker that leaves gives its attempt back. */
    public int attempt() {
        return attempt;
    }

    /** How often the task itself has failed. */
    public int failures() {
        return failures;
    }

    /** How many workers were lost with it. */
    public int losses() {
        return losses;
    }

    /** When it becomes due, null unless it is SCHEDULED or in RETRY. */
    public @Nullable Instant dueAt() {
        return dueAt;
    }

    public @Nullable Instant finishedAt() {
        return finishedAt;
    }

    /** The result as JSON text, null until it has succeeded. */
    public @Nullable String resultJson() {
        return result;
    }

    /** The result, read as arguments are. */
    public <T> T result(Class<T> type) {
        if (result == null) {
            throw new IllegalStateException(this + " has no result");
        }
        return rehearsal.read(result, type);
    }

    /** Why its last run did not succeed, null if it did or has not been. */
    public @Nullable JobError error() {
        return error;
    }

    /** Every report of progress, those included that a worker would leave out because they come too quickly. */
    public List<Progress> progress() {
        return List.copyOf(progress);
    }

    /** Every run, the first one first. */
    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** How long it waited between each run and the next. */
    public List<Duration> waits() {
        var waits = new ArrayList<Duration>();
        for (int i = 1; i < runs.size(); i++) {
            waits.add(Duration.between(runs.get(i - 1).endedAt(), runs.get(i).startedAt()));
        }
        return waits;
    }

    @Override
    public String toString() {
        return "job " + id + " of " + task() + ", " + state + " after " + runs.size() + " runs"
                + (error == null ? "" : ", " + error.excType() + ": " + error.excMessage());
    }

    String json(@Nullable Object value) {
        return rehearsal.write(value);
    }

    boolean due(Instant now) {
        return state == JobState.PENDING || (dueAt != null && !dueAt.isAfter(now));
    }

    /** What does not wait for anything any more is due now; what has expired never runs. */
    void dispatch(Instant now) {
        Instant expires = submitted.expiresAt;
        if (unbegun() && expires != null && !expires.isAfter(now)) {
            error = new JobError("expired", "Expired", "not started before " + expires, null);
            end(JobState.REVOKED, now);
        } else if (state != JobState.STARTED && due(now)) {
            state = JobState.PENDING;
            dueAt = null;
        }
    }

    private boolean unbegun() {
        return state != JobState.STARTED && !state.finished();
    }

    Claim claim(Instant now) {
        state = JobState.STARTED;
        claimSeq++;
        attempt++;
        startedAt = now;
        return new Claim(
                id,
                claimSeq,
                submitted.task,
                submitted.queue,
                submitted.priority,
                attempt,
                failures,
                losses,
                submitted.maxRetries,
                submitted.retryDelay,
                submitted.softTimeLimit,
                submitted.timeLimit,
                submitted.args,
                submitted.traceId,
                submitted.projectId,
                null,
                submitted.createdAt,
                Duration.ZERO,
                submitted.keepsResult);
    }

    Rehearsal.Script script() {
        return new Rehearsal.Script() {
            private int checkpoints;

            @Override
            public @Nullable Interruption atCheckpoint() {
                return script.remove(++checkpoints);
            }

            @Override
            public void progress(long current, long total, String status) {
                progress.add(new Progress(current, total, status));
            }
        };
    }

    /** What {@code JobStore.record} makes of a row: {@code RowsTest} holds the two together. */
    void record(Claim claim, @Nullable Transition transition, @Nullable Throwable thrown, Instant now) {
        Instant started = startedAt == null ? now : startedAt;
        script.clear();
        runs.add(new Run(claim.attempt(), started, now, transition, thrown));
        if (transition == null) {
            revoked(now);
            return;
        }
        result = null;
        error = null;
        switch (transition) {
            case Transition.Succeed(var value) -> {
                result = value;
                end(JobState.SUCCESS, now);
            }
            case Transition.Fail(var why, var lost) -> {
                error = why;
                count(lost);
                end(JobState.FAILURE, now);
            }
            case Transition.Retry retry -> {
                error = retry.error();
                count(false);
                again(JobState.RETRY, retry.dueAt(), now);
            }
            case Transition.Rescue(var why) -> {
                error = why;
                count(true);
                again(JobState.PENDING, null, now);
            }
            case Transition.Snooze(var due) -> {
                attempt--;
                again(JobState.SCHEDULED, due, now);
            }
            case Transition.Release _ -> {
                attempt--;
                again(JobState.PENDING, null, now);
            }
        }
    }

    private void count(boolean lost) {
        if (lost) {
            losses++;
        } else {
            failures++;
        }
    }

    private void again(JobState waiting, @Nullable Instant due, Instant now) {
        if (revokeRequested) {
            end(JobState.REVOKED, now);
        } else {
            state = waiting;
            dueAt = due;
        }
    }

    /** Revokes it, as over HTTP. @return whether that changed or will change anything */
    boolean revoke(boolean terminate, Instant now) {
        if (state.finished()) {
            return false;
        }
        if (state != JobState.STARTED) {
            revoked(now);
        } else if (terminate) {
            rehearsal.interrupt(Interruption.REVOKED);
        } else {
            revokeRequested = true;
        }
        return true;
    }

    private void revoked(Instant now) {
        error = new JobError("revoked", "Revoked", "revoked on request", null);
        end(JobState.REVOKED, now);
    }

    private void end(JobState ended, Instant now) {
        state = ended;
        dueAt = null;
        finishedAt = now;
    }
}
