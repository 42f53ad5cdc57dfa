package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.job.ArgsChange;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.testing.RealDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("real")
class ControlStoreTest {

    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", null);

    private final Database database = RealDatabase.empty();
    private final JobStore store = new JobStore(database);
    private final JobQueries queries = new JobQueries(database);
    private final ControlStore control = new ControlStore(database);

    private NewJob submit(NewJob job) {
        store.submit(List.of(job));
        return job;
    }

    private Claim claim(NewJob job) {
        return store.claim(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)), "w1")
                .getFirst();
    }

    private Job get(NewJob job) {
        return queries.get(job.id()).orElseThrow();
    }

    @Test
    void aWaitingJobIsRevokedAtOnceAndNeverClaimed() {
        var pending = submit(aJob().submitted());
        var scheduled = submit(aJob().due(Instant.now().plusSeconds(60)).submitted());

        assertThat(control.revoke(pending.id(), false)).isTrue();
        assertThat(control.revoke(scheduled.id(), false)).isTrue();

        assertThat(get(pending).state()).isEqualTo(JobState.REVOKED);
        assertThat(get(scheduled).state()).isEqualTo(JobState.REVOKED);
        assertThat(store.claim(List.of(new Hint(pending.id(), 0, "default", 5, null)), "w1"))
                .isEmpty();
    }

    @Test
    void aTerminatedRunIsRevokedItsWorkerLearnsItAndItsLateResultIsRefused() {
        var job = submit(aJob().submitted());
        var claim = claim(job);
        assertThat(store.noLongerHeld(List.of(claim))).isEmpty();

        assertThat(control.revoke(job.id(), true)).isTrue();

        assertThat(store.noLongerHeld(List.of(claim))).containsExactly(job.id());
        assertThat(store.record(List.of(new Settled(claim, new Transition.Succeed("1")))))
                .isEmpty();
        assertThat(get(job).state()).isEqualTo(JobState.REVOKED);
        assertThat(queries.history(get(job)))
                .singleElement()
                .matches(attempt -> attempt.outcome().equals("revoked"));
    }

    @Test
    void aRunRevokedWithoutTerminateMayFinish() {
        var job = submit(aJob().submitted());
        var claim = claim(job);

        assertThat(control.revoke(job.id(), false)).isTrue();

        assertThat(get(job).state()).isEqualTo(JobState.STARTED);
        store.record(List.of(new Settled(claim, new Transition.Succeed("1"))));
        assertThat(get(job).state()).isEqualTo(JobState.SUCCESS);
    }

    @Test
    void aRunRevokedWithoutTerminateIsNotRunAgainIfItFails() {
        var job = submit(aJob().submitted());
        var claim = claim(job);
        control.revoke(job.id(), false);

        store.record(List.of(
                new Settled(claim, new Transition.Retry(ERROR, Instant.now().plusSeconds(9), 9))));

        assertThat(get(job).state()).isEqualTo(JobState.REVOKED);
        assertThat(get(job).finishedAt()).isNotNull();
    }

    @Test
    void whatHasFinishedCannotBeRevoked() {
        var job = submit(aJob().submitted());
        store.record(List.of(new Settled(claim(job), new Transition.Succeed(null))));

        assertThat(control.revoke(job.id(), true)).isFalse();
    }

    @Test
    void aFailedJobRunsAgainWithAFreshStartAndOtherArguments() {
        var job = submit(aJob().submitted());
        var claim = claim(job);
        store.record(List.of(new Settled(claim, new Transition.Fail(ERROR, false))));

        var hint = control.runAgain(job.id(), new ArgsChange.Replace("{\"other\": true}"), (_, _) -> {})
                .orElseThrow();

        assertThat(hint.claimSeq()).isEqualTo(claim.claimSeq());
        var again = store.claim(List.of(hint), "w2").getFirst();
        assertThat(again.args()).isEqualTo("{\"other\": true}");
        assertThat(again.failures()).isZero();
        assertThat(again.claimSeq()).isGreaterThan(claim.claimSeq());
        assertThat(control.runAgain(job.id())).isEmpty();
    }

    @Test
    void failedJobsAreReplayedByFilterUpToALimit() {
        var jobs = IntStream.range(0, 5)
                .mapToObj(i -> submit(aJob().ofTask(i < 3 ? "a" : "b").submitted()))
                .toList();
        jobs.forEach(job -> store.record(List.of(new Settled(claim(job), new Transition.Fail(ERROR, false)))));
        var onlyA = new JobFilter(
                List.of(), List.of("a"), List.of(), List.of(), List.of(), List.of(), List.of(), null, null, null);

        assertThat(control.replay(onlyA, 2, new ArgsChange.Keep(), (_, _) -> {}))
                .extracting(each -> each.hint().jobId())
                .containsExactlyInAnyOrder(jobs.get(0).id(), jobs.get(1).id());
        assertThat(control.replay(onlyA, 9, new ArgsChange.Keep(), (_, _) -> {}))
                .extracting(each -> each.hint().jobId())
                .containsExactly(jobs.get(2).id());
    }

    @Test
    void argumentsOfManyAreChangedTogetherOrNotAtAll() {
        var jobs = IntStream.range(0, 120)
                .mapToObj(i -> submit(aJob().ofTask("changed").submitted()))
                .toList();
        jobs.forEach(job -> store.record(List.of(new Settled(claim(job), new Transition.Fail(ERROR, false)))));
        var ofTask = new JobFilter(
                List.of(), List.of("changed"), List.of(), List.of(), List.of(), List.of(), List.of(), null, null, null);
        var patch = new ArgsChange.Patch("{\"n\": 7}");
        var seen = new ArrayList<String>();

        assertThatThrownBy(() -> control.replay(ofTask, 200, patch, (_, args) -> {
                    seen.add(args);
                    if (seen.size() > 100) {
                        throw new IllegalArgumentException("the last does not fit");
                    }
                }))
                .hasMessageContaining("the last does not fit");
        assertThat(get(jobs.getFirst()).state()).isEqualTo(JobState.FAILURE);

        assertThat(control.replay(ofTask, 110, patch, (_, _) -> {})).hasSize(110);
        assertThat(get(jobs.get(109)).args()).isEqualTo("{\"n\": 7}");
        assertThat(get(jobs.get(110)).state()).isEqualTo(JobState.FAILURE);
    }

    @Test
    void whatTheSweepHasSeenWaitingIsShownUntilItSeesOtherwise() {
        var queues = new QueueStore(database);
        queues.declare(Map.of("default", 5, "other", 5));

        queues.waiting(Map.of("default", Duration.ofMinutes(5)));
        assertThat(oldest(queues, "default")).isCloseTo(300, within(30.0));
        assertThat(oldest(queues, "other")).isZero();

        queues.waiting(Map.of("other", Duration.ofMinutes(1)));
        assertThat(oldest(queues, "default")).isZero();
        assertThat(oldest(queues, "other")).isCloseTo(60, within(30.0));
    }

    private static double oldest(QueueStore queues, String name) {
        return queues.status().stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .orElseThrow()
                .oldestAgeSeconds();
    }

    @Test
    void aPausedQueueGivesNoClaimsUntilItIsResumed() {
        new QueueStore(database).declare(Map.of("default", 5));
        var job = submit(aJob().submitted());
        var hint = new Hint(job.id(), 0, "default", 5, null);
        assertThat(control.pause("default", true)).isTrue();
        assertThat(store.claim(List.of(hint), "w1")).isEmpty();

        control.pause("default", false);

        assertThat(control.waitingOf("default", 10)).extracting(Hint::jobId).containsExactly(job.id());
        assertThat(store.claim(List.of(hint), "w1")).hasSize(1);
        assertThat(control.pause("nowhere", true)).isFalse();
    }

    @Test
    void aPurgeRevokesWhatWaitsAndNothingElse() {
        var waiting =
                IntStream.range(0, 3).mapToObj(i -> submit(aJob().submitted())).toList();
        var later = submit(aJob().due(Instant.now().plusSeconds(60)).submitted());
        var elsewhere = submit(aJob().onQueue("jobs").submitted());

        assertThat(control.purge("default", 2)).hasSize(2);
        assertThat(control.purge("default", 2)).hasSize(1);
        assertThat(control.purge("default", 2)).isEmpty();

        assertThat(waiting).allMatch(job -> get(job).state() == JobState.REVOKED);
        assertThat(get(later).state()).isEqualTo(JobState.SCHEDULED);
        assertThat(get(elsewhere).state()).isEqualTo(JobState.PENDING);
    }
}
