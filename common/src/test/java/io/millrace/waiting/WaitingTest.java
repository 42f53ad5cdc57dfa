package io.millrace.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.JobState;
import io.millrace.limit.Limit;
import io.millrace.limit.LimitName;
import io.millrace.limit.RateLimit;
import io.millrace.queue.Lane;
import io.millrace.waiting.Waiting.Parent;
import io.millrace.waiting.Waiting.Queue;
import io.millrace.waiting.Waiting.Standing;
import io.millrace.waiting.Waiting.Workers;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitingTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final Instant EARLIER = NOW.minusSeconds(60);
    private static final Queue ALONE = new Queue("jobs", false, 1, 0, EARLIER);
    private static final Workers FREE = new Workers(2, 2, 8, 3);

    private static Waiting waiting(
            JobState state,
            @Nullable Instant dueAt,
            @Nullable Instant expiresAt,
            Queue queue,
            Workers workers,
            @Nullable List<Standing> limits) {
        return new Waiting(
                "t",
                5,
                state,
                dueAt,
                NOW,
                null,
                null,
                expiresAt,
                null,
                false,
                "IOException",
                queue,
                workers,
                limits,
                List.of(),
                0);
    }

    private static List<Reason> pending(Queue queue, Workers workers) {
        return waiting(JobState.PENDING, null, null, queue, workers, null).reasons(NOW);
    }

    private static Standing limit(String rate, @Nullable Integer most, int running, @Nullable Instant roomAt) {
        var name = new LimitName(LimitName.Scope.TASK, "t" + running);
        return new Standing(new Limit(name, RateLimit.parse(rate), most), running, roomAt);
    }

    @Test
    void whatNothingKeepsIsAboutToStart() {
        assertThat(pending(ALONE, FREE)).containsExactly(new Reason.Starting());
    }

    @Test
    void whatIsToBeDoneSomethingAboutComesFirst() {
        var paused = new Queue("jobs", true, 9, 8, EARLIER);

        assertThat(pending(paused, new Workers(0, 0, 0, 0)))
                .containsExactly(new Reason.QueuePaused("jobs"), new Reason.NoWorker("jobs"));
        assertThat(pending(paused, FREE)).containsExactly(new Reason.QueuePaused("jobs"));
        assertThat(pending(ALONE, new Workers(3, 0, 0, 0))).containsExactly(new Reason.TaskUnknown("t", "jobs", 3));
    }

    @Test
    void whoHasToStandInLineIsToldHowLongItIsAndWhetherSlotsAreThere() {
        var long_ = new Queue("jobs", false, 120, 17, EARLIER);

        assertThat(pending(long_, FREE)).containsExactly(new Reason.InLine(17, 120, Lane.NORMAL));
        assertThat(pending(long_, new Workers(2, 2, 8, 8)))
                .containsExactly(new Reason.NoSlot(8), new Reason.InLine(17, 120, Lane.NORMAL));
        assertThat(pending(ALONE, new Workers(2, 2, 8, 9))).containsExactly(new Reason.NoSlot(8));
    }

    @Test
    void aHintThatIsOlderThanWhatHasBeenReceivedSinceIsLost() {
        assertThat(pending(new Queue("jobs", false, 1, 0, NOW.plusSeconds(4)), FREE))
                .containsExactly(new Reason.Starting());
        assertThat(pending(new Queue("jobs", false, 1, 0, NOW.plusSeconds(6)), FREE))
                .containsExactly(new Reason.HintLost());
        assertThat(pending(new Queue("jobs", false, 1, 0, null), FREE)).containsExactly(new Reason.Starting());
    }

    @Test
    void ofSeveralLimitsThoseAreNamedThatHaveNoRoom() {
        var full = limit("15/s", null, 0, NOW.plusMillis(200));
        var busy = limit("15/s", 2, 2, null);
        var free = limit("15/s", 2, 1, null);

        assertThat(waiting(JobState.PENDING, null, null, ALONE, FREE, List.of(full, free, busy))
                        .reasons(NOW))
                .containsExactly(new Reason.Throttled(List.of(full, busy), 1));
        assertThat(waiting(JobState.PENDING, null, null, ALONE, FREE, List.of(free))
                        .reasons(NOW))
                .as("called, and not started yet")
                .containsExactly(new Reason.Throttled(List.of(free), 1));
    }

    @Test
    void whatWaitsForATimeSaysWhich() {
        assertThat(waiting(JobState.SCHEDULED, LATER, null, ALONE, FREE, null).reasons(NOW))
                .containsExactly(new Reason.NotDue(LATER));
        assertThat(waiting(JobState.RETRY, LATER, null, ALONE, FREE, null).reasons(NOW))
                .containsExactly(new Reason.WaitsForRetry(LATER, "IOException"));
        assertThat(waiting(JobState.RETRY, EARLIER, null, ALONE, FREE, null).reasons(NOW))
                .containsExactly(new Reason.Starting());
    }

    @Test
    void whatHasExpiredWaitsForNothingElse() {
        assertThat(waiting(JobState.PENDING, null, EARLIER, new Queue("jobs", true, 5, 4, null), FREE, null)
                        .reasons(NOW))
                .containsExactly(new Reason.Expired(EARLIER));
        assertThat(waiting(JobState.SCHEDULED, LATER, EARLIER, ALONE, FREE, null)
                        .reasons(NOW))
                .containsExactly(new Reason.Expired(EARLIER));
        assertThat(waiting(JobState.PENDING, null, LATER, ALONE, FREE, null).reasons(NOW))
                .containsExactly(new Reason.Starting());
    }

    @Test
    void ofWhatRunsHasEndedOrIsBlockedThatIsTheReason() {
        var parent = new Parent(new UUID(0, 1), "a", JobState.RETRY);
        var blocked = new Waiting(
                "t",
                5,
                JobState.BLOCKED,
                null,
                NOW,
                null,
                null,
                null,
                null,
                false,
                null,
                ALONE,
                FREE,
                null,
                List.of(parent),
                7);
        var running = new Waiting(
                "t",
                5,
                JobState.STARTED,
                null,
                NOW,
                EARLIER,
                null,
                null,
                "w1",
                false,
                null,
                ALONE,
                FREE,
                null,
                List.of(),
                0);
        var ended = new Waiting(
                "t",
                5,
                JobState.SUCCESS,
                null,
                NOW,
                EARLIER,
                NOW,
                null,
                "w1",
                false,
                null,
                ALONE,
                FREE,
                null,
                List.of(),
                0);

        assertThat(blocked.reasons(NOW)).containsExactly(new Reason.WaitsForParents(7, List.of(parent)));
        assertThat(running.reasons(NOW)).containsExactly(new Reason.Running("w1", EARLIER));
        assertThat(ended.reasons(NOW)).containsExactly(new Reason.Finished(JobState.SUCCESS, NOW));
    }
}
