package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final SplittableRandom RANDOM = new SplittableRandom(1);

    @Test
    void theWaitGrowsByItsFactorUpToItsCap() {
        var policy = new RetryPolicy(10, Duration.ofSeconds(1), 2, Duration.ofSeconds(10), false);

        assertThat(IntStream.of(0, 1, 2, 3, 4, 40)
                        .mapToObj(failures -> policy.waitAfter(failures, RANDOM).toSeconds()))
                .containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
    }

    @Test
    void fullJitterSpreadsTheWaitEvenlyFromZeroToTheComputedOne() {
        var policy = new RetryPolicy(10, Duration.ofSeconds(8), 2, Duration.ofSeconds(600), true);

        var millis = RANDOM.ints(10_000, 0, 1)
                .mapToLong(failures -> policy.waitAfter(failures, RANDOM).toMillis())
                .summaryStatistics();

        assertThat(millis.getMin()).isBetween(0L, 100L);
        assertThat(millis.getMax()).isBetween(7_900L, 8_000L);
        assertThat(millis.getAverage()).isBetween(3_900.0, 4_100.0);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new RetryPolicy(-1, Duration.ZERO, 1, Duration.ZERO, false))
                .hasMessageContaining("max_retries");
        assertThatThrownBy(() -> new RetryPolicy(1, Duration.ZERO, Double.NaN, Duration.ZERO, false))
                .hasMessageContaining("factor");
    }
}
