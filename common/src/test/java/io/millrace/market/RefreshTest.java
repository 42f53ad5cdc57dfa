package io.millrace.market;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.market.Refresh.Coverage;
import io.millrace.market.Refresh.Mode;
import io.millrace.market.Refresh.Range;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class RefreshTest {

    private static LocalDate day(int number) {
        return LocalDate.of(2026, 3, number);
    }

    @Test
    void whatIsNotThereIsFetchedWhole() {
        assertThat(Refresh.plan("A", Mode.SMART, day(2), day(20), null))
                .containsExactly(new Range("A", day(2), day(20)));
    }

    @Test
    void whatIsThereIsFetchedFromItsLastPriceOn() {
        assertThat(Refresh.plan("A", Mode.SMART, day(2), day(20), new Coverage(day(1), day(18))))
                .containsExactly(new Range("A", day(19), day(20)));
        assertThat(Refresh.plan("A", Mode.SMART, day(2), day(20), new Coverage(day(2), day(20))))
                .isEmpty();
    }

    @Test
    void whatIsNeededFromEarlierOnIsFetchedBeforeAndBehind() {
        assertThat(Refresh.plan("A", Mode.SMART, day(2), day(20), new Coverage(day(10), day(18))))
                .containsExactly(new Range("A", day(2), day(9)), new Range("A", day(19), day(20)));
    }

    @Test
    void fullFetchesAllAgain() {
        assertThat(Refresh.plan("A", Mode.FULL, day(2), day(20), new Coverage(day(1), day(20))))
                .containsExactly(new Range("A", day(2), day(20)));
    }
}
