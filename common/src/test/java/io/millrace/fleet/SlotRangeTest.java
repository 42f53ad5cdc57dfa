package io.millrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotRangeTest {

    @Test
    void itIsWrittenAsCeleryWritesIt() {
        assertThat(SlotRange.parse("10,3")).isEqualTo(new SlotRange(3, 10));
        assertThat(SlotRange.parse(" 4, 4 ")).isEqualTo(SlotRange.fixed(4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "3,10", "10,0", "-1,1", "a,b", "10;3", "9999999999,1"})
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> SlotRange.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNumberOutsideIsTakenToTheNearestInside() {
        var range = new SlotRange(3, 10);

        assertThat(range.nearest(1)).isEqualTo(3);
        assertThat(range.nearest(7)).isEqualTo(7);
        assertThat(range.nearest(11)).isEqualTo(10);
    }
}
