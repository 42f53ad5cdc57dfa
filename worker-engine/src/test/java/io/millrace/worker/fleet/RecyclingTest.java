package io.millrace.worker.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
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
}
