package io.millrace.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {

    @ParameterizedTest
    @CsvSource({"15/s,15,PT1S", "10/m,10,PT1M", "100/h,100,PT1H", "3/d,3,PT24H", "5/10s,5,PT10S"})
    void aRateIsACountAndATime(String text, int count, Duration window) {
        var limit = RateLimit.parse(text);
        assertThat(limit.rates()).containsExactly(new RateLimit.Rate(count, window));
        assertThat(limit).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"15/s,100/h", "1/30s,10/m,1000/d"})
    void severalStandTogether(String text) {
        assertThat(RateLimit.parse(text.replace(",", ", "))).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "15", "0/s", "15/x", "-1/s", "15/s,", "1.5/s", "15/0s", "99999999/s"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> RateLimit.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
