package io.millrace.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.JobState;
import io.millrace.limit.Limit;
import io.millrace.limit.LimitName;
import io.millrace.limit.RateLimit;
import io.millrace.queue.Lane;
import io.millrace.waiting.Reason;
import io.millrace.waiting.Waiting;
import io.millrace.waiting.Waiting.Parent;
import io.millrace.waiting.Waiting.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The words for reasons: in the answer, in its description, and in {@code docs/job-lifecycle.md}. */
class WhyWordsTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static Standing standing(String rate, int running, @Nullable Integer most, @Nullable Instant roomAt) {
        var name = new LimitName(LimitName.Scope.TASK, "t");
        return new Standing(new Limit(name, RateLimit.parse(rate), most), running, roomAt);
    }

    private static final List<Reason> EACH = List.of(
            new Reason.Finished(JobState.SUCCESS, NOW),
            new Reason.Running("w1", NOW),
            new Reason.Revoked("w1", NOW),
            new Reason.NotDue(NOW),
            new Reason.WaitsForRetry(NOW, "IOException"),
            new Reason.WaitsForParents(2, List.of(new Parent(new UUID(0, 1), "a", JobState.PENDING))),
            new Reason.Expired(NOW),
            new Reason.QueuePaused("jobs"),
            new Reason.NoWorker("jobs"),
            new Reason.TaskUnknown("t", "jobs", 3),
            new Reason.Throttled(List.of(standing("15/s", 2, 2, NOW)), 7),
            new Reason.NoSlot(8),
            new Reason.InLine(17, 120, Lane.NORMAL),
            new Reason.HintLost(),
            new Reason.Starting());

    @Test
    void everyReasonHasAWordOfItsOwnThatIsDescribed() throws Exception {
        List<String> words =
                EACH.stream().map(reason -> Why.because(reason).code()).toList();

        assertThat(words).doesNotHaveDuplicates().hasSize(Reason.class.getPermittedSubclasses().length);
        Schema schema = Why.Because.class.getDeclaredMethod("code").getAnnotation(Schema.class);
        assertThat(schema.enumeration()).containsExactlyInAnyOrderElementsOf(words);
        assertThat(Files.readString(Path.of("..", "docs", "job-lifecycle.md")))
                .contains(words.stream().map(word -> "`" + word + "`").toList());
    }

    @Test
    void aJobInLineSaysHowManyGoFirst() {
        assertThat(Why.because(new Reason.InLine(1, 2, Lane.NORMAL)).message())
                .isEqualTo("It is behind 1 other of its queue, on lane normal.");
        assertThat(Why.because(new Reason.InLine(Waiting.MOST_AHEAD, 5_000, Lane.LOW))
                        .message())
                .isEqualTo("It is behind at least 1000 others of its queue, on lane low.");
    }

    @Test
    void aThrottledJobSaysUntilWhenOnlyWhereThatIsKnown() {
        var byRate = standing("15/s", 0, null, NOW.plusSeconds(1));
        var byRateForLonger = standing("1/h", 0, null, NOW.plusSeconds(60));
        var byRuns = standing("15/s", 2, 2, null);

        assertThat(Why.because(new Reason.Throttled(List.of(byRate, byRateForLonger), 1))
                        .until())
                .isEqualTo(NOW.plusSeconds(60));
        assertThat(Why.because(new Reason.Throttled(List.of(byRate), 1)).message())
                .isEqualTo(
                        "It waits for the limits on task t (15/s); they let it start at 2026-03-01T12:00:01Z, if no other goes before it.");
        assertThat(Why.because(new Reason.Throttled(List.of(byRate, byRuns), 1)).until())
                .isNull();
        assertThat(Why.because(new Reason.Throttled(List.of(byRuns), 1)).message())
                .isEqualTo("It waits for the limits on task t (15/s) (2 of 2 run).");
    }
}
