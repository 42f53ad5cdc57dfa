package io.millrace.pack.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private static Verdict answered(int status, @Nullable String retryAfter) {
        return Verdict.of(new Reply.Answered(status, retryAfter), NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void onlyTwoHundredsAreASuccess(int status) {
        assertThat(answered(status, null)).isEqualTo(new Verdict.Delivered(status));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 199, 301, 302, 307, 400, 401, 404, 408, 429, 500, 502, 503})
    void allElseIsTriedAgain(int status) {
        assertThat(answered(status, null)).isInstanceOf(Verdict.Later.class);
    }

    @Test
    void goneIsForGood() {
        assertThat(answered(410, "5")).isInstanceOf(Verdict.Never.class);
    }

    @Test
    void whatMustNotBeAskedIsNotAskedAgain() {
        assertThat(Verdict.of(new Reply.Forbidden("no"), NOW)).isEqualTo(new Verdict.Never(null, "no"));
        assertThat(Verdict.of(new Reply.Silent("nobody"), NOW)).isEqualTo(new Verdict.Later(null, "nobody", null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
                    429 | 120                           | PT2M
                    503 | ' 7 '                         | PT7S
                    503 | Sat, 31 Jan 2026 12:00:30 GMT | PT30S
                    503 | Sat, 31 Jan 2026 11:00:00 GMT | PT0S
                    429 | 999999999                     | PT24H
                    429 | soon                          | null
                    429 | -5                            | null
                    429 | 99999999999999                | null
                    500 | 120                           | null
                    """)
    void aReceiverThatIsBusySaysForHowLong(int status, String header, @Nullable Duration pause) {
        assertThat(answered(status, header))
                .isInstanceOfSatisfying(
                        Verdict.Later.class, later -> assertThat(later.pause()).isEqualTo(pause));
    }
}
