package io.millrace.pack.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterHeaderTest {

    private static final Instant NOW = Instant.parse("1994-11-06T08:49:07Z");

    @Test
    void secondsAndDatesAreUnderstood() {
        assertThat(RetryAfterHeader.parse("120", NOW)).contains(Duration.ofMinutes(2));
        assertThat(RetryAfterHeader.parse(" 0 ", NOW)).contains(Duration.ZERO);
        assertThat(RetryAfterHeader.parse("Sun, 06 Nov 1994 08:49:37 GMT", NOW)).contains(Duration.ofSeconds(30));
        assertThat(RetryAfterHeader.parse("Sun, 06 Nov 1994 08:49:00 GMT", NOW)).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "1.5", "99999999999999999999", "１２"})
    void whatIsNeitherAsksForNothing(String header) {
        assertThat(RetryAfterHeader.parse(header, NOW)).isEmpty();
    }
}
