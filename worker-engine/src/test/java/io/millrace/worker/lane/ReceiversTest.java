package io.millrace.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiversTest {

    @ParameterizedTest
    @CsvSource({"4, 4, true", "4, 8, true", "4, 9, false", "4, 3, false", "1000, 1000, true", "1, 1000, false"})
    void receiversStayAsLongAsTheyBringNeitherTooMuchNorFarTooLittle(int records, int wanted, boolean stay) {
        assertThat(Receivers.suits(records, wanted)).isEqualTo(stay);
    }
}
