package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ZScoreTest {

    @Test
    void aScoreIsTheDistanceFromTheMeanInStandardDeviations() {
        var score = ZScore.of(10, new double[] {2, 4, 4, 4, 5, 5, 7, 9});

        assertThat(score.mean()).isEqualTo(5);
        assertThat(score.standardDeviation()).isCloseTo(Math.sqrt(32 / 7.0), within(1e-12));
        assertThat(score.z()).isCloseTo(5 / Math.sqrt(32 / 7.0), within(1e-12));
    }

    @Test
    void aSampleThatDoesNotVaryMakesEveryOtherValueInfinitelyFar() {
        assertThat(ZScore.of(3, new double[] {3, 3, 3}).z()).isZero();
        assertThat(ZScore.of(4, new double[] {3, 3, 3}).z()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(ZScore.of(0, new double[] {3, 3, 3}).z()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(ZScore.of(0, new double[] {0, 0, 0}).z()).isZero();
    }

    @Test
    void whatDiffersByRoundingDoesNotVary() {
        double sum = 0.1 + 0.2;

        var score = ZScore.of(0.3, new double[] {sum, 0.3, sum});

        assertThat(score.standardDeviation()).isZero();
        assertThat(score.z()).isZero();
    }

    @Test
    void valuesLargeAndCloseTogetherLoseNothing() {
        var score = ZScore.of(1e9 + 4, new double[] {1e9 + 1, 1e9 + 2, 1e9 + 3});

        assertThat(score.standardDeviation()).isCloseTo(1, within(1e-6));
    }

    @Test
    void oneValueIsNoSample() {
        assertThatThrownBy(() -> ZScore.of(1, new double[] {1})).isInstanceOf(IllegalArgumentException.class);
    }
}
