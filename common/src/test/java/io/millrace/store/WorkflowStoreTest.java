package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchStatus;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobFilter;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.store.WorkflowStore.Mended;
import io.millrace.store.WorkflowStore.Submitted;
import io.millrace.store.WorkflowStore.Try;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealDatabase;
import io.millrace.workflow.NewWorkflowBatch;
import io.millrace.workflow.PollResult;
import io.millrace.workflow.RemoteError;
import io.millrace.workflow.StatusChange;
import io.millrace.workflow.WorkflowBatch;
import io.millrace.workflow.WorkflowJob;
import io.millrace.workflow.WorkflowPoll;
import io.millrace.workflow.WorkflowStatus;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class WorkflowStoreTest {

    private static final JobIds IDS = new JobIds();
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final RemoteError DOWN = new RemoteError("http_503", 503, "down", Duration.ofSeconds(9));

    private final Database database = RealDatabase.empty();
    private final WorkflowStore store = new WorkflowStore(database);
    private final WorkflowBatchStore batches = new WorkflowBatchStore(database);
    private final JobStore jobs = new JobStore(database);
    private final JobQueries queries = new JobQueries(database);
    private final ControlStore control = new ControlStore(database);

    @BeforeEach
    void theTasks() {
        new QueueStore(database).declare(Map.of("jobs", 5, "polling", 3, "default", 5));
        new TaskStore(database)
                .register(List.of(
                        task("submit_job", "jobs"), task("poll_job_status", "polling"), task("cancel_job", "default")));
    }

    private static TaskDefinition task(String name, String queue) {
        return new TaskDefinition(
                name,
                queue,
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(1),
                null,
                false,
                "{\"type\":\"object\"}");
    }

    private UUID batch(int size) {
        UUID id = IDS.next();
        batches.submit(
                new NewWorkflowBatch(
                        id,
                        "b",
                        "p",
                        IntStream.range(0, size)
                                .mapToObj(
                                        i -> new NewWorkflowBatch.Member(IDS.next(), "j" + i, "{\"n\": " + i + ".50}"))
                                .toList()),
                null);
        return id;
    }

    private List<WorkflowJob> jobsOf(UUID batch) {
        return batches.jobs(batch, List.of(), null, 500);
    }

    private WorkflowJob one() {
        return jobsOf(batch(1)).getFirst();
    }

    private WorkflowJob submitted() {
        WorkflowJob job = one();
        assertThat(store.submitted(job.id(), 1, "wf-1", SOON)).isEqualTo(Submitted.FOLLOWED);
        return now(job);
    }

    private WorkflowJob now(WorkflowJob job) {
        return store.get(job.id()).orElseThrow();
    }

    private UUID cancelOf(WorkflowJob job) {
        return Objects.requireNonNull(now(job).cancelJobId());
    }

    private WorkflowBatch batchOf(WorkflowJob job) {
        return batches.get(job.batchId()).orElseThrow();
    }

    private Job job(UUID id) {
        return queries.get(id).orElseThrow();
    }

    private List<Job> jobsOfTask(String task) {
        return queries.list(JobFilter.ALL, null, false, 100).stream()
                .filter(job -> job.task().equals(task))
                .toList();
    }

    /** Runs a job of Millrace to this end, as a worker would. */
    private void end(UUID job, Transition transition) {
        database.run("UPDATE job SET state = 'PENDING', due_at = NULL WHERE id = $1", Tuple.of(job));
        int sequence = database.first(
                        "SELECT claim_seq FROM job WHERE id = $1", Tuple.of(job), row -> row.getInteger(0))
                .orElseThrow();
        Claim claim = jobs.claim(List.of(new Hint(job, sequence, job(job).queue(), 5, null)), "w1")
                .getFirst();
        jobs.record(List.of(new Settled(claim, transition)));
    }

    private static Transition failure() {
        return new Transition.Fail(new JobError("time_limit_exceeded", "TimeLimitExceeded", "no", null), false);
    }

    private static PollResult running(double progress) {
        return new PollResult(200, "running", WorkflowStatus.RUNNING, progress, null, null, SOON);
    }

    private static PollResult completed() {
        return new PollResult(200, "finished", WorkflowStatus.COMPLETED, 100.0, null, null, null);
    }

    private static Try by(UUID job) {
        return new Try("poll_job_status", job, 1);
    }

    private List<WorkflowPoll> pollsOf(WorkflowJob job) {
        return batches.polls(job.id(), 0, 0, 100);
    }

    @Test
    void aBatchIsCommittedWithTheJobsThatSubmitItsWorkflows() {
        List<WorkflowJob> found = jobsOf(batch(3));

        assertThat(found).extracting(WorkflowJob::name).containsExactly("j0", "j1", "j2");
        assertThat(found)
                .extracting(WorkflowJob::payload)
                .containsExactly("{\"n\": 0.50}", "{\"n\": 1.50}", "{\"n\": 2.50}");
        assertThat(found).allSatisfy(job -> {
            Job step = job(job.stepJobId());
            assertThat(step.task()).isEqualTo("submit_job");
            assertThat(step.args()).isEqualTo("{\"job_id\": \"" + job.id() + "\"}");
            assertThat(step.queue()).isEqualTo("jobs");
            assertThat(step.projectId()).isEqualTo("p");
            assertThat(step.tags()).containsExactly("workflow:" + job.id());
        });
        assertThat(batchOf(found.getFirst()).status()).isEqualTo(BatchStatus.PENDING);
    }

    @Test
    void aSubmissionIsNotedOnceHoweverOftenItIsTold() {
        WorkflowJob job = one();

        assertThat(store.submitted(job.id(), 1, "wf-1", SOON)).isEqualTo(Submitted.FOLLOWED);
        assertThat(store.submitted(job.id(), 1, "wf-1", SOON)).isEqualTo(Submitted.KNOWN);

        assertThat(store.submitted(job.id(), 1, "wf-2", SOON))
                .as("one too many")
                .isEqualTo(Submitted.UNWANTED);
        assertThat(now(job).status()).isEqualTo(WorkflowStatus.SUBMITTED);
        assertThat(now(job).workflowId()).isEqualTo("wf-1");
        assertThat(jobsOfTask("cancel_job"))
                .singleElement()
                .satisfies(cancel -> assertThat(cancel.args()).contains("wf-2"));
        assertThat(jobsOfTask("poll_job_status")).singleElement().satisfies(poll -> {
            assertThat(poll.state()).isEqualTo(JobState.SCHEDULED);
            assertThat(poll.args()).contains("wf-1", job.id().toString());
            assertThat(Duration.between(Instant.now(), poll.dueAt()).toMillis()).isBetween(3_000L, 5_000L);
        });
        assertThat(batchOf(job).status()).isEqualTo(BatchStatus.RUNNING);
    }

    @Test
    void everyPollIsKeptAndTheStatusIsChangedOnlyIfItIsAnother() {
        WorkflowJob job = submitted();

        store.polled(job.id(), "wf-1", by(job.stepJobId()), running(10));
        store.polled(job.id(), "wf-1", by(now(job).stepJobId()), running(60));
        store.polled(job.id(), "wf-1", by(now(job).stepJobId()), completed());

        assertThat(pollsOf(job)).extracting(WorkflowPoll::poll).containsExactly(1, 2, 3);
        assertThat(pollsOf(job)).extracting(WorkflowPoll::progress).containsExactly(10.0, 60.0, 100.0);
        assertThat(pollsOf(job)).extracting(WorkflowPoll::nextPollSeconds).containsExactly(5.0, 5.0, null);
        assertThat(batches.changes(job.id(), 0, 100))
                .extracting(StatusChange::to)
                .containsExactly(
                        WorkflowStatus.PENDING,
                        WorkflowStatus.SUBMITTED,
                        WorkflowStatus.RUNNING,
                        WorkflowStatus.COMPLETED);
        assertThat(now(job).polls()).isEqualTo(3);
        assertThat(now(job).nextPollAt()).isNull();
        assertThat(batchOf(job).status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batchOf(job).finishedAt()).isNotNull();
    }

    @Test
    void aPollThatIsRunTwiceOrBySomebodyElseNeverForksTheChain() {
        WorkflowJob job = submitted();
        UUID step = job.stepJobId();

        assertThat(store.polled(job.id(), "wf-1", by(step), running(10))
                        .orElseThrow()
                        .pollsOn())
                .isTrue();
        assertThat(store.polled(job.id(), "wf-1", by(step), running(20))
                        .orElseThrow()
                        .pollsOn())
                .isFalse();
        assertThat(store.polled(job.id(), "wf-1", by(UUID.randomUUID()), running(30))
                        .orElseThrow()
                        .pollsOn())
                .isFalse();

        assertThat(jobsOfTask("poll_job_status")).hasSize(2);
        assertThat(pollsOf(job)).hasSize(3);
    }

    @Test
    void aPollOfAWorkflowThatTheJobDoesNotStandForChangesNothing() {
        WorkflowJob job = submitted();

        assertThat(store.polled(job.id(), "wf-0", by(job.stepJobId()), completed())
                        .orElseThrow()
                        .held())
                .isFalse();
        store.cancelled(job.id(), "wf-1", "on request");
        assertThat(store.polled(job.id(), "wf-1", by(job.stepJobId()), completed())
                        .orElseThrow()
                        .held())
                .isFalse();

        assertThat(now(job).status()).isEqualTo(WorkflowStatus.CANCELLED);
        assertThat(pollsOf(job)).isEmpty();
        assertThat(store.polled(UUID.randomUUID(), "wf-1", by(job.stepJobId()), completed()))
                .isEmpty();
    }

    @Test
    void onlyTheLastTryOfAPollWithoutAnswerSchedulesTheNext() {
        WorkflowJob job = submitted();
        UUID step = job.stepJobId();
        var unanswered = new PollResult(503, null, null, null, "down", DOWN, SOON);

        assertThat(store.polled(job.id(), "wf-1", by(step), unanswered)
                        .orElseThrow()
                        .pollsOn())
                .isFalse();
        database.run("UPDATE job SET failures = max_retries WHERE id = $1", Tuple.of(step));
        assertThat(store.polled(job.id(), "wf-1", by(step), unanswered)
                        .orElseThrow()
                        .pollsOn())
                .isTrue();

        assertThat(now(job).missedPolls()).isEqualTo(2);
        assertThat(now(job).status()).isEqualTo(WorkflowStatus.SUBMITTED);
        assertThat(pollsOf(job)).extracting(WorkflowPoll::errorCode).containsExactly("http_503", "http_503");
        assertThat(batches.retries(job.id(), 0, 10)).hasSize(2).allSatisfy(retry -> {
            assertThat(retry.httpStatus()).isEqualTo(503);
            assertThat(retry.retryAfterSeconds()).isEqualTo(9.0);
        });
        store.polled(job.id(), "wf-1", by(now(job).stepJobId()), running(1));
        assertThat(now(job).missedPolls()).isZero();
    }

    @Test
    void aFailedTryIsKeptWithTheWaitThatFollowedIt() {
        WorkflowJob job = one();
        end(job.stepJobId(), new Transition.Retry(new JobError("task_failed", "X", "no", null), Instant.now(), 1.25));

        boolean failed = store.submissionFailed(job.id(), 1, new Try("submit_job", job.stepJobId(), 1), DOWN, false);

        assertThat(failed).isFalse();
        assertThat(batches.retries(job.id(), 0, 10)).singleElement().satisfies(retry -> {
            assertThat(retry.retryDelaySeconds()).isEqualTo(1.25);
            assertThat(retry.errorCode()).isEqualTo("http_503");
            assertThat(retry.task()).isEqualTo("submit_job");
        });
        assertThat(now(job).status()).isEqualTo(WorkflowStatus.PENDING);
    }

    @Test
    void theLastTryAndARejectionFailTheJob() {
        WorkflowJob last = one();
        database.run("UPDATE job SET failures = max_retries WHERE id = $1", Tuple.of(last.stepJobId()));
        WorkflowJob rejected = one();

        assertThat(store.submissionFailed(last.id(), 1, new Try("submit_job", last.stepJobId(), 4), DOWN, false))
                .isTrue();
        assertThat(store.submissionFailed(rejected.id(), 1, new Try("submit_job", rejected.stepJobId(), 1), DOWN, true))
                .isTrue();

        assertThat(now(last).status()).isEqualTo(WorkflowStatus.FAILED);
        assertThat(now(last).reason()).isEqualTo("down");
        assertThat(batchOf(rejected).status()).isEqualTo(BatchStatus.FAILED);
    }

    @Test
    void aWorkflowThatStartsAfterItsJobWasCancelledIsCancelledToo() {
        WorkflowJob job = one();
        assertThat(store.cancelled(job.id(), null, "on request")).isTrue();

        assertThat(store.submitted(job.id(), 1, "wf-9", SOON)).isEqualTo(Submitted.UNWANTED);

        assertThat(jobsOfTask("cancel_job"))
                .singleElement()
                .satisfies(cancel ->
                        assertThat(cancel.args()).contains("wf-9", job.id().toString()));
        assertThat(jobsOfTask("poll_job_status")).isEmpty();
    }

    @Test
    void aCancellationIsAskedForOnceWhileItIsUnderWay() {
        WorkflowJob job = submitted();

        assertThat(store.requestCancellation(job.id())).isTrue();
        assertThat(store.requestCancellation(job.id())).isTrue();
        assertThat(jobsOfTask("cancel_job")).hasSize(1);
        assertThat(batches.cancel(job.batchId())).isZero();
        end(cancelOf(job), failure());
        assertThat(store.requestCancellation(job.id())).isTrue();
        assertThat(jobsOfTask("cancel_job")).hasSize(2);

        assertThat(store.cancelled(job.id(), "wf-0", "another workflow")).isFalse();
        assertThat(store.cancelled(job.id(), "wf-1", "on request")).isTrue();
        assertThat(store.requestCancellation(job.id())).isFalse();
        assertThat(store.requestCancellation(UUID.randomUUID())).isFalse();
    }

    @Test
    void aJobThatIsSubmittedAgainBeginsAnewAndKeepsItsPast() {
        WorkflowJob job = submitted();
        assertThat(store.resubmit(job.id())).as("it still goes on").isFalse();
        store.polled(job.id(), "wf-1", by(job.stepJobId()), running(10));
        store.cancelled(job.id(), "wf-1", "on request");
        assertThat(batchOf(job).status()).isEqualTo(BatchStatus.CANCELLED);

        assertThat(store.resubmit(job.id())).isTrue();

        assertThat(now(job).status()).isEqualTo(WorkflowStatus.PENDING);
        assertThat(now(job).idempotencyKey()).isEqualTo(job.id() + "-2");
        assertThat(now(job).workflowId()).isNull();
        assertThat(batchOf(job).status()).isEqualTo(BatchStatus.RUNNING);
        assertThat(batchOf(job).finishedAt()).isNull();
        assertThat(store.submitted(job.id(), 1, "wf-1", SOON))
                .as("of the earlier one")
                .isEqualTo(Submitted.UNWANTED);
        assertThat(store.submitted(job.id(), 2, "wf-2", SOON)).isEqualTo(Submitted.FOLLOWED);
        store.polled(job.id(), "wf-2", by(now(job).stepJobId()), completed());
        assertThat(pollsOf(job)).extracting(WorkflowPoll::submission).containsExactly(1, 2);
        assertThat(pollsOf(job)).extracting(WorkflowPoll::poll).containsExactly(1, 1);
        assertThat(batchOf(job).status()).isEqualTo(BatchStatus.COMPLETED);
    }

    @Test
    void aBatchIsResubmittedWhereItHasFailedAndCancelledWhereItGoesOn() {
        UUID id = batch(4);
        List<WorkflowJob> all = jobsOf(id);
        store.submitted(all.get(0).id(), 1, "wf-a", SOON);
        store.polled(all.get(0).id(), "wf-a", by(now(all.get(0)).stepJobId()), completed());
        store.submissionFailed(
                all.get(1).id(), 1, new Try("submit_job", all.get(1).stepJobId(), 1), DOWN, true);
        store.cancelled(all.get(2).id(), null, "on request");

        assertThat(batches.cancel(id)).isEqualTo(1);
        assertThat(now(all.get(3)).cancelJobId()).isNotNull();
        assertThat(batches.resubmit(id)).isEqualTo(2);

        assertThat(jobsOf(id)).extracting(WorkflowJob::submission).containsExactly(1, 2, 2, 1);
        assertThat(batches.get(id).orElseThrow().counts()).isEqualTo(new BatchCounts(4, 1, 0, 0));
    }

    @Test
    void aBatchIsMixedIfItsJobsEndDifferently() {
        UUID id = batch(2);
        List<WorkflowJob> all = jobsOf(id);
        store.submissionFailed(
                all.get(0).id(), 1, new Try("submit_job", all.get(0).stepJobId(), 1), DOWN, true);
        store.cancelled(all.get(1).id(), null, "on request");

        assertThat(batches.get(id).orElseThrow().status()).isEqualTo(BatchStatus.MIXED);
        assertThat(batches.list(List.of(BatchStatus.MIXED), null, null, 10)).hasSize(1);
        assertThat(batches.list(List.of(BatchStatus.RUNNING), null, null, 10)).isEmpty();
        assertThat(batches.open(new UUID(0, 0), 10)).isEmpty();
    }

    @Test
    void countersStayExactWhileManyChangeTheSameBatch() throws Exception {
        UUID id = batch(40);
        List<WorkflowJob> all = jobsOf(id);
        var together = new CyclicBarrier(8);

        var done = IntStream.range(0, 8)
                .mapToObj(part -> CompletableFuture.runAsync(() -> {
                    try {
                        together.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    for (int i = part; i < all.size(); i += 8) {
                        store.cancelled(all.get(i).id(), null, "on request");
                        if (part == 3) {
                            batches.resubmit(id);
                        }
                        batches.check(id);
                    }
                }))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(done).get();

        long cancelled = jobsOf(id).stream()
                .filter(job -> job.status() == WorkflowStatus.CANCELLED)
                .count();
        assertThat(batches.get(id).orElseThrow().counts())
                .isEqualTo(new BatchCounts(40, 0, 0, Math.toIntExact(cancelled)));
        assertThat(batches.check(id).orElseThrow().repaired()).isFalse();
    }

    @Test
    void aCheckMendsABatchThatNeverClosed() {
        WorkflowJob job = one();
        store.cancelled(job.id(), null, "on request");
        database.run(
                "UPDATE workflow_batch SET cancelled = 0, finished_at = NULL WHERE id = $1", Tuple.of(job.batchId()));

        var checked = batches.check(job.batchId()).orElseThrow();

        assertThat(checked.repaired()).isTrue();
        assertThat(checked.batch().status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(checked.batch().finishedAt()).isNotNull();
        assertThat(batches.check(UUID.randomUUID())).isEmpty();
    }

    // -- recovery

    private Stream<Mended> recover() {
        return store.stalled(new UUID(0, 0), 100).stream().flatMap(id -> store.mend(id).stream());
    }

    @Test
    void nothingIsMendedWhereEverythingIsUnderWay() {
        submitted();
        one();

        assertThat(recover()).isEmpty();
    }

    @Test
    void aSubmissionThatDiedWithoutAWordIsMadeAgainAndGivenUpInTheEnd() {
        WorkflowJob job = one();

        for (int i = 0; i < WorkflowStore.RECOVERIES; i++) {
            end(now(job).stepJobId(), failure());
            assertThat(recover()).containsExactly(Mended.SUBMISSION);
            assertThat(now(job).submission())
                    .as("the same submission, with the same key")
                    .isEqualTo(1);
            assertThat(recover()).isEmpty();
        }
        end(now(job).stepJobId(), failure());

        assertThat(recover()).containsExactly(Mended.GIVEN_UP);
        assertThat(now(job).status()).isEqualTo(WorkflowStatus.FAILED);
        assertThat(batchOf(job).status()).isEqualTo(BatchStatus.FAILED);
    }

    @Test
    void pollsThatHaveStoppedGoOn() {
        WorkflowJob failed = submitted();
        end(failed.stepJobId(), failure());
        WorkflowJob revoked = submitted();
        control.revoke(revoked.stepJobId(), false);
        WorkflowJob gone = submitted();
        database.run("DELETE FROM job WHERE id = $1", Tuple.of(gone.stepJobId()));

        assertThat(recover()).containsExactly(Mended.POLLS, Mended.POLLS, Mended.POLLS);

        assertThat(recover()).isEmpty();
        assertThat(Stream.of(failed, revoked, gone).map(this::now))
                .allSatisfy(job -> assertThat(job(job.stepJobId()).state()).isEqualTo(JobState.PENDING));
    }

    @Test
    void aCancellationThatCameToNothingIsAskedForAgain() {
        WorkflowJob job = submitted();
        store.requestCancellation(job.id());
        UUID first = cancelOf(job);
        end(first, failure());

        assertThat(recover()).containsExactly(Mended.CANCELLATION);

        assertThat(now(job).cancelJobId()).isNotEqualTo(first);
        store.notCancelled(job.id());
        assertThat(recover()).isEmpty();
    }
}
