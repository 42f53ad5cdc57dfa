package io.millrace.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WithheldTest {

    private static final Withheld KEY = Withheld.of(List.of("sk-a/b$1", ""));

    @ParameterizedTest
    @ValueSource(strings = {"sk-a/b$1", "sk\\u002da/b$1", "\\u0073\\u006B-a\\/b$1", "sk-a\\u002Fb\\u00241"})
    void aSecretIsTakenOutHoweverJsonHasWrittenIt(String written) {
        assertThat(KEY.outOf("the key " + written + ", and " + written)).isEqualTo("the key ***, and ***");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", "sk-a/b$2", "SK-A/B$1", "sk-a\\b$1"})
    void nothingElseIs(String text) {
        assertThat(KEY.outOf(text)).isEqualTo(text);
    }

    @Test
    void whereThereIsNoSecretNothingIsTakenOut() {
        assertThat(Withheld.of(List.of("")).outOf("a")).isEqualTo("a");
        assertThat(Withheld.NOTHING.outOf("a")).isEqualTo("a");
    }
}
