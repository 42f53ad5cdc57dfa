package io.millrace.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecyclingTest {

    private static final Duration STUCK_FOR = Duration.ofSeconds(30);
    private static final long MIB = 1 << 20;

    private final Recycling never = new Recycling(OptionalInt.empty(), OptionalLong.empty(), 0, STUCK_FOR);
    private final Recycling recycling = new Recycling(OptionalInt.of(100), OptionalLong.of(500 * MIB), 1, STUCK_FOR);

    @Test
    void aWorkerWithoutLimitsIsNeverReplaced() {
        assertThat(never.due(Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofDays(1)))
                .isEmpty();
    }

    @Test
    void aWorkerWithinItsLimitsGoesOn() {
        assertThat(recycling.due(99, 500 * MIB, STUCK_FOR.minusMillis(1))).isEmpty();
    }

    @Test
    void itIsReplacedAfterItsJobs() {
        assertThat(recycling.due(100, 0, Duration.ZERO).orElseThrow()).contains("100 jobs");
    }

    @Test
    void itIsReplacedAboveItsMemory() {
        assertThat(recycling.due(0, 501 * MIB, Duration.ZERO).orElseThrow()).contains("501 MiB");
    }

    @Test
    void itIsReplacedOnceThreadsHaveBeenStuckForLong() {
        assertThat(recycling.due(0, 0, STUCK_FOR).orElseThrow()).contains("30 s");
    }

    @Test
    void workersThatStartTogetherDoNotEndTogether() {
        var random = new Random(7);
        var ends = IntStream.range(0, 1_000)
                .map(_ -> Recycling.spread(OptionalInt.of(1_000), 0.1, random).orElseThrow())
                .boxed()
                .toList();

        assertThat(ends).allMatch(jobs -> jobs >= 1_000 && jobs <= 1_100);
        assertThat(ends).contains(1_000, 1_100);
        assertThat(ends.stream().distinct()).hasSizeGreaterThan(90);
    }

    @Test
    void whereNothingIsToBeSpreadItIsAsSaid() {
        assertThat(Recycling.spread(OptionalInt.empty(), 0.1, new Random(7))).isEmpty();
        assertThat(Recycling.spread(OptionalInt.of(1_000), 0, new Random(7))).hasValue(1_000);
        assertThat(Recycling.spread(OptionalInt.of(3), 0.1, new Random(7))).hasValue(3);
        assertThatThrownBy(() -> Recycling.spread(OptionalInt.of(3), 1.1, new Random(7)))
                .hasMessageContaining("after-jobs-jitter");
    }
}
