package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Subject;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.queue.Lane;
import io.millrace.testing.RealDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class JobStoreTest {

    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", "trace");

    private final Database database = RealDatabase.empty();
    private final JobStore store = new JobStore(database);
    private final JobQueries queries = new JobQueries(database);
    private final DueStore due = new DueStore(database);
    private final CountStore counts = new CountStore(database);

    private static Hint hint(NewJob job, int claimSeq) {
        return new Hint(job.id(), claimSeq, job.queue(), job.priority(), null);
    }

    private Claim submitAndClaim(NewJob job) {
        store.submit(List.of(job));
        return store.claim(List.of(hint(job, 0)), "w1").getFirst();
    }

    private Job get(NewJob job) {
        return queries.get(job.id()).orElseThrow();
    }

    @Test
    void aSubmittedJobIsPendingWithAllItWasSubmittedWith() {
        var job = aJob().withArgs("{\"a\": [1, 2]}")
                .tagged("x", "it's, \"quoted\"")
                .withPriority(9)
                .submitted();

        store.submit(List.of(job));

        var found = get(job);
        assertThat(found.state()).isEqualTo(JobState.PENDING);
        assertThat(found.args()).isEqualTo("{\"a\": [1, 2]}");
        assertThat(found.tags()).containsExactly("x", "it's, \"quoted\"");
        assertThat(found.priority()).isEqualTo(9);
    }

    @Test
    void aClaimTakesAJobOnceHoweverManyAsk() throws Exception {
        var jobs = IntStream.range(0, 500).mapToObj(i -> aJob().submitted()).toList();
        store.submit(jobs);
        var hints = jobs.stream().map(job -> hint(job, 0)).toList();

        List<Claim> won = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<List<Claim>> claim =
                    () -> store.claim(hints, Thread.currentThread().toString());
            for (var each : threads.invokeAll(List.of(claim, claim, claim, claim))) {
                won.addAll(each.get());
            }
        }

        assertThat(won).extracting(Claim::jobId).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void claimsComeInOrderOfPriorityAndThenOfAge() {
        var first = aJob().withPriority(3).submitted();
        var second = aJob().withPriority(5).submitted();
        var third = aJob().withPriority(5).submitted();
        store.submit(List.of(first, second, third));

        var claims = store.claim(List.of(hint(third, 0), hint(first, 0), hint(second, 0)), "w1");

        assertThat(claims).extracting(Claim::jobId).containsExactly(second.id(), third.id(), first.id());
    }

    @Test
    void aHintOfAnEarlierClaimClaimsNothing() {
        var job = aJob().submitted();
        var claim = submitAndClaim(job);
        store.record(List.of(new Settled(claim, new Transition.Release("drain"))));

        assertThat(store.claim(List.of(hint(job, 0)), "w2")).isEmpty();
        assertThat(store.claim(List.of(hint(job, claim.claimSeq())), "w2")).hasSize(1);
    }

    @Test
    void aZombiesWriteChangesNothing() {
        var job = aJob().submitted();
        var zombie = submitAndClaim(job);
        store.record(List.of(new Settled(zombie, new Transition.Rescue(JobError.workerLost("w1")))));
        var newer = store.claim(List.of(hint(job, zombie.claimSeq())), "w2").getFirst();

        assertThat(store.record(List.of(new Settled(zombie, new Transition.Succeed("\"zombie\"")))))
                .isEmpty();
        assertThat(store.progress(zombie, "{}")).isFalse();

        assertThat(store.record(List.of(new Settled(newer, new Transition.Succeed("\"newer\"")))))
                .containsExactly(job.id());
        assertThat(get(job).result()).isEqualTo("\"newer\"");
        assertThat(get(job).losses()).isEqualTo(1);
    }

    @Test
    void aRecordedEndHoldsOnlyOnce() {
        var claim = submitAndClaim(aJob().submitted());
        var settled = new Settled(claim, new Transition.Succeed("1"));

        assertThat(store.record(List.of(settled))).containsExactly(claim.jobId());
        assertThat(store.record(List.of(settled))).isEmpty();
    }

    @Test
    void aRetryIsScheduledAndKeptInTheHistory() {
        var job = aJob().submitted();
        var claim = submitAndClaim(job);
        var dueAt = Instant.now().plusSeconds(60);

        store.record(List.of(new Settled(claim, new Transition.Retry(ERROR, dueAt, 60))));

        var found = get(job);
        assertThat(found.state()).isEqualTo(JobState.RETRY);
        assertThat(found.failures()).isEqualTo(1);
        assertThat(Duration.between(dueAt, found.dueAt()).abs()).isLessThan(Duration.ofMillis(1));
        assertThat(queries.history(found)).singleElement().satisfies(attempt -> {
            assertThat(attempt.outcome()).isEqualTo("retry");
            assertThat(attempt.excType()).isEqualTo("IOException");
            assertThat(attempt.traceback()).isEqualTo(ERROR.traceback());
            assertThat(attempt.retryDelaySeconds()).isEqualTo(60);
            assertThat(attempt.worker()).isEqualTo("w1");
        });
    }

    @Test
    void aSnoozeAndAReleaseGiveTheAttemptBack() {
        var snoozed = aJob().submitted();
        var released = aJob().submitted();
        store.record(List.of(
                new Settled(
                        submitAndClaim(snoozed),
                        new Transition.Snooze(Instant.now().plusSeconds(9))),
                new Settled(submitAndClaim(released), new Transition.Release("drain"))));

        assertThat(get(snoozed).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(get(snoozed).attempt()).isZero();
        assertThat(get(released).state()).isEqualTo(JobState.PENDING);
        assertThat(get(released).attempt()).isZero();
    }

    @Test
    void dueJobsAreDispatchedOnceByHoweverManySchedulers() throws Exception {
        var past = Instant.now().minusSeconds(1);
        var jobs = IntStream.range(0, 300)
                .mapToObj(i -> aJob().due(past).submitted())
                .toList();
        store.submit(jobs);

        List<Dispatched> dispatched = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<List<Dispatched>> dispatch = () -> due.dispatchDue(200);
            for (var each : threads.invokeAll(List.of(dispatch, dispatch, dispatch))) {
                dispatched.addAll(each.get());
            }
        }
        dispatched.addAll(due.dispatchDue(1000));

        assertThat(dispatched)
                .extracting(each -> each.hint().jobId())
                .hasSize(300)
                .doesNotHaveDuplicates();
        assertThat(dispatched).allMatch(each -> each.subject().task().equals("demo.noop"));
        assertThat(due.untilNextDue()).isEmpty();
    }

    @Test
    void whatIsNotDueStays() {
        store.submit(List.of(aJob().due(Instant.now().plusSeconds(60)).submitted()));

        assertThat(due.dispatchDue(10)).isEmpty();
        assertThat(due.untilNextDue().orElseThrow()).isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
    }

    @Test
    void onlyAHintOlderThanWhatItsLaneHasReceivedIsLost() {
        var lost = aJob().onQueue("jobs").submitted();
        var waiting = aJob().onQueue("celery").submitted();
        var elsewhere = aJob().onQueue("jobs").withPriority(9).submitted();
        store.submit(List.of(lost, waiting, elsewhere));
        age(lost, 60);
        age(waiting, 60);
        age(elsewhere, 60);
        var queueStore = new QueueStore(database);
        queueStore.declare(Map.of("jobs", 5, "celery", 5));
        queueStore.received(List.of(
                new QueueStore.Received("jobs", Lane.NORMAL, Instant.now()),
                new QueueStore.Received("celery", Lane.NORMAL, Instant.now().minusSeconds(300))));

        var step = due.walk(new UUID(0, 0), 100, Duration.ofSeconds(10), 10);

        assertThat(step.lost()).extracting(Hint::jobId).containsExactly(lost.id());
        assertThat(step.last()).isEmpty();

        due.hinted(step.lost());

        assertThat(due.walk(new UUID(0, 0), 100, Duration.ofSeconds(10), 10).lost())
                .isEmpty();
    }

    private void age(NewJob job, int seconds) {
        database.run(
                "UPDATE job SET hinted_at = now() - $2::int * interval '1 second' WHERE id = $1",
                io.vertx.sqlclient.Tuple.of(job.id(), seconds));
    }

    @Test
    void anExpiredJobIsNeverClaimedAndIsRevokedByTheWalk() {
        var job = aJob().expiring(Instant.now().minusSeconds(1)).submitted();
        store.submit(List.of(job));

        assertThat(store.claim(List.of(hint(job, 0)), "w1")).isEmpty();
        assertThat(due.walk(new UUID(0, 0), 10, Duration.ZERO, 10).expired())
                .extracting(Subject::jobId)
                .hasSize(1);
        assertThat(get(job).state()).isEqualTo(JobState.REVOKED);
        assertThat(get(job).error()).contains("Expired");
    }

    @Test
    void theWalkGoesOnWhereItStopped() {
        var jobs = IntStream.range(0, 25).mapToObj(i -> aJob().submitted()).toList();
        store.submit(jobs);

        var first = due.walk(new UUID(0, 0), 10, Duration.ZERO, 10);
        var second = due.walk(first.last().orElseThrow(), 10, Duration.ZERO, 10);
        var third = due.walk(second.last().orElseThrow(), 10, Duration.ZERO, 10);

        assertThat(List.of(first.looked(), second.looked(), third.looked())).containsExactly(10L, 10L, 5L);
        assertThat(third.last()).isEmpty();
    }

    @Test
    void countsAreExactBeforeAndAfterTheyAreFolded() {
        var jobs = IntStream.range(0, 10).mapToObj(i -> aJob().submitted()).toList();
        store.submit(jobs);
        var claims = store.claim(jobs.stream().map(job -> hint(job, 0)).toList(), "w1");
        store.record(claims.subList(0, 3).stream()
                .map(claim -> new Settled(claim, new Transition.Succeed(null)))
                .toList());
        store.progress(claims.get(4), "{}");

        var before = counts.all();
        counts.fold(1000);

        assertThat(before)
                .extracting(CountStore.Count::state, CountStore.Count::count)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("STARTED", 7L),
                        org.assertj.core.groups.Tuple.tuple("SUCCESS", 3L));
        assertThat(counts.all()).isEqualTo(before);
        assertThat(counts.fold(1000)).isZero();
    }

    @Test
    void listingsFilterAndPage() {
        var jobs = IntStream.range(0, 5)
                .mapToObj(i -> aJob().ofTask("t" + i % 2)
                        .tagged("tag" + i)
                        .withArgs("{\"n\": \"needle" + i + "\"}")
                        .submitted())
                .toList();
        store.submit(jobs);
        var ids = jobs.stream().map(NewJob::id).toList();

        assertThat(queries.list(JobFilter.ALL, null, true, 2))
                .extracting(Job::id)
                .containsExactly(ids.get(4), ids.get(3));
        assertThat(queries.list(JobFilter.ALL, ids.get(3), true, 9))
                .extracting(Job::id)
                .containsExactly(ids.get(2), ids.get(1), ids.get(0));
        assertThat(queries.list(JobFilter.ALL, ids.get(3), false, 9))
                .extracting(Job::id)
                .containsExactly(ids.get(4));
        var byTask = new JobFilter(
                List.of(JobState.PENDING),
                List.of("t1"),
                List.of(),
                List.of(),
                List.of(),
                List.of("tag1", "tag2"),
                List.of(),
                "NEEDLE1",
                null,
                null);
        assertThat(queries.list(byTask, null, true, 9)).extracting(Job::id).containsExactly(ids.get(1));
    }
}
