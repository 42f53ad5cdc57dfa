package io.millrace.store;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchFilter;
import io.millrace.batch.BatchJob;
import io.millrace.batch.BatchStatus;
import io.millrace.batch.OnParentFailure;
import io.millrace.job.JobState;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.testing.BatchFixture;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class BatchStoreTest {

    private final Database database = RealDatabase.empty();
    private final JobStore jobs = new JobStore(database);
    private final BatchStore batches = new BatchStore(database);
    private final ControlStore control = new ControlStore(database);

    private BatchRun submit(BatchFixture batch) {
        return new BatchRun(database, batch.submitted());
    }

    private static BatchFixture diamond() {
        return aBatch().with("a").with("b", "a").with("c", "a").with("d", "b", "c");
    }

    @Test
    void aJobIsReleasedByTheEndOfItsLastParentAndItsHintIsToBeHad() {
        var run = submit(diamond());
        assertThat(run.now().status()).isEqualTo(BatchStatus.PENDING);
        assertThat(run.state("d")).isEqualTo(JobState.BLOCKED);

        run.succeed("a");
        assertThat(run.now().status()).isEqualTo(BatchStatus.RUNNING);
        assertThat(batches.followersOf(List.of(run.id("a"))))
                .extracting(follower -> follower.hint().jobId())
                .containsExactlyInAnyOrder(run.id("b"), run.id("c"));
        run.succeed("b");
        assertThat(run.state("d")).isEqualTo(JobState.BLOCKED);
        assertThat(batches.followersOf(List.of(run.id("b")))).isEmpty();
        run.succeed("c");

        assertThat(run.state("d")).isEqualTo(JobState.PENDING);
        run.succeed("d");
        assertThat(run.now().status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(run.now().counts()).isEqualTo(new BatchCounts(4, 4, 0, 0));
        run.assertExact();
    }

    private static List<String> told(List<Follower> followers, BatchRun run) {
        return followers.stream()
                .map(each -> run.key(each.subject().jobId()) + " " + each.state()
                        + (each.why() == null ? "" : " " + each.why().excMessage()))
                .sorted()
                .toList();
    }

    @Test
    void whatFollowsFromAFailureIsToldOnceAndAsFarAsItGoes() {
        var run = submit(aBatch().with("a")
                .with("other")
                .with("b", "a")
                .with("c", "b", "other")
                .onParentFailure(OnParentFailure.RUN)
                .with("last", "c")
                .onParentFailure(OnParentFailure.CANCEL)
                .with("later", aJob().due(Instant.now().plusSeconds(3600)), "other"));

        run.fail("a");
        assertThat(told(batches.followersOf(List.of(run.id("a"))), run))
                .containsExactly("b REVOKED parent failed: a", "c REVOKED parent failed: a", "last PENDING");

        run.succeed("other");
        assertThat(told(batches.followersOf(List.of(run.id("other"))), run)).containsExactly("later SCHEDULED");
        run.succeed("last");
        assertThat(batches.followersOf(List.of(run.id("last")))).isEmpty();
        // Asked together, as a settler does for many ends: each once.
        assertThat(told(batches.followersOf(List.of(run.id("a"), run.id("other"))), run))
                .containsExactly("b REVOKED parent failed: a", "c REVOKED parent failed: a", "later SCHEDULED");
    }

    @Test
    void whatAnEarlierEndHasBroughtAboutIsNotToldAgain() {
        var run = submit(aBatch().with("a").with("b").with("c", "a", "b"));

        run.succeed("a");
        run.succeed("b");

        assertThat(batches.followersOf(List.of(run.id("a")))).isEmpty();
        assertThat(told(batches.followersOf(List.of(run.id("b"))), run)).containsExactly("c PENDING");
    }

    @Test
    void aRevokedBatchNamesTheJobsThatHaveEndedByIt() {
        var run = submit(diamond().with("x"));
        run.claim("x");

        assertThat(batches.revokeJobs(run.id(), false).orElseThrow())
                .extracting(job -> run.key(job.jobId()))
                .containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(batches.revokeJobs(run.id(), true).orElseThrow())
                .extracting(job -> run.key(job.jobId()))
                .containsExactly("x");
        assertThat(batches.revokeJobs(run.id(), true)).isEmpty();
    }

    @Test
    void aBatchIsRunningAsSoonAsAJobHasStarted() {
        var run = submit(diamond());

        run.claim("a");

        assertThat(run.now().status()).isEqualTo(BatchStatus.RUNNING);
        assertThat(run.now().startedAt()).isNotNull();
    }

    @Test
    void aReleasedJobThatIsNotDueYetIsScheduled() {
        Instant later = Instant.now().plusSeconds(3600);
        var run = submit(aBatch().with("a").with("b", aJob().due(later), "a"));

        run.succeed("a");

        assertThat(run.state("b")).isEqualTo(JobState.SCHEDULED);
        assertThat(Duration.between(later, run.job("b").dueAt()).abs()).isLessThan(Duration.ofMillis(1));
    }

    @Test
    void aFailureCancelsAllThatFollowsFromItAndSaysWhy() {
        var run = submit(diamond().with("e", "d").with("other").with("f", "other", "b"));

        run.succeed("a");
        run.fail("b");
        run.assertExact();

        assertThat(List.of("d", "e", "f")).allMatch(key -> run.state(key) == JobState.REVOKED);
        assertThat(run.job("e").error()).contains("parent failed: b").contains("parent_failed");
        assertThat(run.state("c")).isEqualTo(JobState.PENDING);
        assertThat(run.drive()).isEqualTo(2);
        assertThat(run.now().counts()).isEqualTo(new BatchCounts(7, 3, 1, 3));
        assertThat(run.now().status()).isEqualTo(BatchStatus.MIXED);
        run.assertExact();
    }

    @Test
    void whatRunsAnywayWaitsForAllAndRunsHoweverTheyEnded() {
        var run = submit(aBatch().onParentFailure(OnParentFailure.RUN)
                .with("a")
                .with("b")
                .with("c", "a", "b"));

        run.fail("a");
        assertThat(run.state("c")).isEqualTo(JobState.BLOCKED);
        run.succeed("b");

        assertThat(run.state("c")).isEqualTo(JobState.PENDING);
        run.assertExact();
    }

    @Test
    void aLastJobRunsAlthoughWhatItWaitsForWasCancelled() {
        var run = submit(aBatch().with("a")
                .with("b", "a")
                .with("c", "b")
                .onParentFailure(OnParentFailure.RUN)
                .with("last", "a", "b", "c"));

        run.fail("a");

        assertThat(run.state("c")).isEqualTo(JobState.REVOKED);
        assertThat(run.state("last")).isEqualTo(JobState.PENDING);
        run.assertExact();
    }

    @Test
    void aRetryThatIsStillToComeEndsNothing() {
        var run = submit(aBatch().with("a").with("b", "a"));

        run.end(
                run.claim("a"),
                new Transition.Retry(BatchRun.ERROR, Instant.now().plusSeconds(9), 9));

        assertThat(run.state("b")).isEqualTo(JobState.BLOCKED);
        run.assertExact();
    }

    @Test
    void revokingAWaitingJobCancelsWhatFollowsFromIt() {
        var run = submit(diamond());
        assertThat(control.revoke(run.id("b"), false)).as("BLOCKED").isTrue();
        assertThat(run.state("d")).isEqualTo(JobState.REVOKED);
        run.assertExact();

        assertThat(control.revoke(run.id("a"), false)).as("PENDING").isTrue();

        assertThat(run.now().status()).isEqualTo(BatchStatus.CANCELLED);
        run.assertExact();
    }

    @Test
    void aPurgeAndAnExpiryCancelWhatFollowsToo() {
        var purged = submit(diamond());
        control.purge("default", 100);
        assertThat(purged.now().status()).isEqualTo(BatchStatus.CANCELLED);
        purged.assertExact();

        var expired = submit(aBatch().with("a", aJob().expiring(Instant.now().minusSeconds(1)))
                .with("b", "a"));
        new DueStore(database).walk(new UUID(0, 0), 1000, Duration.ofSeconds(1), 10);
        assertThat(expired.now().status()).isEqualTo(BatchStatus.CANCELLED);
        expired.assertExact();
    }

    @Test
    void aWholeBatchIsRevokedAndWhatRunsMayFinish() {
        var run = submit(diamond().with("x"));
        var running = run.claim("x");

        assertThat(batches.revoke(run.id(), false)).isTrue();

        assertThat(run.now().counts()).isEqualTo(new BatchCounts(5, 0, 0, 4));
        assertThat(run.now().status()).isEqualTo(BatchStatus.RUNNING);
        assertThat(run.end(running, new Transition.Succeed("1"))).isTrue();
        assertThat(run.now().status()).isEqualTo(BatchStatus.MIXED);
        assertThat(batches.revoke(run.id(), false)).as("it has finished").isFalse();
        run.assertExact();
    }

    @Test
    void aWholeBatchIsTerminatedAtOnce() {
        var run = submit(diamond());
        var running = run.claim("a");

        assertThat(batches.revoke(run.id(), true)).isTrue();

        assertThat(run.now().status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(run.end(running, new Transition.Succeed("1"))).isFalse();
        run.assertExact();
    }

    @Test
    void onlyTheFailedPartIsRetriedAndInTheOrderOfTheGraph() {
        var run = submit(diamond().with("e", "d"));
        run.succeed("a");
        run.succeed("c");
        run.fail("b");
        assertThat(run.now().status()).isEqualTo(BatchStatus.MIXED);

        var retried = batches.retry(run.id());

        assertThat(retried.jobs()).isEqualTo(3);
        assertThat(retried.hints()).extracting(Hint::jobId).containsExactly(run.id("b"));
        assertThat(run.state("d")).isEqualTo(JobState.BLOCKED);
        assertThat(run.now().counts()).isEqualTo(new BatchCounts(5, 2, 0, 0));
        assertThat(run.now().finishedAt()).isNull();
        run.assertExact();
        assertThat(run.drive()).isEqualTo(3);
        assertThat(run.now().status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(batches.retry(run.id()).jobs()).isZero();
        run.assertExact();
    }

    @Test
    void aParentThatIsOpenedAgainIsWaitedForAgain() {
        var run = submit(aBatch().onParentFailure(OnParentFailure.RUN)
                .with("a")
                .with("b")
                .with("c", "a", "b"));
        run.fail("a");

        control.runAgain(run.id("a"));
        run.succeed("b");

        assertThat(run.state("c")).isEqualTo(JobState.BLOCKED);
        run.assertExact();
        run.succeed("a");
        assertThat(run.state("c")).isEqualTo(JobState.PENDING);
        run.assertExact();
    }

    @Test
    void whatIsRolledBackHasReleasedAndCountedNothing() {
        var run = submit(aBatch().with("a").with("b", "a"));
        run.claim("a");

        assertThatThrownBy(() -> database.inTransaction(sql -> {
                    sql.run("UPDATE job SET state = 'SUCCESS' WHERE id = $1", Tuple.of(run.id("a")));
                    assertThat(sql.first(
                                    "SELECT state FROM job WHERE id = $1",
                                    Tuple.of(run.id("b")),
                                    row -> row.getString(0)))
                            .contains("PENDING");
                    throw new IllegalStateException("killed in between");
                }))
                .hasMessage("killed in between");

        assertThat(run.state("b")).isEqualTo(JobState.BLOCKED);
        run.assertExact();
    }

    @Test
    void aZombieReleasesNothing() {
        var run = submit(aBatch().with("a").with("b", "a"));
        var zombie = run.claim("a");
        run.end(zombie, new Transition.Rescue(BatchRun.ERROR));
        run.claim("a");

        assertThat(run.end(zombie, new Transition.Succeed("1"))).isFalse();

        assertThat(run.state("b")).isEqualTo(JobState.BLOCKED);
        run.assertExact();
    }

    @Test
    void ofTwoParentsThatEndAtOnceExactlyOneReleasesTheChild() throws Exception {
        for (int round = 0; round < 100; round++) {
            var run = submit(aBatch().with("a").with("b").with("c", "a", "b"));
            var a = run.claim("a");
            var b = run.claim("b");
            var together = new CyclicBarrier(2);

            var ends = List.of(a, b).stream()
                    .map(claim -> CompletableFuture.runAsync(
                            () -> {
                                await(together);
                                run.end(claim, new Transition.Succeed("1"));
                            },
                            Thread::startVirtualThread))
                    .toList();
            ends.forEach(CompletableFuture::join);

            assertThat(run.state("c")).isEqualTo(JobState.PENDING);
            run.assertExact();
        }
        // Each change of state has left its mark: so many have become PENDING as were released, and none twice.
        assertThat(new CountStore(database).all())
                .filteredOn(count -> count.state().equals("PENDING"))
                .singleElement()
                .satisfies(count -> assertThat(count.count()).isEqualTo(100));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void manyWorkersFinishOneBatchWithoutADeadlock() {
        var batch = aBatch();
        for (int layer = 0; layer < 20; layer++) {
            for (int i = 0; i < 20; i++) {
                int below = layer - 1;
                batch.with(
                        layer + "-" + i,
                        aJob(),
                        layer == 0 ? List.of() : List.of(below + "-" + i, below + "-" + (i + 1) % 20));
            }
        }
        var run = submit(batch);

        var workers = IntStream.range(0, 6)
                .mapToObj(w -> CompletableFuture.supplyAsync(
                        () -> {
                            int runs = 0;
                            while (!run.now().status().finished()) {
                                runs += run.drive(1 + w, w, 6, claim -> new Transition.Succeed("1"));
                            }
                            return runs;
                        },
                        Thread::startVirtualThread))
                .toList();

        assertThat(workers.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(400);
        run.assertExact();
    }

    @Test
    void whileABatchIsRevokedItsJobsMayEndAndNothingIsLeftOpen() {
        for (int round = 0; round < 20; round++) {
            var batch = aBatch();
            for (int i = 0; i < 50; i++) {
                batch.with("p" + i).with("c" + i, "p" + i, "p" + Math.max(0, i - 1));
            }
            var run = submit(batch);

            var working = CompletableFuture.runAsync(
                    () -> run.drive(7, claim -> new Transition.Succeed("1")), Thread::startVirtualThread);
            var revoking =
                    CompletableFuture.runAsync(() -> batches.revoke(run.id(), false), Thread::startVirtualThread);
            CompletableFuture.allOf(working, revoking).join();
            run.drive();

            assertThat(run.now().status().finished()).isTrue();
            run.assertExact();
        }
    }

    @Test
    void theDatabaseNamesAStatusAsJavaDoes() {
        for (int completed = 0; completed <= 3; completed++) {
            for (int failed = 0; failed <= 3 - completed; failed++) {
                for (int cancelled = 0; cancelled <= 3 - completed - failed; cancelled++) {
                    for (boolean started : new boolean[] {false, true}) {
                        var counts = new BatchCounts(3, completed, failed, cancelled);
                        assertThat(database.first(
                                        "SELECT batch_status($1, $2, $3, $4, $5)",
                                        Tuple.of(3, completed, failed, cancelled, started),
                                        row -> row.getString(0)))
                                .contains(BatchStatus.of(counts, started).name());
                    }
                }
            }
        }
    }

    @Test
    void aCheckMendsWhatWasChangedBehindTheTriggersBack() {
        var run = submit(diamond());
        var untouched = submit(diamond());
        assertThat(batches.check(untouched.id()).orElseThrow().repaired()).isFalse();
        run.claim("a");
        database.run("ALTER TABLE job DISABLE TRIGGER job_batch_followed", Tuple.tuple());
        try {
            database.run("UPDATE job SET state = 'SUCCESS', finished_at = now() WHERE id = $1", Tuple.of(run.id("a")));
        } finally {
            database.run("ALTER TABLE job ENABLE TRIGGER job_batch_followed", Tuple.tuple());
        }
        assertThat(run.now().counts().completed()).isZero();

        var checked = batches.check(run.id()).orElseThrow();

        assertThat(checked.repaired()).isTrue();
        assertThat(checked.batch().counts()).isEqualTo(new BatchCounts(4, 1, 0, 0));
        assertThat(run.state("b")).isEqualTo(JobState.PENDING);
        assertThat(run.state("d")).isEqualTo(JobState.BLOCKED);
        run.assertExact();
        assertThat(run.drive()).isEqualTo(3);
        assertThat(batches.check(UUID.randomUUID())).isEmpty();
    }

    @Test
    void aThousandChildrenAChainAndAGridAreRunOnceEachAndReleasedOnceEach() {
        var wide = aBatch().with("root");
        IntStream.range(0, 1_000).forEach(i -> wide.with("c" + i, "root"));
        wide.with(
                "end", aJob(), IntStream.range(0, 1_000).mapToObj(i -> "c" + i).toList());
        var chain = aBatch().with("0");
        IntStream.range(1, 200).forEach(i -> chain.with("" + i, "" + (i - 1)));
        var grid = aBatch();
        for (int x = 0; x < 20; x++) {
            for (int y = 0; y < 20; y++) {
                int left = x - 1;
                int above = y - 1;
                grid.with(
                        x + "-" + y,
                        aJob(),
                        IntStream.range(0, 2)
                                .filter(side -> side == 0 ? left >= 0 : above >= 0)
                                .mapToObj(at(x, y))
                                .toList());
            }
        }

        for (BatchFixture shape : List.of(wide, chain, grid)) {
            var run = submit(shape);
            int total = run.now().counts().total();

            assertThat(run.drive(512, claim -> new Transition.Succeed("1"))).isEqualTo(total);

            assertThat(run.now().counts()).isEqualTo(new BatchCounts(total, total, 0, 0));
            run.assertExact();
        }
    }

    private static java.util.function.IntFunction<String> at(int x, int y) {
        return side -> side == 0 ? (x - 1) + "-" + y : x + "-" + (y - 1);
    }

    @Test
    void aFailureAtTheHeadOfALongChainCancelsAllOfItAtOnce() {
        var chain = aBatch().with("0");
        IntStream.range(1, 2_000).forEach(i -> chain.with("" + i, "" + (i - 1)));
        var run = submit(chain);

        run.fail("0");

        assertThat(run.now().counts()).isEqualTo(new BatchCounts(2_000, 0, 1, 1_999));
        assertThat(run.job("1999").error()).contains("parent failed: 0");
        run.assertExact();
    }

    @Test
    void jobsAreListedWithTheirKeysAndBatchesByStatusAndName() {
        var run = submit(diamond().named("one"));
        var other = submit(aBatch().named("two").with("x"));
        other.succeed("x");

        var page = batches.jobs(run.id(), null, 3);
        assertThat(page).extracting(BatchJob::key).containsExactly("a", "b", "c");
        assertThat(batches.jobs(run.id(), page.getLast().jobId(), 3))
                .extracting(BatchJob::key)
                .containsExactly("d");
        assertThat(batches.idsOf(run.id(), List.of("b", "nothing"))).containsOnlyKeys("b");
        assertThat(batches.list(new BatchFilter(List.of(BatchStatus.COMPLETED), null, null, null, null), null, 10))
                .extracting(batch -> batch.id())
                .containsExactly(other.id());
        assertThat(batches.list(new BatchFilter(List.of(), "one", null, null, null), null, 10))
                .extracting(batch -> batch.id())
                .containsExactly(run.id());
        assertThat(batches.open(new UUID(0, 0), 10)).containsExactly(run.id());
    }

    @Test
    void jobsWithoutABatchAreLeftAlone() {
        var alone = aJob().submitted();
        jobs.submit(List.of(alone));
        var claim = jobs.claim(List.of(new Hint(alone.id(), 0, "default", 5, null)), "w1")
                .getFirst();

        assertThat(claim.batchId()).isNull();
        assertThat(jobs.record(List.of(new Settled(claim, new Transition.Succeed("1")))))
                .hasSize(1);
        assertThat(batches.followersOf(List.of(alone.id()))).isEmpty();
    }
}
