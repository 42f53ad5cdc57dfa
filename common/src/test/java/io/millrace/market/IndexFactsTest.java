package io.millrace.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.market.IndexFacts.Level;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexFactsTest {

    private static Level level(int month, int day, String value) {
        return new Level(LocalDate.of(2026, month, day), new BigDecimal(value));
    }

    private static final List<Level> LEVELS =
            List.of(level(1, 30, "100"), level(1, 31, "110"), level(2, 1, "99"), level(2, 2, "88"), level(2, 3, "132"));

    @Test
    void changesAndExtremesAreFound() {
        IndexFacts facts = IndexFacts.of(LEVELS);

        assertThat(facts.change()).isCloseTo(0.32, within(1e-12));
        assertThat(facts.highest()).isEqualTo(level(2, 3, "132"));
        assertThat(facts.lowest()).isEqualTo(level(2, 2, "88"));
        assertThat(facts.drawdown().date()).isEqualTo(LocalDate.of(2026, 2, 2));
        assertThat(facts.drawdown().value()).isEqualByComparingTo("0.2");
        assertThat(facts.months().get(YearMonth.of(2026, 1))).isCloseTo(0.1, within(1e-12));
        assertThat(facts.months().get(YearMonth.of(2026, 2))).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void volatilityIsTheDeviationOfDailyChangesOverAYear() {
        // ln 1.1, ln 0.9, ln 0.8889, ln 1.5; their standard deviation by hand, times the root of 252.
        assertThat(IndexFacts.of(LEVELS).volatility()).isCloseTo(0.244397095 * Math.sqrt(252), within(1e-4));
        assertThat(IndexFacts.of(LEVELS.subList(0, 2)).volatility()).isZero();
    }
}
