package io.millrace.store;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.JobError;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.limit.LimitName;
import io.millrace.limit.LimitName.Scope;
import io.millrace.queue.Hint;
import io.millrace.queue.Lane;
import io.millrace.store.LimitStore.Change;
import io.millrace.testing.RealDatabase;
import io.millrace.waiting.Reason;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is found of jobs that wait, for each reason that takes rows to find. */
@Tag("real")
class WaitStoreTest {

    private final Database database = RealDatabase.empty();
    private final JobStore jobs = new JobStore(database);
    private final LimitStore limits = new LimitStore(database, jobs);
    private final WorkerStore workers = new WorkerStore(database);
    private final ControlStore control = new ControlStore(database);
    private final WaitStore store = new WaitStore(database, limits);

    @BeforeEach
    void aWorkerWithAFreeSlot() {
        new QueueStore(database).declare(Map.of("default", 5));
        workers.enrol("w1", "host", "test", List.of("default", "other"), 2);
        workers.knows("w1", List.of("demo.noop"));
    }

    private NewJob submit(NewJob job) {
        jobs.submit(List.of(job));
        return job;
    }

    private static Hint hint(NewJob job) {
        return new Hint(job.id(), 0, job.queue(), job.priority(), null);
    }

    private List<Reason> reasons(NewJob job) {
        return reasons(job.id());
    }

    private List<Reason> reasons(UUID job) {
        var found = store.find(job).orElseThrow();
        return found.waiting().reasons(found.now());
    }

    @Test
    void nothingKeepsAJobThatHasBeenSubmittedAMomentAgo() {
        assertThat(reasons(submit(aJob().submitted()))).containsExactly(new Reason.Starting());
        assertThat(store.find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void othersOfItsQueueAreCountedWhetherOrNotTheyHaveBeenFolded() {
        jobs.submit(List.of(
                aJob().submitted(), aJob().submitted(), aJob().onQueue("other").submitted()));
        new CountStore(database).fold(1_000);
        var last = submit(aJob().submitted());
        submit(aJob().withPriority(3).submitted());
        var urgent = submit(aJob().withPriority(9).submitted());

        assertThat(reasons(last)).containsExactly(new Reason.InLine(3, 5, Lane.NORMAL));
        assertThat(reasons(urgent)).containsExactly(new Reason.Starting());
    }

    @Test
    void aPausedQueueAndOneThatNobodyServesAreTold() {
        var paused = submit(aJob().submitted());
        control.pause("default", true);
        var lonely = submit(aJob().onQueue("nowhere").submitted());
        var unknown = submit(aJob().ofTask("other.task").onQueue("other").submitted());

        assertThat(reasons(paused)).containsExactly(new Reason.QueuePaused("default"));
        assertThat(reasons(lonely)).containsExactly(new Reason.NoWorker("nowhere"));
        assertThat(reasons(unknown)).containsExactly(new Reason.TaskUnknown("other.task", "other", 1));
    }

    @Test
    void aWorkerThatHasNotBeenHeardOfIsNotThere() {
        var job = submit(aJob().submitted());
        database.run("UPDATE worker SET last_heartbeat = now() - interval '2 minutes'", Tuple.tuple());

        assertThat(reasons(job)).containsExactly(new Reason.NoWorker("default"));
    }

    @Test
    void slotsThatAreTakenAreTold() {
        var job = submit(aJob().submitted());
        database.run("UPDATE worker SET running = 2", Tuple.tuple());

        assertThat(reasons(job)).containsExactly(new Reason.NoSlot(2));
    }

    @Test
    void aThrottledJobNamesItsLimitsAndWhenTheyHaveRoom() {
        limits.set(new LimitName(Scope.KEY, "tenant-1"), new Change(true, "1/h", true, 1));
        limits.set(new LimitName(Scope.KEY, "unmet"), new Change(true, "1/h", false, null));
        var first = submit(aJob().withRateKey("tenant-1").submitted());
        var second = submit(aJob().withRateKey("tenant-1").submitted());
        var claims = limits.admit(List.of(hint(first), hint(second)), limits.inForce(), "w1")
                .claims();

        assertThat(reasons(second)).singleElement().isInstanceOfSatisfying(Reason.Throttled.class, throttled -> {
            assertThat(throttled.waiting()).isEqualTo(1);
            assertThat(throttled.limits()).singleElement().satisfies(standing -> {
                assertThat(standing.limit().name()).hasToString("key:tenant-1");
                assertThat(standing.running()).isEqualTo(1);
                assertThat(standing.roomAt())
                        .isBetween(
                                Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_601));
            });
        });
        assertThat(reasons(first)).singleElement().isInstanceOf(Reason.Running.class);
        new ControlStore(database).revoke(first.id(), false);
        assertThat(reasons(first)).singleElement().isInstanceOf(Reason.Revoked.class);

        jobs.record(List.of(new Settled(claims.getFirst(), new Transition.Succeed("1"))));
        assertThat(reasons(second)).singleElement().isInstanceOfSatisfying(Reason.Throttled.class, throttled -> {
            assertThat(throttled.limits().getFirst().running()).isZero();
        });
    }

    @Test
    void aJobThatHasFailedSaysWhenItIsTriedAgain() {
        var job = submit(aJob().submitted());
        var claim = jobs.claim(List.of(hint(job)), "w1").getFirst();
        Instant again = Instant.now().plusSeconds(60);
        var error = new JobError("task_failed", "IOException", "no", null);
        jobs.record(List.of(new Settled(claim, new Transition.Retry(error, again, 60))));

        assertThat(reasons(job)).singleElement().isInstanceOfSatisfying(Reason.WaitsForRetry.class, retry -> {
            assertThat(retry.error()).isEqualTo("IOException");
            assertThat(retry.until()).isBetween(again.minusMillis(1), again.plusMillis(1));
        });
    }

    @Test
    void aBlockedJobNamesWhatItWaitsForAndNotWhatHasEnded() {
        var run = new BatchRun(
                database,
                aBatch().with("a").with("b").with("c", "a", "b").with("d").submitted());
        run.succeed("a");

        assertThat(reasons(run.id("c"))).singleElement().isInstanceOfSatisfying(Reason.WaitsForParents.class, waits -> {
            assertThat(waits.open()).isEqualTo(1);
            assertThat(waits.some()).singleElement().satisfies(parent -> {
                assertThat(parent.key()).isEqualTo("b");
                assertThat(parent.jobId()).isEqualTo(run.id("b"));
            });
        });
    }

    @Test
    void aHintThatWasLostIsTold() {
        var job = submit(aJob().submitted());
        database.run("UPDATE job SET hinted_at = now() - interval '1 minute'", Tuple.tuple());
        new QueueStore(database).received(List.of(new QueueStore.Received("default", Lane.NORMAL, Instant.now())));

        assertThat(reasons(job)).containsExactly(new Reason.HintLost());
    }
}
