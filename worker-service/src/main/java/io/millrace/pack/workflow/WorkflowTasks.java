package io.millrace.pack.workflow;

import io.millrace.store.StoreUnavailable;
import io.millrace.store.WorkflowStore;
import io.millrace.store.WorkflowStore.Try;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.millrace.worker.task.TaskFailure;
import io.millrace.workflow.CancelDecision;
import io.millrace.workflow.PollDecision;
import io.millrace.workflow.PollPacing;
import io.millrace.workflow.PollResult;
import io.millrace.workflow.RemoteAnswer;
import io.millrace.workflow.RemoteError;
import io.millrace.workflow.StatusMapping;
import io.millrace.workflow.SubmitDecision;
import io.millrace.workflow.WorkflowJob;
import io.millrace.workflow.WorkflowStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The life of a workflow: submitted, polled until it ends, cancelled if somebody asks. Each is a call of the remote side, a
 * decision what its answer means, and one transaction that writes down what follows. Any of them may run twice.
 */
@Singleton
class WorkflowTasks {

    private static final String SUBMIT = "submit_job";
    private static final String POLL = "poll_job_status";
    private static final String CANCEL = "cancel_job";
    private static final Duration WHILE_POSTGRESQL_IS_AWAY = Duration.ofSeconds(5);

    private final WorkflowStore store;
    private final RemoteClient remote;
    private final StatusMapping mapping;
    private final PollPacing pacing;
    private final Clock clock;

    WorkflowTasks(WorkflowStore store, RemoteClient remote, RemoteConfig config, PollConfig poll, Clock clock) {
        this.store = store;
        this.remote = remote;
        this.mapping = new StatusMapping(config.status());
        this.pacing = poll.pacing();
        this.clock = clock;
    }

    /** @param jobId the workflow job's id */
    @RegisterForReflection(registerFullHierarchy = true)
    record Which(@NotNull UUID jobId) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Submission(@Nullable String workflowId, WorkflowStatus status, String message) {}

    /** Submits a workflow job to the remote side, notes its workflow id and schedules the first poll. */
    @Task(
            name = SUBMIT,
            maxRetries = 3,
            retryDelay = "1s",
            retryFactor = 2,
            retryCap = "600s",
            softTimeLimit = "240s",
            timeLimit = "300s",
            resultTtl = "24h")
    Submission submitJob(Which args, TaskContext context) throws InterruptedException {
        WorkflowJob job = find(args.jobId());
        if (job.status() != WorkflowStatus.PENDING) {
            return new Submission(job.workflowId(), job.status(), "nothing to submit: the job is " + job.status());
        }
        return switch (SubmitDecision.of(remote.submit(job))) {
            case SubmitDecision.Started(var workflowId) -> started(job, workflowId, context);
            case SubmitDecision.Rejected(var error) -> {
                store.submissionFailed(job.id(), job.submission(), by(SUBMIT, context), error, true);
                log(context, job, "was rejected, and has failed: " + error.message());
                throw new PermanentFailure(error.message());
            }
            case SubmitDecision.TryAgain(var error) -> {
                boolean failed = store.submissionFailed(job.id(), job.submission(), by(SUBMIT, context), error, false);
                log(
                        context,
                        job,
                        (failed ? "could not be submitted, and has failed: " : "was not submitted: ")
                                + error.message());
                throw failure(error);
            }
            case SubmitDecision.Rest(var why, var rest) -> throw rest(context, why, rest);
        };
    }

    private Submission started(WorkflowJob job, String workflowId, TaskContext context) {
        Instant now = clock.instant();
        Duration first = pacing.next(0, null, now, now, ThreadLocalRandom.current());
        return switch (noted(job, workflowId, first)) {
            case FOLLOWED -> {
                log(context, job, "PENDING -> SUBMITTED workflow_id=" + workflowId);
                yield new Submission(workflowId, WorkflowStatus.SUBMITTED, "submitted; first poll in " + first);
            }
            case KNOWN -> new Submission(workflowId, WorkflowStatus.SUBMITTED, "it had been submitted before");
            case UNWANTED -> {
                log(context, job, "is not wanted any more; its remote workflow is cancelled workflow_id=" + workflowId);
                yield new Submission(
                        workflowId,
                        WorkflowStatus.CANCELLED,
                        "not wanted any more; the remote workflow is being cancelled");
            }
        };
    }

    /**
     * What has been started over there is written down here, however long that takes: a try that PostgreSQL did not answer
     * is none of the job's, which might have no other left. The next asks with the same key and is told the same workflow.
     */
    private WorkflowStore.Submitted noted(WorkflowJob job, String workflowId, Duration first) {
        try {
            return store.submitted(job.id(), job.submission(), workflowId, first);
        } catch (StoreUnavailable e) {
            throw new Snooze(WHILE_POSTGRESQL_IS_AWAY);
        }
    }

    /**
     * @param jobId the workflow job's id
     * @param workflowId the remote side's
     */
    @RegisterForReflection(registerFullHierarchy = true)
    record Poll(
            @NotNull UUID jobId, @NotBlank @Size(max = 200) String workflowId) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Polled(WorkflowStatus status, @Nullable Double progress, boolean terminal) {}

    /** Asks the remote side once how a workflow is doing, writes it down, and schedules the next poll unless it has ended. */
    @Task(
            name = POLL,
            maxRetries = 3,
            retryDelay = "1s",
            retryFactor = 2,
            retryCap = "600s",
            softTimeLimit = "240s",
            timeLimit = "300s",
            resultTtl = "24h")
    Polled pollJobStatus(Poll args, TaskContext context) throws InterruptedException {
        WorkflowJob job = find(args.jobId());
        if (!job.follows(args.workflowId())) {
            return stale(job);
        }
        RemoteAnswer answer = remote.poll(args.workflowId());
        Instant now = clock.instant();
        Instant submitted = job.submittedAt() == null ? job.createdAt() : job.submittedAt();
        PollDecision decision = PollDecision.of(answer, job, mapping, pacing, submitted, now);
        if (decision instanceof PollDecision.Rest(var why, var rest)) {
            throw rest(context, why, rest);
        }
        Duration asked = decision instanceof PollDecision.TryAgain(var error) ? error.retryAfter() : null;
        Duration next = pacing.next(job.polls() + 1, asked, now, submitted, ThreadLocalRandom.current());
        var result = PollResult.of(decision, answer, next);
        var recorded = store.polled(job.id(), args.workflowId(), by(POLL, context), result)
                .orElse(null);
        if (recorded == null || !recorded.held()) {
            return stale(find(args.jobId()));
        }
        if (decision instanceof PollDecision.TryAgain(var error)) {
            log(
                    context,
                    job,
                    "was polled without an answer" + (recorded.pollsOn() ? "; the next poll is in " + next : "") + ": "
                            + error.message());
            throw failure(error);
        }
        if (recorded.status() != job.status()) {
            log(
                    context,
                    job,
                    job.status() + " -> " + recorded.status() + " workflow_id=" + args.workflowId()
                            + (result.message() == null ? "" : ": " + result.message()));
        }
        Double progress = result.progress() == null ? job.progress() : result.progress();
        return new Polled(recorded.status(), progress, recorded.status().terminal());
    }

    /** The job has ended, or stands for another remote workflow by now; this poll is not its own any more. */
    private static Polled stale(WorkflowJob job) {
        return new Polled(job.status(), job.progress(), job.status().terminal());
    }

    /**
     * @param jobId the workflow job's id
     * @param workflowId a remote workflow that nobody wants any more; null for the job's own
     */
    @RegisterForReflection(registerFullHierarchy = true)
    record Cancel(
            @NotNull UUID jobId, @Nullable @Size(max = 200) String workflowId) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Cancelled(WorkflowStatus status, String message) {}

    /** Cancels a workflow job that has not ended, at the remote side and here. */
    @Task(
            name = CANCEL,
            maxRetries = 3,
            retryDelay = "1s",
            retryFactor = 2,
            retryCap = "600s",
            softTimeLimit = "240s",
            timeLimit = "300s",
            resultTtl = "24h")
    Cancelled cancelJob(Cancel args, TaskContext context) throws InterruptedException {
        WorkflowJob job = find(args.jobId());
        boolean own = args.workflowId() == null || args.workflowId().equals(job.workflowId());
        if (own && job.status().terminal()) {
            if (context.attempt() > 1 && job.status() == WorkflowStatus.CANCELLED) {
                return new Cancelled(job.status(), "it had been cancelled before");
            }
            throw new PermanentFailure("workflow job " + job.id() + " cannot be cancelled: it is " + job.status());
        }
        String workflowId = own ? job.workflowId() : args.workflowId();
        if (workflowId == null) {
            return ended(job, null, "cancelled before the remote side had it", context);
        }
        return switch (CancelDecision.of(remote.cancel(workflowId))) {
            case CancelDecision.Cancelled(var reason) ->
                own
                        ? ended(job, workflowId, reason, context)
                        : new Cancelled(job.status(), "the unwanted remote workflow " + workflowId + " was cancelled");
            case CancelDecision.TooLate() -> {
                if (own) {
                    store.notCancelled(job.id());
                }
                log(context, job, "could not be cancelled any more");
                yield new Cancelled(job.status(), "too late: the remote workflow has ended; the next poll says how");
            }
            case CancelDecision.Rejected(var error) -> {
                store.cancellationFailed(job, by(CANCEL, context), error);
                if (own) {
                    store.notCancelled(job.id());
                }
                log(context, job, "cannot be cancelled: " + error.message());
                throw new PermanentFailure(error.message());
            }
            case CancelDecision.TryAgain(var error) -> {
                store.cancellationFailed(job, by(CANCEL, context), error);
                log(context, job, "was not cancelled: " + error.message());
                throw failure(error);
            }
            case CancelDecision.Rest(var why, var rest) -> throw rest(context, why, rest);
        };
    }

    private Cancelled ended(WorkflowJob job, @Nullable String workflowId, String reason, TaskContext context) {
        if (store.cancelled(job.id(), workflowId, reason)) {
            log(context, job, job.status() + " -> CANCELLED: " + reason);
            return new Cancelled(WorkflowStatus.CANCELLED, reason);
        }
        WorkflowJob now = find(job.id());
        if (workflowId == null && !now.status().terminal()) {
            // It was submitted between our look and our write: now there is something to cancel.
            throw new Snooze(Duration.ZERO);
        }
        return new Cancelled(now.status(), "it is " + now.status() + " by now");
    }

    private WorkflowJob find(UUID id) {
        return store.get(id).orElseThrow(() -> new PermanentFailure("there is no workflow job " + id));
    }

    private static Try by(String task, TaskContext context) {
        return new Try(task, context.jobId(), context.attempt());
    }

    private static RuntimeException failure(RemoteError error) {
        Duration asked = error.retryAfter();
        return asked == null
                ? new TaskFailure("RemoteUnavailable", error.message())
                : new RetryAfter(error.message(), asked);
    }

    private static Snooze rest(TaskContext context, String why, Duration rest) {
        context.log().debugf("nothing was asked, again in %s: %s", rest, why);
        return new Snooze(rest);
    }

    private static void log(TaskContext context, WorkflowJob job, String what) {
        context.log().infof("workflow_job=%s submission=%d %s", job.id(), job.submission(), what);
    }
}
