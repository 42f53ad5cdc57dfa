package io.millrace.pack.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ZScoreTest {

    private final AnomalyTasks tasks = new AnomalyTasks();

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
        assertThat(ZScore.of(4, new double[] {3, 3, 3}).z()).isInfinite();
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

    @Test
    void theShippedSeriesIsTheNile() {
        var values = Series.shipped("nile").values();

        assertThat(values)
                .hasSize(100)
                .containsEntry(1871, 1120.0)
                .containsEntry(1913, 456.0)
                .containsEntry(1970, 740.0);
        // The mean that every textbook with this series gives.
        assertThat(values.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow())
                .isEqualTo(919.35);
    }

    @Test
    void theDroughtOf1913AndTheFloodOf1964AreFound() {
        Map<Integer, Double> found = Series.shipped("nile").values().keySet().stream()
                .map(year -> tasks.detectAnomalies(new AnomalyTasks.Execution(1, year)))
                .filter(analysis -> !analysis.anomalies().isEmpty())
                .collect(Collectors.toMap(
                        AnomalyTasks.Analysis::pipelineExecutionId,
                        analysis -> Math.round(analysis.anomalies().getFirst().zScore() * 100) / 100.0));

        assertThat(found).isEqualTo(Map.of(1913, -3.0, 1964, 2.86));
    }

    @Test
    void earlyExecutionsHaveTooLittleToCompareWith() {
        assertThat(tasks.detectAnomalies(new AnomalyTasks.Execution(1, 1875)).reason())
                .contains("fewer than 10");
    }
}
