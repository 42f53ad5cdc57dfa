package io.millrace.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fleet.SlotRange;
import io.millrace.worker.lane.Load;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AutoscaleTest {

    private static final SlotRange RANGE = new SlotRange(3, 10);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Load load(int slots, int used, int held, int lanes) {
        return new Load(slots, used, held, lanes);
    }

    private static Autoscale next(Autoscale scale, Load load) {
        return scale.next(RANGE, load, false, IDLE, NOW);
    }

    @Test
    void aFullPoolGrowsAtOnceByWhatIsKnownToWait() {
        var scale = new Autoscale(3, NOW);

        assertThat(next(scale, load(3, 3, 4, 0)).slots()).isEqualTo(7);
        assertThat(next(scale, load(3, 3, 400, 0)).slots()).isEqualTo(10);
    }

    @Test
    void aFullPoolWhoseLanesHadWorkWhenLastAskedGrowsByHalf() {
        assertThat(next(new Autoscale(6, NOW), load(6, 6, 0, 1)).slots()).isEqualTo(9);
        assertThat(new Autoscale(1, NOW)
                        .next(new SlotRange(1, 10), load(1, 1, 0, 1), false, IDLE, NOW)
                        .slots())
                .isEqualTo(2);
    }

    @Test
    void aFullPoolThatNothingWaitsForStaysAsItIs() {
        assertThat(next(new Autoscale(5, NOW), load(5, 5, 0, 0)).slots()).isEqualTo(5);
    }

    @Test
    void aPoolWithAFreeSlotDoesNotGrow() {
        assertThat(next(new Autoscale(5, NOW), load(5, 4, 3, 1)).slots()).isEqualTo(5);
    }

    @Test
    void withLittleMemoryLeftItDoesNotGrow() {
        assertThat(new Autoscale(3, NOW)
                        .next(RANGE, load(3, 3, 4, 1), true, IDLE, NOW)
                        .slots())
                .isEqualTo(3);
    }

    @Test
    void afterItsIdleTimeItGivesUpOneSlotAndThenWaitsAgain() {
        var idle = new Autoscale(5, NOW.minus(IDLE));

        var smaller = next(idle, load(5, 4, 0, 0));

        assertThat(smaller).isEqualTo(new Autoscale(4, NOW));
        assertThat(next(smaller, load(4, 3, 0, 0))).isEqualTo(smaller);
        assertThat(smaller.next(RANGE, load(4, 3, 0, 0), false, IDLE, NOW.plus(IDLE))
                        .slots())
                .isEqualTo(3);
    }

    @Test
    void aMomentInWhichAllSlotsWereTakenBeginsTheIdleTimeAnew() {
        var full = next(new Autoscale(5, NOW.minus(IDLE)), load(5, 5, 0, 0));

        assertThat(next(full, load(5, 0, 0, 0)).slots()).isEqualTo(5);
    }

    @Test
    void itNeverGoesBelowItsFewest() {
        assertThat(next(new Autoscale(3, Instant.EPOCH), load(3, 0, 0, 0)).slots())
                .isEqualTo(3);
    }

    @Test
    void aRangeThatChangesTakesItAlong() {
        var scale = new Autoscale(5, NOW);

        assertThat(scale.next(new SlotRange(7, 9), load(5, 0, 0, 0), false, IDLE, NOW)
                        .slots())
                .isEqualTo(7);
        assertThat(scale.next(new SlotRange(1, 2), load(5, 5, 9, 1), false, IDLE, NOW)
                        .slots())
                .isEqualTo(2);
    }
}
