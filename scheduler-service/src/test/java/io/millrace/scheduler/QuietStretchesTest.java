package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QuietStretchesTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final QuietStretches quiet = new QuietStretches();

    private static UUID id(long number) {
        return new UUID(7, number);
    }

    @Test
    void aWalkGoesAroundStretchesThatFollowEachOther() {
        quiet.add(id(0), id(10), NOW, MINUTE);
        quiet.add(id(10), id(20), NOW, MINUTE);
        quiet.add(id(30), id(40), NOW, MINUTE);

        assertThat(quiet.beyond(id(0), NOW)).isEqualTo(id(20));
        assertThat(quiet.beyond(id(20), NOW)).isEqualTo(id(20));
        assertThat(quiet.beyond(id(30), NOW)).isEqualTo(id(40));
    }

    @Test
    void aStretchIsWalkedThroughAgainWhenSomethingInItIsDue() {
        quiet.add(id(0), id(10), NOW, MINUTE);
        quiet.add(id(10), id(20), NOW, MINUTE.dividedBy(2));

        assertThat(quiet.beyond(id(0), NOW.plusSeconds(40))).isEqualTo(id(10));
        assertThat(quiet.beyond(id(0), NOW.plusSeconds(60))).isEqualTo(id(0));
    }

    @Test
    void aStretchIsWalkedThroughNowAndThenHoweverLongItIsQuiet() {
        quiet.add(id(0), id(10), NOW, Duration.ofDays(30));

        assertThat(quiet.beyond(id(0), NOW.plus(Duration.ofMinutes(9)))).isEqualTo(id(10));
        assertThat(quiet.beyond(id(0), NOW.plus(Duration.ofMinutes(10)))).isEqualTo(id(0));
    }

    @Test
    void whatMayFinishAtAnyTimeIsNoQuietStretch() {
        quiet.add(id(0), id(10), NOW, Duration.ZERO);

        assertThat(quiet.beyond(id(0), NOW)).isEqualTo(id(0));
    }

    @Test
    void movingTakesATenthOfTheTimeAndHalfOfItWhereJobsHaveLainForLong() {
        Duration took = Duration.ofMillis(50);
        Duration within = Duration.ofMinutes(3);

        assertThat(MoveFinished.restAfterMove(took, within.minusMillis(1), within))
                .isEqualTo(took.multipliedBy(9));
        assertThat(MoveFinished.restAfterMove(took, within, within)).isEqualTo(took);
    }

    @Test
    void walksThatFindNothingTakeAFiftiethOfTheTime() {
        Duration interval = Duration.ofSeconds(10);

        assertThat(MoveFinished.rest(interval, Duration.ZERO)).isEqualTo(interval);
        assertThat(MoveFinished.rest(interval, Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(50));
        assertThat(MoveFinished.rest(interval, Duration.ofSeconds(60))).isEqualTo(Duration.ofMinutes(5));
    }
}
