package io.millrace.job;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SettlementTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final RandomGenerator HALFWAY = () -> 1L << 63;
    private static final RetryPolicy POLICY =
            new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(600), false);
    private static final JobError ERROR = new JobError("task_failed", "IOException", "no", null);

    private static Transition settle(Claim claim, Outcome outcome) {
        return Settlement.settle(claim, outcome, POLICY, NOW, HALFWAY);
    }

    @Test
    void aRunThatReturnedSucceeds() {
        assertThat(settle(aJob().claimed(), new Outcome.Succeeded("42"))).isEqualTo(new Transition.Succeed("42"));
    }

    @Test
    void aFailureIsRetriedAfterTheJobsOwnDelay() {
        var claim =
                aJob().withRetryDelay(Duration.ofSeconds(60)).havingFailed(1).claimed();

        var transition = settle(claim, new Outcome.Failed(ERROR, true));

        assertThat(transition).isEqualTo(new Transition.Retry(ERROR, NOW.plusSeconds(120), 120));
    }

    @Test
    void theLastFailureIsForGood() {
        var claim = aJob().withMaxRetries(3).havingFailed(3).claimed();

        assertThat(settle(claim, new Outcome.Failed(ERROR, true))).isEqualTo(new Transition.Fail(ERROR, false));
    }

    @Test
    void aFailureThatAnotherAttemptCannotMendIsForGoodAtOnce() {
        assertThat(settle(aJob().claimed(), new Outcome.Failed(ERROR, false)))
                .isEqualTo(new Transition.Fail(ERROR, false));
    }

    @Test
    void aLostChildCountsAsALossAndSaysHowItEnded() {
        assertThat(settle(aJob().claimed(), new Outcome.ChildLost("exit status 3")))
                .isInstanceOfSatisfying(Transition.Rescue.class, rescue -> {
                    assertThat(rescue.error().excType()).isEqualTo("WorkerLost");
                    assertThat(rescue.error().excMessage()).contains("exit status 3");
                });
    }

    @Test
    void aRetryWaitsAtLeastAsLongAsTheOtherSideAsked() {
        var asked = NOW.plusSeconds(90);

        var transition = settle(aJob().claimed(), new Outcome.Failed(ERROR, true, asked));

        assertThat(transition).isEqualTo(new Transition.Retry(ERROR, asked, 90));
    }

    @Test
    void aLostWorkerIsNoFailureOfTheTask() {
        var claim = aJob().withMaxRetries(0).claimed();

        assertThat(settle(claim, new Outcome.WorkerLost("w1"))).isInstanceOf(Transition.Rescue.class);
    }

    @Test
    void theThirdLostWorkerMakesTheJobTheSuspect() {
        var claim = aJob().havingLost(2).claimed();

        assertThat(settle(claim, new Outcome.WorkerLost("w1")))
                .isEqualTo(new Transition.Fail(JobError.workerLost("w1"), true));
    }

    @Test
    void aSnoozeIsScheduledForWhenItAsked() {
        var until = NOW.plusSeconds(5);

        assertThat(settle(aJob().claimed(), new Outcome.Snoozed(until))).isEqualTo(new Transition.Snooze(until));
    }

    private static final RetryPolicy AT_MOST_ONCE =
            new RetryPolicy(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(600), false, false);

    private static Transition settleOnce(Claim claim, Outcome outcome) {
        return Settlement.settle(claim, outcome, AT_MOST_ONCE, NOW, HALFWAY);
    }

    @Test
    void atMostOnceTheFirstLostWorkerIsTheEnd() {
        assertThat(settleOnce(aJob().claimed(), new Outcome.WorkerLost("w1")))
                .isEqualTo(new Transition.Fail(JobError.workerLost("w1"), true));
    }

    @Test
    void atMostOnceARunThatItsWorkerEndsIsNotRunAgain() {
        assertThat(settleOnce(aJob().claimed(), new Outcome.Released("worker shuts down")))
                .isInstanceOfSatisfying(Transition.Fail.class, fail -> {
                    assertThat(fail.error().excType()).isEqualTo("WorkerLost");
                    assertThat(fail.lost()).isTrue();
                });
    }

    @Test
    void atMostOnceWhatHasNotBegunIsGivenBack() {
        assertThat(settleOnce(aJob().claimed(), new Outcome.Released("no slot", false)))
                .isEqualTo(new Transition.Release("no slot"));
    }

    @Test
    void atMostOnceAFailureOfTheTaskIsStillRetried() {
        assertThat(settleOnce(aJob().claimed(), new Outcome.Failed(ERROR, true)))
                .isInstanceOf(Transition.Retry.class);
    }
}
