package io.millrace.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StartLogTest {

    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void anEmptyLogHasRoomForAWholeWindow() {
        assertThat(StartLog.EMPTY.room(RateLimit.parse("15/s"), T)).isEqualTo(15);
    }

    @Test
    void everyRateMustHold() {
        var log = StartLog.EMPTY.with(T, 15, Duration.ofHours(1));
        var limit = RateLimit.parse("15/s,20/m");
        assertThat(log.room(limit, T.plusMillis(500))).isZero();
        assertThat(log.room(limit, T.plusSeconds(1))).isEqualTo(5);
        assertThat(log.room(limit, T.plusSeconds(60))).isEqualTo(15);
    }

    @Test
    void theTimeOfTheNextRoomIsTheFirstAtWhichThereIsRoom() {
        var limit = RateLimit.parse("3/10s,5/m");
        var log = StartLog.EMPTY
                .with(T, 2, Duration.ofMinutes(1))
                .with(T.plusSeconds(4), 1, Duration.ofMinutes(1))
                .with(T.plusSeconds(11), 2, Duration.ofMinutes(1));

        assertThat(StartLog.EMPTY.roomAt(limit, T)).isEqualTo(T);
        for (int second = 5; second < 90; second += 3) {
            Instant now = T.plusSeconds(second);
            Instant at = log.roomAt(limit, now);
            assertThat(log.room(limit, at)).as("at %s", at).isPositive();
            if (at.isAfter(now)) {
                assertThat(log.room(limit, at.minusMillis(1)))
                        .as("before %s", at)
                        .isZero();
            }
        }
    }

    @Test
    void whatLiesBeforeTheWindowIsForgotten() {
        var log = StartLog.EMPTY.with(T, 3, Duration.ofSeconds(1)).with(T.plusSeconds(2), 1, Duration.ofSeconds(1));
        assertThat(log.starts()).containsExactly(new StartLog.Starts(T.plusSeconds(2), 1));
    }

    @Test
    void noStretchOfTimeEverHasMoreStartsThanItsRateSays() {
        var limit = RateLimit.parse("50/s,400/10s");
        var random = new Random(7);
        var log = StartLog.EMPTY;
        var starts = new ArrayList<Instant>();
        Instant now = T;
        while (starts.size() < 5_000) {
            now = now.plusMillis(random.nextInt(40));
            int taken = Math.min(log.room(limit, now), 1 + random.nextInt(30));
            log = log.with(now, taken, limit.longest());
            for (int i = 0; i < taken; i++) {
                starts.add(now);
            }
        }
        for (RateLimit.Rate rate : limit.rates()) {
            assertThat(most(starts, rate.window())).isEqualTo(rate.count());
        }
    }

    @Test
    void aLongLogIsMergedOnTheSafeSide() {
        var limit = RateLimit.parse("2000/s");
        var log = StartLog.EMPTY;
        for (int i = 0; i < 1_500; i++) {
            log = log.with(T.plusNanos(i * 500_000L), 1, limit.longest());
        }
        assertThat(log.starts()).hasSizeLessThanOrEqualTo(StartLog.MOST_ENTRIES);
        assertThat(log.room(limit, T.plusMillis(750))).isEqualTo(500);
    }

    /** The most starts in any stretch of that length. */
    private static int most(List<Instant> starts, Duration window) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < starts.size(); to++) {
            while (!starts.get(from).plus(window).isAfter(starts.get(to))) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }
}
