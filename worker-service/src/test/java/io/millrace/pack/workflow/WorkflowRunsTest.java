package io.millrace.pack.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.BatchStatus;
import io.millrace.job.Job;
import io.millrace.job.JobFilter;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.pack.SchedulersPart;
import io.millrace.store.ControlStore;
import io.millrace.store.Database;
import io.millrace.store.DueStore;
import io.millrace.store.JobQueries;
import io.millrace.store.SubmissionStore;
import io.millrace.store.WorkflowBatchStore;
import io.millrace.store.WorkflowStore;
import io.millrace.testing.RealStack;
import io.millrace.workflow.NewWorkflowBatch;
import io.millrace.workflow.StatusChange;
import io.millrace.workflow.WorkflowJob;
import io.millrace.workflow.WorkflowPoll;
import io.millrace.workflow.WorkflowRetry;
import io.millrace.workflow.WorkflowStatus;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The life of remote workflows through a whole worker, with real PostgreSQL and Kafka, against a simulated remote side
 * that misbehaves as it is told. What the scheduler does elsewhere, handing out what is due, is done here while waiting.
 */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@QuarkusTestResource(SimulatedRemote.class)
@TestProfile(WorkflowRunsTest.Quick.class)
class WorkflowRunsTest {

    /** As it is, but quicker. */
    public static final class Quick implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.ofEntries(
                    Map.entry("millrace.worker.concurrency", "8"),
                    Map.entry("millrace.worker.queues", "default,jobs,polling,recovery"),
                    Map.entry("millrace.tasks.submit_job.retry-delay", "20ms"),
                    Map.entry("millrace.tasks.poll_job_status.retry-delay", "20ms"),
                    Map.entry("millrace.tasks.cancel_job.retry-delay", "20ms"),
                    Map.entry("millrace.workflow.poll.first-delay", "50ms"),
                    Map.entry("millrace.workflow.poll.max-delay", "200ms"),
                    Map.entry("millrace.workflow.remote.breaker-window", "30"),
                    Map.entry("millrace.workflow.remote.breaker-delay", "500ms"));
        }
    }

    private static final JobIds IDS = new JobIds();

    @Inject
    SchedulersPart scheduler;

    @Inject
    WorkflowStore workflows;

    @Inject
    WorkflowBatchStore batches;

    @Inject
    JobQueries queries;

    @Inject
    SubmissionStore submissions;

    @Inject
    DueStore due;

    @Inject
    ControlStore control;

    @Inject
    Database database;

    @ConfigProperty(name = "millrace.workflow.remote.base-url")
    String remote;

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void behaves() throws Exception {
        behave("{}");
        http.close();
    }

    private void behave(String how) throws Exception {
        var put = HttpRequest.newBuilder(URI.create(remote + "/simulator"))
                .PUT(HttpRequest.BodyPublishers.ofString(how))
                .build();
        assertThat(http.send(put, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
    }

    private JsonObject simulator() {
        var get = HttpRequest.newBuilder(URI.create(remote + "/simulator")).build();
        try {
            return new JsonObject(
                    http.send(get, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private long seen(String what) {
        return simulator().getJsonObject("seen").getLong(what, 0L);
    }

    private int cancelledOverThere() {
        return simulator().getJsonObject("workflows").getInteger("cancelled", 0);
    }

    private UUID batch(String... scripts) {
        UUID id = IDS.next();
        var jobs = new ArrayList<NewWorkflowBatch.Member>();
        for (String script : scripts) {
            jobs.add(new NewWorkflowBatch.Member(IDS.next(), null, "{\"simulate\": {" + script + "}}"));
        }
        batches.submit(new NewWorkflowBatch(id, "test", null, jobs), null);
        return id;
    }

    private WorkflowJob one(String script) {
        return jobsOf(batch(script)).getFirst();
    }

    private List<WorkflowJob> jobsOf(UUID batch) {
        return batches.jobs(batch, List.of(), null, 500);
    }

    private WorkflowJob now(WorkflowJob job) {
        return workflows.get(job.id()).orElseThrow();
    }

    private WorkflowJob until(WorkflowJob job, Predicate<WorkflowJob> condition) {
        return scheduler.until(() -> now(job), condition);
    }

    private WorkflowJob ended(WorkflowJob job) {
        return until(job, now -> now.status().terminal());
    }

    private WorkflowJob ended(String script) {
        return ended(one(script));
    }

    private List<Job> jobsOf(WorkflowJob job) {
        return queries.page(JobFilter.ALL, null, false, 500).jobs().stream()
                .filter(each -> each.tags().contains("workflow:" + job.id()))
                .toList();
    }

    private Job run(String task, String args) {
        UUID id = database.first(
                        "SELECT millrace.submit($1, $2::text::jsonb)", Tuple.of(task, args), row -> row.getUUID(0))
                .orElseThrow();
        return scheduler.until(
                () -> queries.get(id).orElseThrow(), job -> job.state().finished());
    }

    @Test
    void aWorkflowIsSubmittedPolledAndEndsWithItsBatch() throws Exception {
        WorkflowJob job = ended("\"polls\": 3");

        assertThat(job.status()).isEqualTo(WorkflowStatus.COMPLETED);
        assertThat(job.progress()).isEqualTo(100.0);
        assertThat(batches.polls(job.id(), 0, 0, 10))
                .extracting(WorkflowPoll::remoteStatus)
                .containsExactly("running", "running", "completed");
        assertThat(batches.changes(job.id(), 0, 10))
                .extracting(StatusChange::to)
                .containsExactly(
                        WorkflowStatus.PENDING,
                        WorkflowStatus.SUBMITTED,
                        WorkflowStatus.RUNNING,
                        WorkflowStatus.COMPLETED);
        assertThat(batches.get(job.batchId()).orElseThrow().status()).isEqualTo(BatchStatus.COMPLETED);
        List<Job> steps = scheduler.until(
                () -> jobsOf(job),
                all -> all.stream().allMatch(step -> step.state().finished()));
        assertThat(steps).extracting(Job::state).containsOnly(JobState.SUCCESS).hasSize(4);
        assertThat(steps)
                .extracting(Job::result)
                .anyMatch(result -> String.valueOf(result).contains("\"workflow_id\": \"" + job.workflowId() + "\"")
                        && String.valueOf(result).contains("\"status\": \"SUBMITTED\"")
                        && String.valueOf(result).contains("\"message\": \"submitted"))
                .anyMatch(result -> String.valueOf(result)
                        .equals("{\"status\": \"COMPLETED\", \"progress\": 100.0, \"terminal\": true}"));
    }

    @Test
    void everyTroubleEndsAsItShould() throws Exception {
        long before = seen("workflows");
        List<WorkflowJob> jobs = jobsOf(batch(
                "\"submit\": [\"503\", \"429:0\"]",
                "\"submit\": [\"lost\"]",
                "\"submit\": [\"malformed\"]",
                "\"submit\": [\"422\"]",
                "\"submit\": [\"503\", \"503\", \"503\", \"503\"]",
                "\"poll\": [\"malformed\", \"ok\", \"429:0\"]",
                "\"poll\": [\"ok\", \"404\"]",
                "\"poll\": [\"503\", \"503\", \"503\", \"503\", \"503\"]",
                "\"outcome\": \"failed\"",
                "\"outcome\": \"cancelled\""));

        var ends = new ArrayList<WorkflowStatus>();
        for (WorkflowJob job : jobs) {
            ends.add(ended(job).status());
        }

        assertThat(ends)
                .containsExactly(
                        WorkflowStatus.COMPLETED,
                        WorkflowStatus.COMPLETED,
                        WorkflowStatus.COMPLETED,
                        WorkflowStatus.FAILED,
                        WorkflowStatus.FAILED,
                        WorkflowStatus.COMPLETED,
                        WorkflowStatus.FAILED,
                        WorkflowStatus.COMPLETED,
                        WorkflowStatus.FAILED,
                        WorkflowStatus.CANCELLED);
        assertThat(seen("workflows") - before)
                .as("what was lost or malformed was not started twice")
                .isEqualTo(8);
        assertThat(batches.get(jobs.getFirst().batchId()).orElseThrow().status())
                .isEqualTo(BatchStatus.MIXED);
        assertThat(codes(jobs.get(0))).containsExactly("http_503", "http_429");
        assertThat(codes(jobs.get(1))).containsExactly("connection_broken");
        assertThat(codes(jobs.get(2))).containsExactly("malformed_body");
        assertThat(codes(jobs.get(3))).containsExactly("http_422");
        assertThat(codes(jobs.get(4))).containsExactly("http_503", "http_503", "http_503", "http_503");
        assertThat(codes(jobs.get(5))).containsExactly("malformed_body", "http_429");
        assertThat(now(jobs.get(6)).reason()).contains("does not know the workflow");
        assertThat(codes(jobs.get(7)))
                .as("a poll that fails for good does not end the polling")
                .hasSize(5);
        assertThat(batches.retries(jobs.get(0).id(), 0, 10))
                .extracting(WorkflowRetry::retryDelaySeconds)
                .doesNotContainNull();
    }

    private List<String> codes(WorkflowJob job) {
        return batches.retries(job.id(), 0, 100).stream()
                .map(WorkflowRetry::errorCode)
                .toList();
    }

    @Test
    void aRunningWorkflowIsCancelledOverThereAndHere() throws Exception {
        WorkflowJob job = one("\"outcome\": \"stuck\", \"cancel\": [\"503\"]");
        until(job, now -> now.status() == WorkflowStatus.RUNNING);

        assertThat(workflows.requestCancellation(job.id())).isTrue();

        assertThat(ended(job).status()).isEqualTo(WorkflowStatus.CANCELLED);
        assertThat(codes(job)).containsExactly("http_503");
        assertThat(cancelledOverThere()).isPositive();
        Job again = run("cancel_job", "{\"job_id\": \"" + job.id() + "\"}");
        assertThat(again.state()).isEqualTo(JobState.FAILURE);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.error()).contains("cannot be cancelled: it is CANCELLED");
    }

    @Test
    void aJobThatIsCancelledWhileItIsSubmittedLeavesNothingBehind() throws Exception {
        long before = seen("submissions");
        int cancelled = cancelledOverThere();
        WorkflowJob job = one("\"outcome\": \"stuck\", \"submit\": [\"held\"]");
        scheduler.until(() -> seen("submissions"), now -> now > before);

        workflows.requestCancellation(job.id());
        // Only now is the submission answered.
        behave("{}");

        assertThat(ended(job).status()).isEqualTo(WorkflowStatus.CANCELLED);
        scheduler.until(
                () -> jobsOf(job),
                all -> all.size() == 3 && all.stream().allMatch(step -> step.state() == JobState.SUCCESS));
        assertThat(cancelledOverThere()).isEqualTo(cancelled + 1);
    }

    @Test
    void whatIsFollowedForTooLongHasFailed() throws Exception {
        WorkflowJob job = one("\"outcome\": \"stuck\"");
        until(job, now -> now.status() == WorkflowStatus.RUNNING);

        database.run(
                "UPDATE workflow_job SET submitted_at = now() - interval '25 hours' WHERE id = $1", Tuple.of(job.id()));

        assertThat(ended(job).status()).isEqualTo(WorkflowStatus.FAILED);
        assertThat(now(job).reason()).contains("longest time allowed");
    }

    @Test
    void theRecoveryCheckFindsWhatHasStopped() throws Exception {
        WorkflowJob polled = one("\"polls\": 20");
        until(polled, now -> now.status() == WorkflowStatus.RUNNING);
        // A poll that is under way when it is revoked still schedules the next one.
        until(
                polled,
                now -> control.revoke(now.stepJobId(), false)
                        && queries.get(now(polled).stepJobId()).orElseThrow().state() == JobState.REVOKED);
        WorkflowJob unsubmitted = one("\"polls\": 1");
        control.revoke(unsubmitted.stepJobId(), false);
        UUID unclosed = ended("\"polls\": 1").batchId();
        database.run("UPDATE workflow_batch SET completed = 0, finished_at = NULL WHERE id = $1", Tuple.of(unclosed));

        Job check = run("recovery_tasks.perform_recovery_check", "{}");

        assertThat(check.result())
                .contains("\"workflows_submitted_again\": 1")
                .contains("\"workflow_polls_resumed\": 1")
                .contains("\"workflow_batches_closed\": 1");
        assertThat(ended(polled).status()).isEqualTo(WorkflowStatus.COMPLETED);
        assertThat(ended(unsubmitted).status()).isEqualTo(WorkflowStatus.COMPLETED);
        assertThat(batches.get(unclosed).orElseThrow().status()).isEqualTo(BatchStatus.COMPLETED);
    }

    @Test
    void aFailedJobIsSubmittedAgainAsANewWorkflow() throws Exception {
        WorkflowJob job = ended("\"submit\": [\"422\"]");
        assertThat(job.workflowId()).isNull();

        assertThat(workflows.resubmit(job.id())).isTrue();

        WorkflowJob again = ended(job);
        // A new key, so the script begins anew as well.
        assertThat(again.status()).isEqualTo(WorkflowStatus.FAILED);
        assertThat(again.submission()).isEqualTo(2);
        WorkflowJob broken = ended("\"poll\": [\"404\"], \"polls\": 1");
        workflows.resubmit(broken.id());
        until(broken, now -> now.status().terminal() && now.submission() == 2);
        assertThat(now(broken).workflowId()).isNotEqualTo(broken.workflowId());
    }

    @Test
    void theBatchTasksCountRemoteWorkflowsToo() throws Exception {
        UUID id = batch("\"polls\": 1", "\"outcome\": \"failed\"");
        for (WorkflowJob job : jobsOf(id)) {
            ended(job);
        }
        database.run("UPDATE workflow_batch SET failed = 0, finished_at = NULL WHERE id = $1", Tuple.of(id));

        Job sweep = run("check_all_batch", "{}");
        Job completion = run("check_batch_completion", "{\"batch_id\": \"" + id + "\"}");

        assertThat(sweep.result())
                .contains("\"checked\": 1", "\"failed\": 1", "\"still_running\": 0", "\"repaired\": 1");
        assertThat(completion.result())
                .contains("\"status\": \"MIXED\"", "\"completed\": 1", "\"failed\": 1", "\"active\": 0");
    }

    @Test
    void whatIsNotThereIsAnErrorAndNotTriedAgain() throws Exception {
        String nobody = UUID.randomUUID().toString();

        for (Job job : List.of(
                run("submit_job", "{\"job_id\": \"" + nobody + "\"}"),
                run("poll_job_status", "{\"job_id\": \"" + nobody + "\", \"workflow_id\": \"wf\"}"),
                run("cancel_job", "{\"job_id\": \"" + nobody + "\"}"),
                run("check_batch_completion", "{\"batch_id\": \"" + nobody + "\"}"))) {
            assertThat(job.state()).as(job.task()).isEqualTo(JobState.FAILURE);
            assertThat(job.attempt()).isEqualTo(1);
            assertThat(job.error()).contains("there is no");
        }
    }

    @Test
    void theTasksHaveTheSeedsQueuesAndNumbers() throws Exception {
        WorkflowJob job = ended("\"polls\": 1");

        assertThat(jobsOf(job)).allSatisfy(step -> {
            assertThat(step.queue()).isEqualTo(step.task().equals("submit_job") ? "jobs" : "polling");
            assertThat(step.priority()).isEqualTo(step.task().equals("submit_job") ? 5 : 3);
            assertThat(step.maxRetries()).isEqualTo(3);
            assertThat(step.softTimeLimit()).isEqualTo(240);
            assertThat(step.timeLimit()).isEqualTo(300);
        });
    }

    @Test
    void whileTheRemoteSideIsDownItIsSparedAndNothingIsLost() throws Exception {
        behave("{\"down\": true}");
        UUID id = batch(IntStream.range(0, 30).mapToObj(_ -> "\"polls\": 1").toArray(String[]::new));
        scheduler.until(
                () -> queries.page(JobFilter.ALL, null, false, 500).jobs().stream()
                        .filter(job -> job.task().equals("submit_job") && job.state() == JobState.SCHEDULED)
                        .count(),
                resting -> resting > 0);

        behave("{}");

        scheduler.until(() -> batches.get(id).orElseThrow(), now -> now.status().finished());
        long tries = jobsOf(id).stream().mapToLong(job -> codes(job).size()).sum();
        assertThat(tries).as("rests cost no try").isLessThan(30 * 4);
        assertThat(batches.get(id).orElseThrow().counts().completed()).isPositive();
    }
}
