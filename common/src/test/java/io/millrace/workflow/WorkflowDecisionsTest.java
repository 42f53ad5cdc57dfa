package io.millrace.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowDecisionsTest {

    private static final Instant BEGAN = Instant.parse("2026-03-01T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final PollPacing PACING =
            new PollPacing(Duration.ofSeconds(5), 1.5, Duration.ofSeconds(60), 0.2, DAY);
    private static final StatusMapping MAPPING =
            new StatusMapping(Map.of("cooking", WorkflowStatus.RUNNING, "Burnt", WorkflowStatus.FAILED));
    private static final Duration SOON = Duration.ofSeconds(7);

    private static RemoteAnswer says(@Nullable String status, @Nullable Double progress) {
        return new RemoteAnswer.Understood(200, "wf-1", status, progress, null);
    }

    private static RemoteAnswer refuses(int status) {
        return new RemoteAnswer.Refused(status, null, null);
    }

    private static RemoteAnswer silent() {
        return new RemoteAnswer.NoAnswer(RemoteError.of("timeout", "no answer"));
    }

    private static WorkflowJob aJob(WorkflowStatus status) {
        return new WorkflowJob(
                UUID.fromString("019a0000-0000-7000-8000-000000000001"),
                UUID.randomUUID(),
                null,
                "{}",
                status,
                null,
                2,
                "wf-1",
                40.0,
                3,
                0,
                BEGAN,
                null,
                UUID.randomUUID(),
                null,
                0,
                null,
                BEGAN,
                null);
    }

    private static PollDecision poll(RemoteAnswer answer, WorkflowStatus status, Instant now) {
        return PollDecision.of(answer, aJob(status), MAPPING, PACING, BEGAN, now);
    }

    private static PollDecision poll(RemoteAnswer answer) {
        return poll(answer, WorkflowStatus.SUBMITTED, BEGAN.plusSeconds(10));
    }

    // -- submission

    @Test
    void aSubmissionThatNamesAWorkflowHasStarted() {
        assertThat(SubmitDecision.of(says("queued", null))).isEqualTo(new SubmitDecision.Started("wf-1"));
    }

    @Test
    void aSubmissionWhoseAnswerNamesNoWorkflowIsTriedAgain() {
        var unnamed = new RemoteAnswer.Understood(202, null, "queued", null, null);

        assertThat(SubmitDecision.of(unnamed))
                .isInstanceOfSatisfying(
                        SubmitDecision.TryAgain.class,
                        again -> assertThat(again.error().code()).isEqualTo("malformed_body"));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 425, 429, 500, 502, 503, 504})
    void whatMayBeAnsweredOtherwiseLaterIsSubmittedAgain(int status) {
        assertThat(SubmitDecision.of(refuses(status)))
                .isInstanceOfSatisfying(
                        SubmitDecision.TryAgain.class,
                        again -> assertThat(again.error().code()).isEqualTo("http_" + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 404, 413, 422})
    void whatIsRefusedForGoodIsNotSubmittedAgain(int status) {
        assertThat(SubmitDecision.of(refuses(status))).isInstanceOf(SubmitDecision.Rejected.class);
    }

    @Test
    void whatTheRemoteSideAsksForIsKeptWithTheError() {
        var throttled = new RemoteAnswer.Refused(429, SOON, "slow down");

        assertThat(SubmitDecision.of(throttled))
                .isEqualTo(new SubmitDecision.TryAgain(
                        new RemoteError("http_429", 429, "the remote side answered HTTP 429: slow down", SOON)));
    }

    @Test
    void nothingFollowsFromNotHavingAsked() {
        var notAsked = new RemoteAnswer.NotAsked("spared", SOON);

        assertThat(SubmitDecision.of(notAsked)).isEqualTo(new SubmitDecision.Rest("spared", SOON));
        assertThat(CancelDecision.of(notAsked)).isEqualTo(new CancelDecision.Rest("spared", SOON));
        assertThat(poll(notAsked)).isEqualTo(new PollDecision.Rest("spared", SOON));
    }

    @Test
    void withoutConfigurationNothingIsTriedAgain() {
        var none = new RemoteAnswer.Misconfigured(RemoteError.of("not_configured", "no"));

        assertThat(SubmitDecision.of(none)).isInstanceOf(SubmitDecision.Rejected.class);
        assertThat(CancelDecision.of(none)).isInstanceOf(CancelDecision.Rejected.class);
    }

    // -- polls

    @ParameterizedTest
    @CsvSource({"finished, COMPLETED", "FAILED, FAILED", "Canceled, CANCELLED", "burnt, FAILED"})
    void aTerminalWordEndsTheJob(String word, WorkflowStatus status) {
        assertThat(poll(says(word, 55.0)))
                .isInstanceOfSatisfying(
                        PollDecision.Ended.class,
                        ended -> assertThat(ended.status()).isEqualTo(status));
    }

    @Test
    void whatIsCompleteIsCompleteByAHundredPercent() {
        assertThat(poll(says("done", null))).isEqualTo(new PollDecision.Ended(WorkflowStatus.COMPLETED, 100.0, null));
    }

    @ParameterizedTest
    @CsvSource({
        "queued, SUBMITTED, SUBMITTED",
        "In-Progress, SUBMITTED, RUNNING",
        "cooking, SUBMITTED, RUNNING",
        "queued, RUNNING, RUNNING"
    })
    void aWorkflowThatGoesOnNeverGoesBack(String word, WorkflowStatus before, WorkflowStatus after) {
        assertThat(poll(says(word, 30.0), before, BEGAN)).isEqualTo(new PollDecision.GoesOn(after, 30.0, null));
    }

    @Test
    void aWordThatNobodyHasMappedIsNoEnd() {
        assertThat(poll(says("marinating", 30.0), WorkflowStatus.RUNNING, BEGAN))
                .isInstanceOfSatisfying(PollDecision.GoesOn.class, on -> {
                    assertThat(on.status()).isEqualTo(WorkflowStatus.RUNNING);
                    assertThat(on.reason()).contains("marinating");
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void aWorkflowThatIsNotFoundHasFailed(int status) {
        assertThat(poll(refuses(status))).isInstanceOfSatisfying(PollDecision.Ended.class, ended -> {
            assertThat(ended.status()).isEqualTo(WorkflowStatus.FAILED);
            assertThat(ended.progress()).isEqualTo(40.0);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 429, 500, 503})
    void everyOtherRefusalSaysNothingOfTheWorkflow(int status) {
        assertThat(poll(refuses(status))).isInstanceOf(PollDecision.TryAgain.class);
    }

    @Test
    void anAnswerWithoutStatusAndNoAnswerAreTriedAgain() {
        assertThat(poll(says(null, 10.0))).isInstanceOf(PollDecision.TryAgain.class);
        assertThat(poll(says(" ", 10.0))).isInstanceOf(PollDecision.TryAgain.class);
        assertThat(poll(silent())).isInstanceOf(PollDecision.TryAgain.class);
    }

    @Test
    void afterTheLongestTimeWhateverHasNotEndedHasFailed() {
        Instant late = BEGAN.plus(DAY);

        for (RemoteAnswer answer :
                new RemoteAnswer[] {says("running", 90.0), silent(), new RemoteAnswer.NotAsked("spared", SOON)}) {
            assertThat(poll(answer, WorkflowStatus.RUNNING, late))
                    .isInstanceOfSatisfying(PollDecision.Ended.class, ended -> {
                        assertThat(ended.status()).isEqualTo(WorkflowStatus.FAILED);
                        assertThat(ended.reason()).contains("PT24H");
                    });
        }
        assertThat(poll(says("running", 90.0), WorkflowStatus.RUNNING, late.minusMillis(1)))
                .isInstanceOf(PollDecision.GoesOn.class);
    }

    @Test
    void whatHasEndedInTimeButIsHeardOfLateHasEndedSo() {
        assertThat(poll(
                        says("finished", null),
                        WorkflowStatus.RUNNING,
                        BEGAN.plus(DAY).plusSeconds(9)))
                .isEqualTo(new PollDecision.Ended(WorkflowStatus.COMPLETED, 100.0, null));
    }

    // -- cancellation

    @Test
    void whatIsCancelledOrUnknownDoesNotGoOn() {
        assertThat(CancelDecision.of(says("cancelled", null))).isInstanceOf(CancelDecision.Cancelled.class);
        assertThat(CancelDecision.of(refuses(404))).isInstanceOf(CancelDecision.Cancelled.class);
    }

    @Test
    void whatHasEndedCannotBeCancelled() {
        assertThat(CancelDecision.of(refuses(409))).isInstanceOf(CancelDecision.TooLate.class);
    }

    @Test
    void aCancellationIsTriedAgainOrNotAsASubmissionIs() {
        assertThat(CancelDecision.of(refuses(503))).isInstanceOf(CancelDecision.TryAgain.class);
        assertThat(CancelDecision.of(silent())).isInstanceOf(CancelDecision.TryAgain.class);
        assertThat(CancelDecision.of(refuses(405))).isInstanceOf(CancelDecision.Rejected.class);
    }

    // -- pacing

    private static Duration next(int polls, @Nullable Duration asked, Instant now) {
        return PACING.next(polls, asked, now, BEGAN, new Random(7));
    }

    @Test
    void theWaitGrowsUpToItsCap() {
        PollPacing exact = new PollPacing(Duration.ofSeconds(5), 2, Duration.ofSeconds(60), 0, DAY);

        assertThat(IntStream.range(0, 6)
                        .mapToObj(polls -> exact.next(polls, null, BEGAN, BEGAN, new Random(1))
                                .toSeconds()))
                .containsExactly(5L, 10L, 20L, 40L, 60L, 60L);
        assertThat(exact.next(100_000, null, BEGAN, BEGAN, new Random(1))).hasSeconds(60);
    }

    @Test
    void jitterShortensAWaitByItsPartAtMost() {
        var random = new Random(3);
        var waits = Stream.generate(
                        () -> PACING.next(0, null, BEGAN, BEGAN, random).toMillis())
                .limit(1_000)
                .toList();

        assertThat(waits).allMatch(wait -> wait >= 4_000 && wait <= 5_000);
        assertThat(waits.stream().distinct().count()).isGreaterThan(500);
    }

    @Test
    void theRemoteSidesWishGoesBeforeOurOwnUpToAnHour() {
        assertThat(next(0, Duration.ofSeconds(90), BEGAN)).hasSeconds(90);
        assertThat(next(0, Duration.ofSeconds(1), BEGAN)).isGreaterThan(Duration.ofSeconds(3));
        assertThat(next(0, Duration.ofDays(400), BEGAN)).hasSeconds(3_600);
    }

    @Test
    void theLastPollIsMadeWhenTheTimeIsOver() {
        assertThat(next(9, Duration.ofSeconds(90), BEGAN.plus(DAY).minusSeconds(2)))
                .hasSeconds(2);
        assertThat(next(9, null, BEGAN.plus(DAY).plusSeconds(2))).isPositive();
    }

    @Test
    void aPacingThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new PollPacing(SOON, 0.5, SOON, 0, DAY)).hasMessageContaining("factor");
        assertThatThrownBy(() -> new PollPacing(SOON, 1, SOON.dividedBy(2), 0, DAY))
                .hasMessageContaining("longest wait");
        assertThatThrownBy(() -> new PollPacing(SOON, 1, SOON, 1.5, DAY)).hasMessageContaining("jitter");
        assertThatThrownBy(() -> new PollPacing(SOON, 1, SOON, 0, Duration.ZERO))
                .hasMessageContaining("some time");
    }

    // -- identity

    @Test
    void everyTryOfASubmissionHasTheSameKeyAndTheNextSubmissionAnother() {
        assertThat(aJob(WorkflowStatus.PENDING).idempotencyKey()).isEqualTo("019a0000-0000-7000-8000-000000000001-2");
    }
}
