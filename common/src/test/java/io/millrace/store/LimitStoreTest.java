package io.millrace.store;

import static io.millrace.task.Precedence.NOTHING_CONFIGURED;
import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.Claim;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.limit.DeclaredLimit;
import io.millrace.limit.Limit;
import io.millrace.limit.LimitName;
import io.millrace.limit.LimitName.Scope;
import io.millrace.limit.Limits;
import io.millrace.limit.RateLimit;
import io.millrace.queue.Hint;
import io.millrace.store.LimitStore.Change;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class LimitStoreTest {

    private static final LimitName KEY = new LimitName(Scope.KEY, "k");

    private final Database database = RealDatabase.empty();
    private final JobStore store = new JobStore(database);
    private final LimitStore limits = new LimitStore(database, store);

    private List<NewJob> submitted(int count) {
        var jobs = IntStream.range(0, count)
                .mapToObj(_ -> aJob().withRateKey("k").submitted())
                .toList();
        store.submit(jobs);
        return jobs;
    }

    private static List<Hint> hints(List<NewJob> jobs) {
        return jobs.stream()
                .map(job -> new Hint(job.id(), 0, job.queue(), job.priority(), null))
                .toList();
    }

    private void rate(String rate) {
        limits.set(KEY, new Change(true, rate, false, null));
    }

    private void concurrency(int most) {
        limits.set(KEY, new Change(false, null, true, most));
    }

    private void succeed(List<Claim> claims) {
        store.record(claims.stream()
                .map(claim -> new Settled(claim, new Transition.Succeed("null")))
                .toList());
    }

    @Test
    void aLimitedJobIsLeftByThePlainClaim() {
        rate("1/h");
        var jobs = submitted(1);
        var free = aJob().submitted();
        store.submit(List.of(free));

        assertThat(store.claim(hints(jobs), "w1", limits.inForce())).isEmpty();
        assertThat(store.claim(hints(List.of(free)), "w1", limits.inForce())).hasSize(1);
    }

    @Test
    void noMoreStartThanTheRateSaysAndTheRestIsParkedInOrder() {
        rate("3/h");
        var jobs = submitted(10);

        var admission = limits.admit(hints(jobs), limits.inForce(), "w1");

        assertThat(admission.claims())
                .extracting(Claim::jobId)
                .containsExactlyElementsOf(
                        jobs.subList(0, 3).stream().map(NewJob::id).toList());
        assertThat(admission.parked()).isEqualTo(7);
        assertThat(limits.callParked(limits.inForce(), "", 100).hints()).isEmpty();
    }

    @Test
    void parkedJobsAreCalledWhenALimitIsRaisedAndOnlyAsManyAsMayStart() {
        rate("3/h");
        var jobs = submitted(10);
        limits.admit(hints(jobs), limits.inForce(), "w1");

        rate("5/h");
        var called = limits.callParked(limits.inForce(), "", 100).hints();
        var again = limits.callParked(limits.inForce(), "", 100).hints();

        assertThat(called)
                .extracting(Hint::jobId)
                .containsExactly(jobs.get(3).id(), jobs.get(4).id());
        assertThat(again).isEmpty();
        assertThat(limits.admit(called, limits.inForce(), "w2").claims()).hasSize(2);
    }

    @Test
    void whoComesLaterWaitsBehindTheParked() {
        rate("1/h");
        limits.admit(hints(submitted(2)), limits.inForce(), "w1");
        rate("2/h");

        assertThat(limits.admit(hints(submitted(1)), limits.inForce(), "w1").claims())
                .isEmpty();
    }

    @Test
    void allParkedAreCalledWhenTheLimitIsTakenAway() {
        rate("1/h");
        limits.admit(hints(submitted(5)), limits.inForce(), "w1");

        assertThat(limits.remove(KEY)).isTrue();

        assertThat(limits.callParked(Limits.NONE, "", 100).hints()).hasSize(4);
    }

    @Test
    void aRevokedJobLeavesTheLine() {
        rate("1/h");
        var jobs = submitted(2);
        limits.admit(hints(jobs), limits.inForce(), "w1");
        new ControlStore(database).revoke(jobs.get(1).id(), false);
        rate("9/h");

        assertThat(limits.callParked(limits.inForce(), "", 100).hints()).isEmpty();
        assertThat(limits.parked(10)).isZero();
    }

    @Test
    void noMoreRunThanTheConcurrencySaysHoweverARunEnds() {
        concurrency(2);
        var jobs = submitted(5);

        var first = limits.admit(hints(jobs), limits.inForce(), "w1").claims();
        assertThat(first).hasSize(2);
        assertThat(limits.callParked(limits.inForce(), "", 100).hints()).isEmpty();

        succeed(first.subList(0, 1));
        new ControlStore(database).revoke(first.get(1).jobId(), true);

        var next = limits.callParked(limits.inForce(), "", 100).hints();
        assertThat(next).hasSize(2);
        assertThat(limits.admit(next, limits.inForce(), "w2").claims()).hasSize(2);
    }

    @Test
    void theSweepLeavesParkedJobsAlone() {
        rate("1/h");
        limits.admit(hints(submitted(3)), limits.inForce(), "w1");
        new QueueStore(database).declare(java.util.Map.of("default", 5));
        new QueueStore(database)
                .received(List.of(new QueueStore.Received(
                        "default", io.millrace.queue.Lane.NORMAL, Instant.now().plusSeconds(60))));

        assertThat(new DueStore(database)
                        .walk(new UUID(0, 0), 100, Duration.ofMinutes(-1), 100)
                        .lost())
                .isEmpty();
    }

    @Test
    void whoWaitsForItsKeyIsNotHowLongAQueueHasWaited() {
        rate("1/h");
        limits.admit(hints(submitted(2)), limits.inForce(), "w1");

        assertThat(waiting()).isEmpty();
        assertThat(new QueueStore(database).oldestAgeSeconds("default")).isEmpty();

        new QueueStore(database).declare(Map.of("default", 5));
        limits.set(new LimitName(Scope.QUEUE, "default"), new Change(true, "1/h", false, null));
        limits.admit(hints(submitted(2)), limits.inForce(), "w1");
        assertThat(waiting()).containsOnlyKeys("default");
        assertThat(new QueueStore(database).oldestAgeSeconds("default")).isPresent();
    }

    private Map<String, Duration> waiting() {
        return new DueStore(database)
                .walk(new UUID(0, 0), 100, Duration.ofHours(1), 100)
                .waiting();
    }

    @Test
    void threeWorkersTogetherNeverStartMoreThanTheRateInAnyWindow() throws Exception {
        rate("200/s");
        concurrency(150);
        var jobs = submitted(1_000);
        var waiting = Collections.synchronizedList(new ArrayList<>(hints(jobs)));
        Callable<Void> worker = () -> {
            while (true) {
                List<Hint> mine;
                synchronized (waiting) {
                    mine = List.copyOf(waiting.subList(0, Math.min(40, waiting.size())));
                    waiting.subList(0, mine.size()).clear();
                }
                if (mine.isEmpty()) {
                    if (limits.parked(1) == 0) {
                        return null;
                    }
                    waiting.addAll(limits.callParked(limits.inForce(), "", 500).hints());
                    continue;
                }
                succeed(limits.admit(
                                mine, limits.inForce(), Thread.currentThread().toString())
                        .claims());
            }
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(List.of(worker, worker, worker))) {
                done.get();
            }
        }

        var starts = database.list(
                "SELECT started_at FROM job WHERE state = 'SUCCESS' ORDER BY started_at",
                Tuple.tuple(),
                row -> row.getOffsetDateTime("started_at").toInstant());
        assertThat(starts).hasSize(1_000);
        for (int i = 200; i < starts.size(); i++) {
            assertThat(Duration.between(starts.get(i - 200), starts.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
        assertThat(new HashSet<>(
                        database.list("SELECT attempt FROM job", Tuple.tuple(), row -> row.getInteger("attempt"))))
                .containsExactly(1);
    }

    private Limit ofQueue(String queue) {
        return limits.all().stream()
                .filter(limit -> limit.name().equals(new LimitName(Scope.QUEUE, queue)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aQueuesDeclaredLimitHoldsUntilAnotherIsSetAndAgainWhenThatIsTakenBack() {
        var queues = new QueueStore(database);
        var name = new LimitName(Scope.QUEUE, "jobs");
        queues.declare(Map.of("jobs", 5), Map.of("jobs", new DeclaredLimit("15/s,1000/h", 4)), NOTHING_CONFIGURED);
        assertThat(ofQueue("jobs")).isEqualTo(new Limit(name, RateLimit.parse("15/s,1000/h"), 4));

        limits.set(name, new Change(true, "1/s", true, 0));
        queues.declare(Map.of("jobs", 5), Map.of("jobs", new DeclaredLimit("20/s", 4)), NOTHING_CONFIGURED);
        assertThat(ofQueue("jobs")).isEqualTo(new Limit(name, RateLimit.parse("1/s"), null));

        limits.set(name, new Change(true, null, true, null));
        assertThat(ofQueue("jobs")).isEqualTo(new Limit(name, RateLimit.parse("20/s"), 4));

        queues.declare(Map.of("jobs", 5));
        assertThat(ofQueue("jobs").limits()).isFalse();
    }

    @Test
    void aPriorityThatWasSetOutlivesADeclaration() {
        var queues = new QueueStore(database);
        queues.declare(Map.of("jobs", 5));
        queues.setPriority("jobs", 9);

        queues.declare(Map.of("jobs", 5), Map.of("jobs", new DeclaredLimit("20/s", null)), NOTHING_CONFIGURED);

        assertThat(queues.priorities()).containsEntry("jobs", 9);
    }
}
