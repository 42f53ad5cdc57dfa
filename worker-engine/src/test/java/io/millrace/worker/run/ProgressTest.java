package io.millrace.worker.run;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.store.StoreUnavailable;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the progress that a run tells. */
class ProgressTest {

    /** A clock that a test moves. */
    private static final class Time extends Clock {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final Time time = new Time();
    private final RunningJob job = new RunningJob(aJob().claimed(), time.instant());
    private final List<JsonObject> written = new ArrayList<>();
    private final JobContext context = new JobContext(
            job,
            (_, progress, _) -> {
                written.add(new JsonObject(progress));
                return true;
            },
            time);

    @Test
    void progressIsWrittenWithItsShare() {
        context.progress(1, 3, "Starting...");

        assertThat(written)
                .containsExactly(new JsonObject()
                        .put("current", 1)
                        .put("total", 3)
                        .put("percent", 33.3)
                        .put("status", "Starting..."));
    }

    @Test
    void whatComesQuickerThanAnybodyLooksIsLeftOutButForTheEnd() {
        for (int i = 0; i <= 1_000; i++) {
            context.progress(i, 1_000, "");
            time.now = time.now.plusMillis(1);
        }

        assertThat(written).hasSizeBetween(4, 6);
        assertThat(written.getLast().getInteger("current")).isEqualTo(1_000);
    }

    @Test
    void aStatusIsMadeFitToBeStored() {
        context.progress(1, 2, "a\u0000b" + "x".repeat(100_000));

        String text = JobRunner.storable(written.getFirst().encode());
        assertThat(text).doesNotContain("\\u0000").hasSizeLessThan(10_000);
        assertThat(new JsonObject(text).getString("status")).startsWith("a\uFFFDbx");
    }

    @Test
    void aReportThatDoesNotHoldEndsTheRun() {
        job.runsOn(Thread.ofVirtual().unstarted(() -> {}));
        var refused = new JobContext(job, (_, _, _) -> false, time);

        refused.progress(1, 2, "");

        assertThat(refused.cancelled()).isTrue();
    }

    @Test
    void aReportThatCannotBeWrittenIsGoneOnWithout() {
        var away = new JobContext(
                job,
                (_, _, _) -> {
                    throw new StoreUnavailable("away", new IllegalStateException());
                },
                time);

        away.progress(1, 2, "");
        time.now = time.now.plus(Duration.ofMinutes(1));
        away.progress(2, 2, "");

        assertThat(away.cancelled()).isFalse();
    }

    @Test
    void moreThanAllAndLessThanNothingIsNoProgress() {
        assertThatThrownBy(() -> context.progress(-1, 2, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> context.progress(1, 0, "")).isInstanceOf(IllegalArgumentException.class);
    }
}
