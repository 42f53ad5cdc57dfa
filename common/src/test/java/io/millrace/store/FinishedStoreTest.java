package io.millrace.store;

import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchJob;
import io.millrace.batch.BatchStatus;
import io.millrace.job.ArgsChange;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.job.Unique;
import io.millrace.queue.Hint;
import io.millrace.store.KeyStore.Idempotency;
import io.millrace.store.KeyStore.Keyed;
import io.millrace.store.KeyStore.Verdict;
import io.millrace.testing.JobFixture;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("real")
class FinishedStoreTest {

    private static final UUID BEGINNING = new UUID(0, 0);
    private static final FinishedStore.Kept KEPT =
            new FinishedStore.Kept(Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(7));
    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", "at line 1");
    private static final OffsetDateTime LONG_AGO = OffsetDateTime.parse("2020-01-01T00:00:00Z");

    private final Database database = RealDatabase.empty();
    private final JobStore store = new JobStore(database, 1_000);
    private final JobQueries queries = new JobQueries(database);
    private final ControlStore control = new ControlStore(database);
    private final CountStore counts = new CountStore(database);
    private final BatchStore batches = new BatchStore(database);
    private final FinishedStore finished = new FinishedStore(database);

    private NewJob submit(JobFixture fixture) {
        NewJob job = fixture.submitted();
        store.submit(List.of(job));
        return job;
    }

    private Claim claim(UUID id) {
        Hint hint = database.first(
                        "SELECT id, claim_seq, queue, priority, trace_id FROM job WHERE id = $1",
                        Tuple.of(id),
                        DueStore::readHint)
                .orElseThrow();
        return store.claim(List.of(hint), "w1").getFirst();
    }

    private void end(UUID id, Transition transition) {
        store.record(List.of(new Settled(claim(id), transition)));
    }

    private UUID succeeded(JobFixture fixture, @Nullable String result) {
        UUID id = submit(fixture).id();
        end(id, new Transition.Succeed(result));
        return id;
    }

    private UUID failed(JobFixture fixture) {
        UUID id = submit(fixture).id();
        end(id, new Transition.Fail(ERROR, false));
        return id;
    }

    private FinishedStore.Step step(UUID after, int limit) {
        return finished.move(after, 1_000, Duration.ZERO, KEPT, limit);
    }

    private int moveAll() {
        return step(BEGINNING, 1_000).moved();
    }

    private Job get(UUID id) {
        return queries.get(id).orElseThrow();
    }

    private long number(String sql, Object... parameters) {
        return database.first(sql, Tuple.wrap(parameters), row -> row.getLong(0))
                .orElseThrow();
    }

    private boolean isHot(UUID id) {
        return number("SELECT count(*) FROM job WHERE id = $1", id) == 1;
    }

    /** As if the finished jobs, or results, there are had been kept long enough. */
    private void ageAll(String table) {
        database.run("SELECT make_partition($1, $2)", Tuple.of(table, LONG_AGO));
        database.run("UPDATE " + table + " SET forget_at = $1", Tuple.of(LONG_AGO));
        if (table.equals("finished_job")) {
            database.run("UPDATE finished_tally SET forget_at = $1", Tuple.of(LONG_AGO));
        } else {
            database.run("UPDATE finished_job SET result_forget_at = $1", Tuple.of(LONG_AGO));
        }
    }

    // -- out of the hot table

    @Test
    void aJobThatHasLeftLooksAsItDid() {
        UUID plain = succeeded(aJob().tagged("a", "b").ofProject("p").withArgs("{\"n\": 1}"), "{\"sum\": 3}");
        UUID large = succeeded(aJob(), '"' + "x".repeat(5_000) + '"');
        UUID nothing = succeeded(aJob(), null);
        UUID revoked = submit(aJob()).id();
        control.revoke(revoked, false);
        UUID retried = submit(aJob().withRateKey("k").limited(5.0, 10.0)).id();
        end(retried, new Transition.Retry(ERROR, Instant.now(), 1.5));
        new DueStore(database).dispatchDue(10);
        end(retried, new Transition.Fail(ERROR, false));
        List<UUID> all = List.of(plain, large, nothing, revoked, retried);
        List<Job> before = all.stream().map(this::get).toList();
        var histories = before.stream().map(queries::history).toList();

        assertThat(moveAll()).isEqualTo(5);

        assertThat(all).noneMatch(this::isHot);
        assertThat(all.stream().map(this::get)).containsExactlyElementsOf(before);
        assertThat(before.stream().map(queries::history)).containsExactlyElementsOf(histories);
        assertThat(histories.getLast()).hasSize(2);
        assertThat(number("SELECT count(*) FROM attempt")).isZero();
    }

    @Test
    void everyColumnOfAJobIsKeptOrLeftBehindOnPurpose() {
        var hot = database.list(
                "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'millrace' AND table_name = 'job'",
                Tuple.tuple(),
                row -> row.getString(0));
        var leftBehind = List.of("due_at", "hinted_at", "progress", "revoke_requested");
        var elsewhere = List.of("result", "result_gzip");
        var expected = new ArrayList<>(FinishedStore.columns());
        expected.addAll(leftBehind);
        expected.addAll(elsewhere);

        assertThat(hot).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void whatHasNotFinishedOrOnlyJustHasStays() {
        UUID waiting = submit(aJob()).id();
        UUID running = submit(aJob()).id();
        claim(running);
        UUID later = submit(aJob().due(Instant.now().plusSeconds(60))).id();
        UUID ended = succeeded(aJob(), "1");

        assertThat(finished.move(BEGINNING, 1_000, Duration.ofMinutes(1), KEPT, 1_000)
                        .moved())
                .isZero();
        assertThat(moveAll()).isEqualTo(1);

        assertThat(List.of(waiting, running, later)).allMatch(this::isHot);
        assertThat(isHot(ended)).isFalse();
    }

    @Test
    void aStepTellsHowLongWhatItMovesHasLainThere() {
        UUID old = succeeded(aJob(), "1");
        UUID older = succeeded(aJob(), "1");
        succeeded(aJob(), "1");
        database.run("UPDATE job SET finished_at = now() - interval '5 minutes' WHERE id = $1", Tuple.of(old));
        database.run("UPDATE job SET finished_at = now() - interval '2 hours' WHERE id = $1", Tuple.of(older));

        assertThat(step(BEGINNING, 1_000).lain()).isBetween(Duration.ofHours(2), Duration.ofHours(3));
        assertThat(step(BEGINNING, 1_000).lain()).isZero();
    }

    @Test
    void aWalkGoesOnBehindWhatItHasMovedAndEndsWhereTheTableEnds() {
        var ids = IntStream.range(0, 5).mapToObj(i -> succeeded(aJob(), "1")).toList();

        var first = finished.move(BEGINNING, 1_000, Duration.ZERO, KEPT, 2);
        var second = finished.move(first.last().orElseThrow(), 2, Duration.ZERO, KEPT, 10);
        var third = finished.move(second.last().orElseThrow(), 2, Duration.ZERO, KEPT, 10);

        assertThat(first.moved()).isEqualTo(2);
        assertThat(first.last()).contains(ids.get(1));
        assertThat(second.last()).contains(ids.get(3));
        assertThat(third.moved()).isEqualTo(1);
        assertThat(third.last()).isEmpty();
    }

    @Test
    void aStepIsNoLongOneWhereArgumentsAreLarge() {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        String args = "{\"x\": \"" + Base64.getEncoder().encodeToString(noise) + "\"}";
        IntStream.range(0, 8).forEach(i -> succeeded(aJob().withArgs(args), "1"));

        var first = step(BEGINNING, 1_000);
        var second = step(first.last().orElseThrow(), 1_000);

        assertThat(first.moved()).isBetween(5, 7);
        assertThat(first.moved() + second.moved()).isEqualTo(8);
        assertThat(second.last()).isEmpty();
    }

    @Test
    void aStretchOfJobsThatWaitForLaterIsQuietUntilTheFirstIsDue() {
        submit(aJob().due(Instant.now().plusSeconds(100)));
        submit(aJob().due(Instant.now().plusSeconds(50)));

        assertThat(finished.move(BEGINNING, 2, Duration.ZERO, KEPT, 10).quiet())
                .isBetween(Duration.ofSeconds(40), Duration.ofSeconds(50));
        assertThat(step(BEGINNING, 10).quiet())
                .as("new jobs may come at the end")
                .isZero();
        submit(aJob());
        assertThat(finished.move(BEGINNING, 3, Duration.ZERO, KEPT, 10).quiet()).isZero();
    }

    @Test
    void twoMoversShareTheWorkAndMoveEachJobOnce() throws Exception {
        var jobs = IntStream.range(0, 1_000).mapToObj(i -> aJob().submitted()).toList();
        store.submit(jobs);
        var claims = store.claim(
                jobs.stream()
                        .map(job -> new Hint(job.id(), 0, "default", 5, null))
                        .toList(),
                "w1");
        store.record(claims.stream()
                .map(claim -> new Settled(claim, new Transition.Succeed("1")))
                .toList());

        var movers = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 4; i++) {
            movers.add(() -> {
                int moved = 0;
                var position = BEGINNING;
                while (true) {
                    var step = finished.move(position, 100, Duration.ZERO, KEPT, 50);
                    moved += step.moved();
                    if (step.last().isEmpty()) {
                        return moved;
                    }
                    position = step.last().get();
                }
            });
        }
        int moved = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(movers)) {
                moved += each.get();
            }
        }
        moved += moveAll();

        assertThat(moved).isEqualTo(1_000);
        assertThat(number("SELECT count(DISTINCT id) FROM finished_job")).isEqualTo(1_000);
        assertThat(number("SELECT count(*) FROM job")).isZero();
    }

    // -- as one

    @Test
    void countsStayAsTheyWereWhenJobsLeaveAndComeBack() {
        UUID bad = failed(aJob());
        succeeded(aJob(), "1");
        var before = counts.all();

        moveAll();
        assertThat(counts.all()).isEqualTo(before);
        database.inTransaction(sql -> {
            FinishedStore.bringBack(sql, List.of(bad));
            return true;
        });

        assertThat(isHot(bad)).isTrue();
        assertThat(counts.all()).isEqualTo(before);
        assertThat(number("SELECT sum(count)::bigint FROM finished_tally WHERE state = 'FAILURE'"))
                .isZero();
    }

    private static JobFilter filter(
            List<JobState> states,
            @Nullable String task,
            @Nullable String queue,
            @Nullable String project,
            @Nullable String text) {
        return new JobFilter(
                states,
                task == null ? List.of() : List.of(task),
                queue == null ? List.of() : List.of(queue),
                List.of(),
                List.of(),
                List.of(),
                project == null ? List.of() : List.of(project),
                text,
                null,
                null);
    }

    private List<UUID> pages(JobFilter filter, boolean newestFirst, int limit) {
        var ids = new ArrayList<UUID>();
        UUID after = null;
        while (true) {
            var page = queries.list(filter, after, newestFirst, limit);
            page.forEach(job -> ids.add(job.id()));
            if (page.size() < limit) {
                return ids;
            }
            after = page.getLast().id();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListingIsTheSameWhereverItsJobsAre(boolean newestFirst) {
        var filters = List.of(
                JobFilter.ALL,
                filter(List.of(JobState.FAILURE), null, null, null, null),
                filter(List.of(JobState.FAILURE, JobState.PENDING), null, null, null, null),
                filter(List.of(JobState.SUCCESS, JobState.REVOKED), null, null, null, null),
                filter(List.of(JobState.PENDING), null, null, null, null),
                filter(List.of(), "a", null, null, null),
                filter(List.of(), null, "jobs", null, null),
                filter(List.of(), null, null, "p1", null),
                filter(List.of(), null, null, null, "NEEDLE"),
                filter(List.of(JobState.SUCCESS), "b", "default", "p0", null));
        for (int i = 0; i < 40; i++) {
            var job = aJob().ofTask(i % 3 == 0 ? "a" : "b")
                    .onQueue(i % 4 == 0 ? "jobs" : "default")
                    .ofProject("p" + i % 2)
                    .withArgs(i % 7 == 0 ? "{\"x\": \"a needle\"}" : "{}");
            switch (i % 5) {
                case 0 -> failed(job);
                case 1 -> submit(job);
                case 2 -> control.revoke(submit(job).id(), false);
                default -> succeeded(job, "1");
            }
        }
        var before = filters.stream().map(each -> pages(each, newestFirst, 3)).toList();
        var first = queries.list(JobFilter.ALL, null, newestFirst, 40);

        // Some leave, so that pages begin and end on both sides.
        for (int i = 0; i < 2; i++) {
            finished.move(BEGINNING, 1_000, Duration.ZERO, KEPT, 9);
            assertThat(filters.stream().map(each -> pages(each, newestFirst, 3)))
                    .containsExactlyElementsOf(before);
            assertThat(queries.list(JobFilter.ALL, null, newestFirst, 40)).isEqualTo(first);
        }
        moveAll();

        assertThat(filters.stream().map(each -> pages(each, newestFirst, 3))).containsExactlyElementsOf(before);
        assertThat(queries.list(JobFilter.ALL, null, newestFirst, 40)).isEqualTo(first);
        assertThat(before.getFirst()).hasSize(40);
        assertThat(number("SELECT count(*) FROM job")).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSearchThroughManyFinishedJobsGivesShortPagesAndMissesNone(boolean newestFirst) {
        var found = new ArrayList<UUID>();
        for (int i = 0; i < 30; i++) {
            var job = aJob().ofTask("a").withArgs(i % 8 == 0 ? "{\"x\": \"needle\"}" : "{}");
            // Some that do not leave, among those that do.
            UUID id = i % 3 == 0 ? submit(job).id() : succeeded(job, "1");
            if (i % 8 == 0) {
                found.add(newestFirst ? 0 : found.size(), id);
            }
        }
        moveAll();
        // Texts are dearer than other columns, so that a quarter as many are looked at: five.
        var few = new JobQueries(database, 20);

        for (var filter :
                List.of(filter(List.of(), null, null, null, "needle"), filter(List.of(), "a", null, null, "needle"))) {
            assertThat(allPages(few, filter, newestFirst, found)).isBetween(4, 6);
        }
        assertThat(few.page(filter(List.of(JobState.PENDING), null, null, null, null), null, newestFirst, 10)
                        .next())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSearchThroughManyWaitingJobsGivesShortPagesAndMissesNone(boolean newestFirst) {
        var found = new ArrayList<UUID>();
        for (int i = 0; i < 30; i++) {
            UUID id = submit(aJob().withArgs(i % 8 == 0 ? "{\"x\": \"needle\"}" : "{}"))
                    .id();
            if (i % 8 == 0) {
                found.add(newestFirst ? 0 : found.size(), id);
            }
        }
        succeeded(aJob(), "1");
        moveAll();
        var few = new JobQueries(database, 20);

        assertThat(allPages(few, filter(List.of(), null, null, null, "needle"), newestFirst, found))
                .isBetween(6, 7);
        // Pages that are full before they come to the bound end where they are full.
        assertThat(few.page(filter(List.of(), null, null, null, "{"), null, newestFirst, 3)
                        .jobs())
                .hasSize(3);
    }

    /** Reads all pages, which are to have these jobs. @return how many pages there were */
    private static int allPages(JobQueries queries, JobFilter filter, boolean newestFirst, List<UUID> expected) {
        var ids = new ArrayList<UUID>();
        int pages = 0;
        UUID next = null;
        do {
            var page = queries.page(filter, next, newestFirst, 10);
            page.jobs().forEach(job -> ids.add(job.id()));
            next = page.next();
            pages++;
        } while (next != null);
        assertThat(ids).containsExactlyElementsOf(expected);
        return pages;
    }

    @Test
    void aListingIsBoundedByTheTimeOfItsJobs() {
        UUID old = succeeded(aJob().withId(UUID.fromString("01890000-0000-7000-8000-000000000000")), "1");
        UUID young = succeeded(aJob(), "1");
        Instant between = Instant.now().minus(Duration.ofDays(1));
        moveAll();

        assertThat(queries.list(created(between, null), null, true, 10))
                .extracting(Job::id)
                .containsExactly(young);
        assertThat(queries.list(created(null, between), null, false, 10))
                .extracting(Job::id)
                .containsExactly(old);
        assertThat(queries.list(created(null, between), young, true, 10))
                .extracting(Job::id)
                .containsExactly(old);
        assertThat(queries.list(created(between, null), old, false, 10))
                .extracting(Job::id)
                .containsExactly(young);
    }

    private static JobFilter created(@Nullable Instant after, @Nullable Instant before) {
        return new JobFilter(
                List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), null, after, before);
    }

    @Test
    void whoWaitsForAJobThatHasLeftLearnsThatItHasFinished() {
        UUID gone = succeeded(aJob(), "1");
        UUID waiting = submit(aJob()).id();
        moveAll();

        assertThat(control.finishedOf(List.of(gone, waiting))).containsExactly(gone);
    }

    // -- again

    @Test
    void aFailedJobThatHasLeftRunsAgainWithItsHistoryAndBehindTheSameFence() {
        UUID id = failed(aJob());
        Claim zombie = new Claim(
                id,
                1,
                "demo.noop",
                "default",
                5,
                1,
                0,
                0,
                3,
                Duration.ofSeconds(1),
                null,
                null,
                "{}",
                null,
                null,
                null,
                Instant.EPOCH,
                Duration.ZERO,
                true);
        moveAll();

        Hint hint = control.runAgain(id, new ArgsChange.Replace("{\"other\": 1}"), (_, _) -> {})
                .orElseThrow();

        assertThat(hint.claimSeq()).isEqualTo(1);
        assertThat(get(id).state()).isEqualTo(JobState.PENDING);
        assertThat(get(id).args()).isEqualTo("{\"other\": 1}");
        assertThat(control.runAgain(id)).isEmpty();
        Claim again = store.claim(List.of(hint), "w2").getFirst();
        assertThat(again.claimSeq()).isEqualTo(2);
        assertThat(again.failures()).isZero();
        assertThat(store.record(List.of(new Settled(zombie, new Transition.Succeed("1")))))
                .isEmpty();
        store.record(List.of(new Settled(again, new Transition.Fail(ERROR, false))));
        moveAll();
        assertThat(queries.history(get(id))).hasSize(2);
        assertThat(counts.all())
                .extracting(CountStore.Count::state, CountStore.Count::count)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("FAILURE", 1L));
    }

    @Test
    void whatSucceededOrIsUnknownDoesNotRunAgainAndIsNotRevoked() {
        UUID id = succeeded(aJob(), "1");
        moveAll();

        assertThat(control.runAgain(id)).isEmpty();
        assertThat(control.runAgain(UUID.randomUUID())).isEmpty();
        assertThat(control.revoke(id, true)).isFalse();
        assertThat(get(id).state()).isEqualTo(JobState.SUCCESS);
    }

    @Test
    void ofManyThatLetAJobRunAgainOneSucceeds() throws Exception {
        UUID id = failed(aJob());
        moveAll();

        var tries = IntStream.range(0, 10)
                .<Callable<Boolean>>mapToObj(i -> () -> control.runAgain(id).isPresent())
                .toList();
        int won = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(tries)) {
                won += each.get() ? 1 : 0;
            }
        }

        assertThat(won).isEqualTo(1);
        assertThat(number("SELECT count(*) FROM job")).isEqualTo(1);
    }

    @Test
    void aReplayTakesTheOldestFirstWhereverTheyAre() {
        var ids =
                IntStream.range(0, 6).mapToObj(i -> failed(aJob().ofTask("a"))).toList();
        failed(aJob().ofTask("b"));
        finished.move(BEGINNING, 1_000, Duration.ZERO, KEPT, 3);
        var onlyA = filter(List.of(), "a", null, null, null);

        assertThat(control.replay(onlyA, 4, new ArgsChange.Keep(), (_, _) -> {}))
                .extracting(each -> each.hint().jobId())
                .containsExactlyInAnyOrderElementsOf(ids.subList(0, 4));
        moveAll();
        assertThat(control.replay(onlyA, 9, new ArgsChange.Keep(), (_, _) -> {}))
                .extracting(each -> each.hint().jobId())
                .containsExactlyInAnyOrderElementsOf(ids.subList(4, 6));
        assertThat(counts.all())
                .extracting(CountStore.Count::task, CountStore.Count::state, CountStore.Count::count)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a", "PENDING", 6L),
                        org.assertj.core.groups.Tuple.tuple("b", "FAILURE", 1L));
    }

    // -- keys

    @Test
    void anIdempotencyKeyGoesOnStandingForItsJob() {
        var keys = new KeyStore(database);
        var first = new Keyed(aJob().submitted(), new Idempotency("key", "print"), null);
        keys.submit(List.of(first), Instant.now());
        end(first.job().id(), new Transition.Succeed("1"));
        moveAll();

        var again = keys.submit(
                List.of(new Keyed(aJob().submitted(), new Idempotency("key", "print"), null)), Instant.now());

        assertThat(again.verdicts())
                .containsExactly(new Verdict.Before(first.job().id()));
        assertThat(get(first.job().id()).result()).isEqualTo("1");
    }

    @Test
    void aUniqueJobThatHasLeftHoldsItsPlaceForItsPeriodAndNoLongerByRunning() {
        var keys = new KeyStore(database);
        var byRunning =
                new Keyed(aJob().submitted(), null, new Unique("running", null, true, Unique.OnConflict.REJECT));
        var byPeriod = new Keyed(
                aJob().submitted(),
                null,
                new Unique("period", Instant.now().plusSeconds(600), false, Unique.OnConflict.RETURN));
        keys.submit(List.of(byRunning, byPeriod), Instant.now());
        end(byRunning.job().id(), new Transition.Succeed("1"));
        end(byPeriod.job().id(), new Transition.Succeed("1"));
        moveAll();

        var again = keys.submit(
                List.of(
                        new Keyed(aJob().submitted(), null, byRunning.unique()),
                        new Keyed(aJob().submitted(), null, byPeriod.unique())),
                Instant.now());

        assertThat(again.verdicts())
                .containsExactly(
                        new Verdict.Accepted(),
                        new Verdict.Before(byPeriod.job().id()));
    }

    // -- batches

    @Test
    void jobsOfAnOpenBatchStayAndThenLeaveAndTheirBatchCanBeRetried() {
        var run = new BatchRun(
                database, aBatch().with("a").with("b", "a").with("c", "b").submitted());
        run.succeed("a");
        assertThat(moveAll()).isZero();
        run.fail("b");
        assertThat(run.state("c")).isEqualTo(JobState.REVOKED);
        var shown = batches.jobs(run.id(), null, 10);

        assertThat(moveAll()).isEqualTo(3);

        assertThat(batches.jobs(run.id(), null, 10)).isEqualTo(shown);
        assertThat(batches.jobs(run.id(), run.id("a"), 1))
                .extracting(BatchJob::key)
                .containsExactly("b");
        assertThat(batches.check(run.id()).orElseThrow().repaired()).isFalse();
        assertThat(queries.resultsOf(List.of(run.id("a"), run.id("b"))))
                .containsOnlyKeys(run.id("a"))
                .containsValue("\"a\"");

        assertThat(batches.retry(run.id()).jobs()).isEqualTo(2);

        assertThat(run.now().status()).isEqualTo(BatchStatus.RUNNING);
        assertThat(run.now().counts()).isEqualTo(new BatchCounts(3, 1, 0, 0));
        assertThat(run.state("b")).isEqualTo(JobState.PENDING);
        assertThat(run.state("c")).isEqualTo(JobState.BLOCKED);
        assertThat(batches.check(run.id()).orElseThrow().repaired()).isFalse();
        run.succeed("b");
        run.succeed("c");
        assertThat(run.now().status()).isEqualTo(BatchStatus.COMPLETED);
        moveAll();
        assertThat(batches.jobs(run.id(), null, 10)).extracting(BatchJob::state).containsOnly(JobState.SUCCESS);
    }

    @Test
    void theCountersOfABatchAreMendedWhereItsJobsHaveLeft() {
        var run = new BatchRun(database, aBatch().with("a").with("b").submitted());
        run.succeed("a");
        run.fail("b");
        moveAll();
        database.run("UPDATE batch SET completed = 0, failed = 2", Tuple.tuple());

        assertThat(batches.check(run.id()).orElseThrow().repaired()).isTrue();

        assertThat(run.now().counts()).isEqualTo(new BatchCounts(2, 1, 1, 0));
    }

    // -- results

    @Test
    void theBytesOfAResultAreForgottenAtItsTimeAndItsJobStays() {
        UUID small = succeeded(aJob().withResultTtl(3600), "{\"a\": 1}");
        UUID large = succeeded(aJob().withResultTtl(3600), '"' + "x".repeat(5_000) + '"');
        moveAll();
        assertThat(number("SELECT count(*) FROM finished_result WHERE forget_at <= now() + interval '2 hours'"))
                .isEqualTo(2);

        ageAll("finished_result");
        assertThat(get(small).result()).isEqualTo("{\"a\": 1}");
        var forgotten = finished.forget();

        assertThat(forgotten.partition()).contains("finished_result_2020_01_01_00");
        assertThat(number("SELECT count(*) FROM finished_result")).isZero();
        assertThat(get(small).result()).isNull();
        assertThat(get(large).result()).isNull();
        assertThat(get(small).state()).isEqualTo(JobState.SUCCESS);
    }

    @Test
    void aResultWhoseTimeIsOverDoesNotMoveAndOneThatIsKeptForLongKeepsItsJob() {
        UUID over = succeeded(aJob().withResultTtl(60), "1");
        UUID kept = succeeded(aJob().withResultTtl(20 * 86_400.0), "1");
        database.run("UPDATE job SET finished_at = finished_at - interval '2 minutes' WHERE id = $1", Tuple.of(over));

        moveAll();

        assertThat(get(over).result()).isNull();
        assertThat(get(kept).result()).isEqualTo("1");
        assertThat(number("SELECT count(*) FROM finished_result")).isEqualTo(1);
        assertThat(number(
                        "SELECT count(*) FROM finished_job WHERE id = $1 AND forget_at > now() + interval '20 days' AND result_forget_at <= forget_at",
                        kept))
                .isEqualTo(1);
    }

    // -- forgetting

    @Test
    void whatIsKeptLongEnoughIsForgottenWholeAndCountedNoMore() {
        UUID gone = succeeded(aJob(), "1");
        UUID goneToo = failed(aJob());
        moveAll();
        ageAll("finished_job");
        UUID stays = succeeded(aJob(), "1");
        moveAll();
        assertThat(counts.fold(100)).isPositive();

        var forgotten = finished.forget();

        assertThat(forgotten.partition()).contains("finished_job_2020_01_01_00");
        assertThat(forgotten.jobs()).isEqualTo(2);
        assertThat(queries.get(gone)).isEmpty();
        assertThat(queries.get(goneToo)).isEmpty();
        assertThat(queries.get(stays)).isPresent();
        assertThat(counts.all())
                .extracting(CountStore.Count::state, CountStore.Count::count)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("SUCCESS", 1L));
        assertThat(finished.forget().jobs()).isZero();
    }

    @Test
    void forgettingGivesWayToAReaderAndIsDoneLater() {
        UUID gone = succeeded(aJob(), "1");
        moveAll();
        ageAll("finished_job");

        database.inTransaction(reader -> {
            reader.run("SELECT count(*) FROM finished_job", Tuple.tuple());
            // That it returns at all, while this one still reads, is that it does not wait for it.
            var busy = finished.forget();
            assertThat(busy.busy()).isTrue();
            assertThat(busy.partition()).isEmpty();
            assertThat(get(gone).state()).isEqualTo(JobState.SUCCESS);
            return true;
        });

        assertThat(finished.forget().partition()).isPresent();
        assertThat(queries.get(gone)).isEmpty();
    }

    @Test
    void whoReadsWhilePartitionsComeAndGoNoticesNothing() throws Exception {
        UUID stays = succeeded(aJob(), "1");
        moveAll();
        var open = new AtomicBoolean(true);
        var reader = new Callable<Integer>() {
            @Override
            public Integer call() {
                int reads = 0;
                while (open.get()) {
                    assertThat(queries.get(stays)).isPresent();
                    assertThat(queries.list(JobFilter.ALL, null, true, 10))
                            .extracting(Job::id)
                            .contains(stays);
                    reads++;
                }
                return reads;
            }
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reads = List.of(threads.submit(reader), threads.submit(reader), threads.submit(reader));
            int dropped = 0;
            for (int i = 0; i < 20; i++) {
                OffsetDateTime at = LONG_AGO.plusHours(i);
                database.run("SELECT make_partition('finished_job', $1)", Tuple.of(at));
                database.run("SELECT make_partition('finished_result', $1)", Tuple.of(at));
            }
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (dropped < 40 && System.nanoTime() < deadline) {
                dropped += finished.forget().partition().isPresent() ? 1 : 0;
            }
            open.set(false);
            assertThat(dropped).isEqualTo(40);
            for (var each : reads) {
                assertThat(each.get()).isPositive();
            }
        }
    }

    @Test
    void aPartitionIsMadeOnceByWhoeverNeedsItFirst() throws Exception {
        OffsetDateTime at = OffsetDateTime.parse("2100-01-01T05:00:00Z");
        var makers = IntStream.range(0, 8)
                .<Callable<Object>>mapToObj(
                        i -> () -> database.run("SELECT make_partition('finished_job', $1)", Tuple.of(at)))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(makers)) {
                each.get();
            }
        }

        assertThat(number("SELECT count(*) FROM finished_partition WHERE forget_at = $1", at))
                .isEqualTo(1);
        assertThat(number("SELECT count(*) FROM pg_indexes WHERE tablename = 'finished_job_2100_01_01_05'"))
                .as("each index that the finished jobs have")
                .isEqualTo(7);
        database.run("DROP TABLE finished_job_2100_01_01_05", Tuple.tuple());
    }

    @ParameterizedTest
    @CsvSource({
        // ended, kept for, forgotten at
        "2026-01-01T10:20:00Z, 3600, 2026-01-01T12:00:00Z",
        "2026-01-01T10:00:00Z, 3600, 2026-01-01T11:00:00Z",
        "2026-01-01T10:20:00Z, 86400, 2026-01-02T11:00:00Z",
        "2026-01-01T10:20:00Z, 604800, 2026-01-09T00:00:00Z",
        "2026-01-01T10:20:00Z, 2592000, 2026-02-01T00:00:00Z",
        "2026-01-01T10:20:00Z, 7776000, 2026-04-02T00:00:00Z",
        "2026-01-01T10:20:00Z, 34560001, 2027-02-11T00:00:00Z",
        "2026-01-01T10:59:59.999999Z, 3600, 2026-01-01T12:00:00Z",
        "2026-01-01T11:00:00.000001Z, 3600, 2026-01-01T13:00:00Z",
        "2026-01-01T10:59:59.5Z, 0.5, 2026-01-01T11:00:00Z",
        // What should have been forgotten long ago goes with the next that is.
        "2025-01-01T10:20:00Z, 3600, 2026-01-01T01:00:00Z",
        "2025-01-01T10:20:00Z, 604800, 2026-01-02T00:00:00Z",
    })
    void theLongerSomethingIsKeptTheCoarserTheMomentsAtWhichItIsForgotten(String ended, double kept, String expected) {
        assertThat(database.first(
                        "SELECT forget_at($1, $2, '2026-01-01T00:00:00Z') AS at",
                        Tuple.of(OffsetDateTime.parse(ended), kept),
                        row -> row.getOffsetDateTime("at").toInstant()))
                .contains(Instant.parse(expected));
    }
}
