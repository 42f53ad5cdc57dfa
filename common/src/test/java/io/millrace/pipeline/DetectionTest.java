package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.local.Series;
import io.millrace.pipeline.Detection.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DetectionTest {

    private static final DetectionRule RULE = new DetectionRule(30, 3, 3);

    private static List<Map<String, Double>> history(String metric, double... values) {
        var history = new ArrayList<Map<String, Double>>();
        for (double value : values) {
            history.add(Map.of(metric, value));
        }
        return history;
    }

    @Test
    void whatIsAsFarAsOthersIsUsualAndWhatIsFartherIsNot() {
        var history = history("inserts", 90, 100, 110, 95, 105);

        assertThat(Detection.judge(Map.of("inserts", 112.0), history, RULE)).hasOnlyElementsOfType(Finding.Usual.class);
        assertThat(Detection.judge(Map.of("inserts", 200.0), history, RULE))
                .singleElement()
                .isInstanceOfSatisfying(Finding.Unusual.class, found -> {
                    assertThat(found.metric()).isEqualTo("inserts");
                    assertThat(found.samples()).isEqualTo(5);
                    assertThat(found.score().mean()).isEqualTo(100);
                    assertThat(found.score().z()).isGreaterThan(3);
                });
        assertThat(Detection.judge(Map.of("inserts", 0.0), history, RULE)).hasOnlyElementsOfType(Finding.Unusual.class);
    }

    @Test
    void tooFewValuesSayNothing() {
        assertThat(Detection.judge(Map.of("inserts", 1e6), history("inserts", 1, 2), RULE))
                .containsExactly(new Finding.TooFewSamples("inserts", 2));
    }

    @Test
    void anExecutionThatLacksAMetricIsNoSampleOfIt() {
        var history = new ArrayList<>(history("inserts", 1, 2));
        history.addAll(history("updates", 1, 2, 3));

        assertThat(Detection.judge(Map.of("inserts", 1.0, "updates", 2.0), history, RULE))
                .satisfiesExactly(
                        inserts -> assertThat(inserts).isEqualTo(new Finding.TooFewSamples("inserts", 2)),
                        updates -> assertThat(updates).isInstanceOf(Finding.Usual.class));
    }

    @Test
    void afterValuesThatNeverVariedAnyOtherIsUnusual() {
        var history = history("soft_deletes", 0, 0, 0, 0);

        assertThat(Detection.judge(Map.of("soft_deletes", 0.0), history, RULE))
                .hasOnlyElementsOfType(Finding.Usual.class);
        assertThat(Detection.judge(Map.of("soft_deletes", 1.0), history, RULE))
                .hasOnlyElementsOfType(Finding.Unusual.class);
    }

    @Test
    void aPipelinesOwnRuleGoesBeforeTheOneForAllAndIsNeverImpossible() {
        var forAll = new DetectionRule(30, 10, 3);

        assertThat(pipeline(null, null, null).rule(forAll)).isEqualTo(forAll);
        assertThat(pipeline(5, null, 2.0).rule(forAll)).isEqualTo(new DetectionRule(5, 5, 2));
        assertThat(pipeline(null, 40, null).rule(forAll)).isEqualTo(new DetectionRule(40, 40, 3));
        assertThat(pipeline(100, 50, null).rule(forAll)).isEqualTo(new DetectionRule(100, 50, 3));
        assertThatThrownBy(() -> new DetectionRule(5, 6, 3)).hasMessageContaining("never hold");
        assertThatThrownBy(() -> new DetectionRule(5, 1, 3)).hasMessageContaining("2 or more");
        assertThatThrownBy(() -> new DetectionRule(5, 5, 0)).hasMessageContaining("greater than 0");
    }

    private static Pipeline pipeline(
            @Nullable Integer window, @Nullable Integer minSamples, @Nullable Double threshold) {
        return new Pipeline(
                1,
                new Pipeline.Settings("p", null, null, window, minSamples, threshold, true),
                new Pipeline.Modified(null, null, null),
                null,
                Instant.EPOCH);
    }

    /** What is found in a series, each year against those before it. */
    private static Map<Integer, Double> found(String name, double threshold) {
        Series series = Series.shipped(name);
        var rule = new DetectionRule(30, 10, threshold);
        var before = new ArrayList<Map<String, Double>>();
        var found = new TreeMap<Integer, Double>();
        series.values().forEach((year, value) -> {
            var latest = new ArrayList<>(before);
            Collections.reverse(latest);
            for (Finding finding : Detection.judge(
                    Map.of(series.metric(), value), latest.subList(0, Math.min(latest.size(), rule.window())), rule)) {
                if (finding instanceof Finding.Unusual(var _, var score, var _)) {
                    found.put(year, Math.round(score.z() * 100) / 100.0);
                }
            }
            before.add(Map.of(series.metric(), value));
        });
        return found;
    }

    @Test
    void theDroughtOf1913AndTheFloodOf1964AreFoundInTheFlowOfTheNile() {
        var nile = Series.shipped("nile").values();
        // The mean that every textbook with this series gives.
        assertThat(nile.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow())
                .isEqualTo(919.35);

        assertThat(found("nile", 2.5)).isEqualTo(Map.of(1913, -3.0, 1964, 2.86));
    }

    @Test
    void theInfluenzaOf1918IsFoundInTheLifeExpectancyOfTheUnitedStates() {
        assertThat(found("life-expectancy", 3)).isEqualTo(Map.of(1918, -5.17));
    }
}
