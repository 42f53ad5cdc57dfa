package io.millrace.pack;

import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.HintEmitter;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.Worker;
import io.millrace.fleet.WorkerState;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Outcome;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Settlement;
import io.millrace.queue.Hint;
import io.millrace.store.ControlStore;
import io.millrace.store.Database;
import io.millrace.store.FleetStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.store.WorkerStore;
import io.millrace.testing.JobFixture;
import io.millrace.testing.RealStack;
import io.millrace.worker.Identity;
import io.millrace.worker.lane.Receivers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real worker as a member of the fleet: what is asked of its row it does, and what its row says of it is true. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(FleetTest.SmallWorker.class)
class FleetTest {

    /** Two slots, one queue, and replaced after so many jobs as only one test runs. */
    public static final class SmallWorker implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.worker.concurrency", "2",
                    "millrace.worker.queues", "default",
                    "millrace.worker.heartbeat", "500ms",
                    "millrace.worker.hold-time", HOLD.toSeconds() + "s",
                    "millrace.worker.autoscale-idle", "300ms",
                    "millrace.worker.recycle.after-jobs", Integer.toString(MANY_JOBS),
                    "millrace.worker.recycle.after-jobs-jitter", "0");
        }
    }

    private static final int MANY_JOBS = 200;

    /** Longer than it may take until what is held has been handed on. */
    private static final Duration HOLD = Duration.ofSeconds(8);

    private static final String FOREVER = "{\"seconds\": 600}";

    @Inject
    JobStore store;

    @Inject
    JobQueries queries;

    @Inject
    ControlStore control;

    @Inject
    FleetStore fleet;

    @Inject
    WorkerStore workers;

    @Inject
    HintEmitter hints;

    @Inject
    Receivers receivers;

    @Inject
    Identity identity;

    @Inject
    NotedDeparture departure;

    @Inject
    Database database;

    private final List<NewJob> started = new ArrayList<>();

    @BeforeEach
    void theWorkerIsAsConfigured() {
        fleet.wish(identity.id(), SlotRange.fixed(2), List.of("default"));
        soon().until(() -> me().wanted() == null && receivers.warm());
        assertThat(me().pool().concurrency()).isEqualTo(2);
    }

    @AfterEach
    void nothingRunsAnyMore() {
        started.forEach(job -> control.revoke(job.id(), true));
        soon().until(() -> me().pool().running() == 0);
    }

    private Worker me() {
        return workers.get(identity.id()).orElseThrow();
    }

    private NewJob submit(JobFixture fixture) {
        NewJob job = fixture.submitted();
        store.submit(List.of(job));
        hints.emit(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)));
        started.add(job);
        return job;
    }

    private void sleepers(int count) {
        for (int i = 0; i < count; i++) {
            submit(aJob().ofTask("demo.sleep").withArgs(FOREVER));
        }
    }

    private Job job(NewJob job) {
        return queries.get(job.id()).orElseThrow();
    }

    private long running() {
        return started.stream()
                .filter(job -> job(job).state() == JobState.STARTED)
                .count();
    }

    private void revokeOneThatRuns() {
        NewJob one = started.stream()
                .filter(job -> job(job).state() == JobState.STARTED)
                .findFirst()
                .orElseThrow();
        control.revoke(one.id(), true);
        soon().until(() -> !me().active().contains(one.id().toString()));
    }

    @Test
    void aPoolGrowsWhileItRuns() throws Exception {
        sleepers(5);
        soon().until(() -> running() == 2);

        fleet.wish(identity.id(), SlotRange.fixed(5), null);

        soon().until(() -> running() == 5);
        soon().until(() -> me().wanted() == null);
        assertThat(me().pool().concurrency()).isEqualTo(5);
    }

    @Test
    void aPoolThatShrinksLetsItsRunsFinishAndTheWishIsShownUntilTheyHave() throws Exception {
        sleepers(2);
        soon().until(() -> running() == 2);

        fleet.wish(identity.id(), SlotRange.fixed(1), null);

        soon().until(() -> me().pool().range().equals(SlotRange.fixed(1)));
        NewJob waiting = submit(aJob());
        assertThat(running()).isEqualTo(2);
        assertThat(me().pool().concurrency()).isEqualTo(2);
        assertThat(me().wanted()).isNotNull();

        revokeOneThatRuns();
        soon().until(() -> me().wanted() == null);
        assertThat(me().pool().concurrency()).isEqualTo(1);
        assertThat(job(waiting).state()).isEqualTo(JobState.PENDING);

        revokeOneThatRuns();
        soon().until(() -> job(waiting).state() == JobState.SUCCESS);
    }

    @Test
    void aQueueIsAddedAndTakenAwayWhileItRuns() throws Exception {
        NewJob elsewhere = submit(aJob().onQueue("celery"));
        assertThat(me().queues()).containsExactly("default");

        fleet.wish(identity.id(), null, List.of("celery"));

        soon().until(() -> job(elsewhere).state() == JobState.SUCCESS);
        soon().until(() -> me().wanted() == null);
        assertThat(me().queues()).containsExactly("celery");
        NewJob here = submit(aJob().onQueue("default"));
        NewJob after = submit(aJob().onQueue("celery"));
        soon().until(() -> job(after).state() == JobState.SUCCESS);
        assertThat(job(here).state()).isEqualTo(JobState.PENDING);

        fleet.wish(identity.id(), null, List.of("celery", "default"));

        soon().until(() -> job(here).state() == JobState.SUCCESS);
    }

    @Test
    void whatIsHeldOfAQueueThatIsTakenAwayIsHandedOnAtOnceAndWhatRunsGoesOn() throws Exception {
        fleet.wish(identity.id(), null, List.of("celery", "default"));
        soon().until(() -> me().wanted() == null && receivers.warm());
        sleepers(2);
        soon().until(() -> running() == 2);
        NewJob held = submit(aJob().onQueue("celery"));
        soon().until(() -> receivers.load().held() > 0);
        Instant heldSince = Instant.now();

        fleet.wish(identity.id(), null, List.of("default"));

        soon().until(() -> receivers.load().held() == 0);
        assertThat(Duration.between(heldSince, Instant.now())).isLessThan(HOLD.dividedBy(2));
        soon().until(() -> me().wanted() == null);
        assertThat(running()).isEqualTo(2);
        revokeOneThatRuns();
        NewJob other = submit(aJob());
        soon().until(() -> job(other).state() == JobState.SUCCESS);
        assertThat(job(held).state()).isEqualTo(JobState.PENDING);

        fleet.wish(identity.id(), null, List.of("celery"));

        soon().until(() -> job(held).state() == JobState.SUCCESS);
    }

    /** A probe that waited for each lane would have a worker killed that began with a long job in its only slot. */
    @Test
    void aWorkerWhoseSlotsAreAllTakenIsReadyWhateverItCouldNotAskForYet() throws Exception {
        sleepers(2);
        soon().until(() -> running() == 2);

        fleet.wish(identity.id(), null, List.of("celery", "default"));

        soon().until(() -> me().queues().contains("celery"));
        assertThat(receivers.warm()).isTrue();
        assertThat(running()).isEqualTo(2);
    }

    @Test
    void aPoolBetweenBoundsGrowsWithItsWorkAndShrinksWithoutIt() throws Exception {
        fleet.wish(identity.id(), new SlotRange(1, 6), null);
        soon().until(() -> me().wanted() == null);

        sleepers(10);

        soon().until(() -> running() == 6);
        assertThat(me().pool().range()).isEqualTo(new SlotRange(1, 6));
        started.forEach(job -> control.revoke(job.id(), true));
        soon().until(() -> receivers.load().slots() == 1);
        soon().until(() -> me().pool().concurrency() == 1);
    }

    @Test
    void aPingIsAnswered() throws Exception {
        assertThat(fleet.ping()).extracting(FleetStore.Pinged::id).contains(identity.id());

        soon().until(() -> fleet.asked(identity.id()).isEmpty());
    }

    @Test
    void whatItKnowsIsRegistered() {
        assertThat(me().tasks()).contains("demo.echo", "detect_anomalies_task");
    }

    @Test
    void aWorkerThatIsAskedToShutDownLeaves() throws Exception {
        fleet.shutDown(identity.id());
        try {
            soon().until(() -> departure.reasons().stream().anyMatch(why -> why.contains("asked")));
            assertThat(me().wanted())
                    .satisfies(wish -> assertThat(wish.shutdown()).isTrue());
        } finally {
            database.run("UPDATE worker SET shutdown_requested_at = NULL WHERE id = $1", Tuple.of(identity.id()));
        }
    }

    @Test
    void aWorkerLeavesAfterSoManyJobs() throws Exception {
        for (int i = 0; i < MANY_JOBS; i++) {
            submit(aJob());
        }

        soon().until(() -> departure.reasons().stream().anyMatch(why -> why.contains("jobs")));
    }

    @Test
    void aWorkerThatWasDeclaredLostEndsItsRunsAndBeginsAnewUnderAnotherId() throws Exception {
        sleepers(1);
        NewJob job = started.getFirst();
        soon().until(() -> running() == 1);
        String before = identity.id();

        // What the scheduler does with a worker that has been silent for longer than its lease, but in the other order:
        // one that hears at its next heartbeat that it is lost would else give its jobs back itself.
        for (Claim claim : store.runningOf(before, 10)) {
            var lost = new Outcome.WorkerLost(before);
            store.record(List.of(new Settled(
                    claim,
                    Settlement.settle(claim, lost, RetryPolicy.DEFAULT, Instant.now(), ThreadLocalRandom.current()))));
        }
        database.run("UPDATE worker SET state = 'LOST' WHERE id = $1", Tuple.of(before));

        soon().until(() -> !identity.id().equals(before));
        assertThat(workers.get(before).orElseThrow().state()).isEqualTo(WorkerState.LOST);
        assertThat(me().state()).isEqualTo(WorkerState.ACTIVE);
        assertThat(me().queues()).containsExactly("default");
        soon().until(() -> me().pool().running() == 0);
        assertThat(job(job).state()).isEqualTo(JobState.PENDING);
        assertThat(job(job).attempt()).isEqualTo(1);
        NewJob next = submit(aJob());
        soon().until(() -> job(next).state() == JobState.SUCCESS);
        assertThat(job(next).workerId()).isEqualTo(identity.id());
    }

    @Test
    void aWorkerThatIsNotSureOfItsIdClaimsNothing() throws Exception {
        identity.lose();
        try {
            NewJob job = submit(aJob());
            soon().until(() -> receivers.load().used() == 1);
            assertThat(job(job).state()).isEqualTo(JobState.PENDING);

            identity.become(identity.id());

            soon().until(() -> job(job).state() == JobState.SUCCESS);
        } finally {
            identity.become(identity.id());
        }
    }
}
