package io.millrace.store;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.callback.Callback;
import io.millrace.callback.CallbackStatus;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.BatchFixture;
import io.millrace.testing.JobFixture;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class CallbackStoreTest {

    private static final String URL = "https://example.org/done";
    private static final UUID BEGINNING = new UUID(0, 0);

    private final Database database = RealDatabase.empty();
    private final JobStore jobs = new JobStore(database);
    private final JobQueries queries = new JobQueries(database);
    private final ControlStore control = new ControlStore(database);
    private final BatchStore batches = new BatchStore(database);
    private final CallbackStore callbacks = new CallbackStore(database);

    private UUID submit(JobFixture fixture) {
        NewJob job = fixture.submitted();
        jobs.submit(List.of(job));
        return job.id();
    }

    private Claim claim(UUID id) {
        int seq = database.first("SELECT claim_seq FROM job WHERE id = $1", Tuple.of(id), row -> row.getInteger(0))
                .orElseThrow();
        return jobs.claim(List.of(new Hint(id, seq, "default", 5, null)), "w1").getFirst();
    }

    private void end(UUID id, Transition transition) {
        jobs.record(List.of(new Settled(claim(id), transition)));
    }

    private static Transition failure() {
        return new Transition.Fail(BatchRun.ERROR, false);
    }

    private List<Callback> ofJob(UUID id) {
        return callbacks.ofJob(id, null, 50);
    }

    private List<String> events(UUID job) {
        return ofJob(job).stream().map(Callback::event).toList();
    }

    private List<String> batchEvents(BatchRun run) {
        return callbacks.ofBatch(run.id(), null, 50).stream()
                .map(Callback::event)
                .toList();
    }

    private Job delivery(Callback callback) {
        return queries.get(callback.deliveryId()).orElseThrow();
    }

    private long jobsThere() {
        return database.first("SELECT count(*) FROM job", Tuple.tuple(), row -> row.getLong(0))
                .orElseThrow();
    }

    @Test
    void anEndMakesOneJobThatTellsOfItAndWaitsForItsHint() {
        UUID id = submit(aJob().callingBack(URL).ofProject("p"));
        Claim claim = claim(id);
        assertThat(events(id)).as("while it runs").isEmpty();

        jobs.record(List.of(new Settled(claim, new Transition.Succeed("1"))));

        Callback callback = ofJob(id).getFirst();
        assertThat(ofJob(id)).hasSize(1);
        assertThat(callback.event()).isEqualTo("job.succeeded");
        assertThat(callback.url()).isEqualTo(URL);
        assertThat(callback.status()).isEqualTo(CallbackStatus.PENDING);
        assertThat(callback.happenedAt())
                .isEqualTo(queries.get(id).orElseThrow().finishedAt());
        Job delivery = delivery(callback);
        assertThat(delivery.task()).isEqualTo("deliver_callback");
        assertThat(delivery.queue()).isEqualTo("webhooks");
        assertThat(delivery.parentId()).isEqualTo(id);
        assertThat(delivery.projectId()).isEqualTo("p");
        assertThat(delivery.args()).contains(callback.id().toString());
        assertThat(new SubmissionStore(database).takeUnhinted(10))
                .extracting(taken -> taken.hint().jobId())
                .containsExactly(callback.deliveryId());
    }

    @Test
    void theDeliveryGetsWhatTheTaskIsRegisteredWith() {
        new TaskStore(database)
                .register(List.of(new TaskDefinition(
                        "deliver_callback",
                        "elsewhere",
                        7,
                        new RetryPolicy(3, Duration.ofSeconds(9), 2, Duration.ofMinutes(1), true),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        Duration.ofHours(1),
                        null,
                        false,
                        "{}")));
        UUID id = submit(aJob().callingBack(URL));

        end(id, new Transition.Succeed("1"));

        Job delivery = delivery(ofJob(id).getFirst());
        assertThat(delivery.queue()).isEqualTo("elsewhere");
        assertThat(delivery.priority()).isEqualTo(7);
        assertThat(delivery.maxRetries()).isEqualTo(3);
        assertThat(delivery.timeLimit()).isEqualTo(30.0);
    }

    @Test
    void whateverEndsAJobIsToldOfOnce() {
        UUID succeeded = submit(aJob().callingBack(URL));
        end(succeeded, new Transition.Succeed("1"));
        UUID failed = submit(aJob().callingBack(URL));
        end(failed, failure());
        UUID revoked = submit(aJob().callingBack(URL));
        control.revoke(revoked, false);
        control.revoke(revoked, true);
        UUID terminated = submit(aJob().callingBack(URL));
        claim(terminated);
        control.revoke(terminated, true);
        UUID purged = submit(aJob().callingBack(URL).onQueue("purged"));
        control.purge("purged", 10);
        UUID expired = submit(aJob().callingBack(URL).expiring(Instant.now().minusSeconds(1)));
        new DueStore(database).walk(BEGINNING, 100, Duration.ofMinutes(1), 100);
        UUID quiet = submit(aJob());
        end(quiet, new Transition.Succeed("1"));

        assertThat(events(succeeded)).containsExactly("job.succeeded");
        assertThat(events(failed)).containsExactly("job.failed");
        assertThat(Stream.of(revoked, terminated, purged, expired))
                .allSatisfy(id -> assertThat(events(id)).containsExactly("job.revoked"));
        assertThat(events(quiet)).isEmpty();
        assertThat(jobsThere()).as("seven jobs, six deliveries").isEqualTo(13);
    }

    @Test
    void oneStatementThatEndsManyTellsOfThoseThatWantIt() {
        List<NewJob> many = IntStream.range(0, 500)
                .mapToObj(i -> (i % 5 == 0 ? aJob().callingBack(URL) : aJob()).submitted())
                .toList();
        jobs.submit(many);
        List<Claim> claims = jobs.claim(
                many.stream()
                        .map(job -> new Hint(job.id(), 0, "default", 5, null))
                        .toList(),
                "w1");

        jobs.record(claims.stream()
                .map(claim -> new Settled(claim, new Transition.Succeed("1")))
                .toList());

        assertThat(many).allSatisfy(job -> assertThat(events(job.id())).hasSize(job.callbackUrl() == null ? 0 : 1));
        assertThat(jobsThere()).isEqualTo(600);
    }

    @Test
    void aRunThatIsNoEndAndAChangeAfterwardsTellNothing() {
        UUID retried = submit(aJob().callingBack(URL));
        end(retried, new Transition.Retry(BatchRun.ERROR, Instant.now().plusSeconds(60), 60));
        UUID done = submit(aJob().callingBack(URL));
        end(done, new Transition.Succeed("1"));

        database.run("UPDATE job SET result = NULL WHERE id = $1", Tuple.of(done));

        assertThat(events(retried)).isEmpty();
        assertThat(events(done)).hasSize(1);
    }

    @Test
    void aJobThatRunsAgainAndEndsAgainIsToldOfAgain() {
        UUID id = submit(aJob().callingBack(URL));
        end(id, failure());
        control.runAgain(id);
        assertThat(events(id)).hasSize(1);

        end(id, new Transition.Succeed("1"));

        assertThat(events(id)).containsExactly("job.failed", "job.succeeded");
    }

    @Test
    void whatIsRolledBackHasToldNothing() {
        UUID id = submit(aJob().callingBack(URL));
        assertThatThrownBy(() -> database.inTransaction(sql -> {
                    ControlStore.revoke(sql, id, false);
                    throw new IllegalStateException("after all");
                }))
                .hasMessage("after all");

        assertThat(events(id)).isEmpty();
        assertThat(jobsThere()).isEqualTo(1);
    }

    private BatchRun submit(BatchFixture batch) {
        return new BatchRun(database, batch.submitted());
    }

    @Test
    void aBatchTellsOnceOfEachOfItsEndsAndNotBefore() {
        var run = submit(aBatch().callingBack(URL).with("a").with("b", "a").with("c", "b"));
        run.succeed("a");
        assertThat(batchEvents(run)).isEmpty();
        run.fail("b");
        assertThat(batchEvents(run)).containsExactly("batch.mixed");

        batches.retry(run.id());
        assertThat(batchEvents(run)).as("it goes on after all").hasSize(1);
        run.succeed("b");
        assertThat(batchEvents(run)).hasSize(1);
        run.succeed("c");

        assertThat(batchEvents(run)).containsExactly("batch.mixed", "batch.completed");
        assertThat(jobsThere()).isEqualTo(5);
        assertThat(database.first(
                        "SELECT callback_due_at IS NULL FROM batch WHERE id = $1",
                        Tuple.of(run.id()),
                        row -> row.getBoolean(0)))
                .as("nothing is due any more")
                .contains(true);
    }

    @Test
    void aBatchTellsOfItsEndInTheTraceOfItsSubmission() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        var run = submit(aBatch().callingBack(URL).with("a"));
        database.run("UPDATE job SET trace_id = $2 WHERE batch_id = $1", Tuple.of(run.id(), trace));
        run.succeed("a");

        var told = callbacks.ofBatch(run.id(), null, 50).getFirst();
        assertThat(database.first(
                        "SELECT trace_id FROM job WHERE id = $1", Tuple.of(told.deliveryId()), row -> row.getString(0)))
                .contains(trace);
    }

    @Test
    void aBatchWhoseEndsRaceOfFourWorkersTellsOnce() {
        var batch = aBatch().callingBack(URL);
        IntStream.range(0, 200).forEach(i -> batch.with("j" + i));
        var run = submit(batch);

        var workers = IntStream.range(0, 4)
                .mapToObj(worker ->
                        CompletableFuture.runAsync(() -> run.drive(1, worker, 4, _ -> new Transition.Succeed("1"))))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(workers).join();

        assertThat(batchEvents(run)).containsExactly("batch.completed");
    }

    @Test
    void aRevokedBatchAndOneThatIsMendedTellToo() {
        var revoked = submit(aBatch().callingBack(URL).with("a").with("b", "a"));
        batches.revoke(revoked.id(), false);
        var mended = submit(aBatch().callingBack(URL).with("a"));
        database.inTransaction(sql -> {
            sql.run("ALTER TABLE job DISABLE TRIGGER job_batch_followed", Tuple.tuple());
            sql.run("UPDATE job SET state = 'SUCCESS', finished_at = now() WHERE id = $1", Tuple.of(mended.id("a")));
            return sql.run("ALTER TABLE job ENABLE TRIGGER job_batch_followed", Tuple.tuple());
        });
        assertThat(batchEvents(mended)).isEmpty();

        batches.check(mended.id());
        batches.check(mended.id());

        assertThat(batchEvents(revoked)).containsExactly("batch.cancelled");
        assertThat(batchEvents(mended)).containsExactly("batch.completed");
    }

    @Test
    void jobsOfABatchThatAreCancelledWithItTellForThemselves() {
        var run = submit(aBatch().callingBack(URL).with("a").with("b", aJob().callingBack(URL), "a"));

        run.fail("a");

        assertThat(run.state("b")).isEqualTo(JobState.REVOKED);
        assertThat(events(run.id("b"))).containsExactly("job.revoked");
        assertThat(batchEvents(run)).containsExactly("batch.mixed");
    }

    @Test
    void theStatusFollowsTheDelivery() {
        UUID id = submit(aJob().callingBack(URL));
        end(id, new Transition.Succeed("1"));
        Callback callback = ofJob(id).getFirst();

        callbacks.record(callback.id(), callback.deliveryId(), 500, "HTTP 500");
        end(
                callback.deliveryId(),
                new Transition.Retry(BatchRun.ERROR, Instant.now().plusSeconds(60), 60));
        Callback retrying = ofJob(id).getFirst();
        callbacks.record(callback.id(), callback.deliveryId(), 200, null);
        Callback delivered = ofJob(id).getFirst();

        assertThat(retrying.status()).isEqualTo(CallbackStatus.RETRYING);
        assertThat(retrying.lastStatus()).isEqualTo(500);
        assertThat(retrying.nextAttemptAt()).isNotNull();
        assertThat(delivered.status()).isEqualTo(CallbackStatus.DELIVERED);
        assertThat(delivered.attempts()).isEqualTo(2);
        assertThat(delivered.lastError()).isNull();
    }

    @Test
    void whatWasGivenUpIsDeliveredAgainByAJobOfItsOwnAndNotTwiceAtOnce() {
        UUID id = submit(aJob().callingBack(URL));
        end(id, new Transition.Succeed("1"));
        Callback first = ofJob(id).getFirst();
        assertThat(callbacks.deliverAgain(first.id())).as("under way").isFalse();
        end(first.deliveryId(), failure());
        assertThat(ofJob(id).getFirst().status()).isEqualTo(CallbackStatus.FAILED);

        var askers = IntStream.range(0, 4)
                .mapToObj(_ -> CompletableFuture.supplyAsync(() -> callbacks.deliverAgain(first.id())))
                .toList();

        assertThat(askers.stream().map(CompletableFuture::join).filter(done -> done))
                .hasSize(1);
        Callback again = ofJob(id).getFirst();
        assertThat(ofJob(id)).hasSize(1);
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.deliveryId()).isNotEqualTo(first.deliveryId());
        assertThat(again.status()).isEqualTo(CallbackStatus.PENDING);
        // What the first delivery still notes is of no interest.
        callbacks.record(first.id(), first.deliveryId(), 200, null);
        assertThat(ofJob(id).getFirst().deliveredAt()).isNull();
    }

    @Test
    void oldCallbacksAreForgotten() {
        UUID id = submit(aJob().callingBack(URL));
        end(id, new Transition.Succeed("1"));

        assertThat(callbacks.forget(Duration.ofHours(1), 10)).isZero();
        assertThat(callbacks.forget(Duration.ofSeconds(-5), 10)).isEqualTo(1);
    }
}
