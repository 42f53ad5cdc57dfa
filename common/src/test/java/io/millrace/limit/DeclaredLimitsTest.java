package io.millrace.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DeclaredLimitsTest {

    private static final DeclaredLimit CODE = new DeclaredLimit("15/s", 4);

    @Test
    void codeSaysWhatConfigurationDoesNot() {
        assertThat(DeclaredLimits.NONE.of("t", CODE)).isEqualTo(CODE);
        assertThat(new DeclaredLimits(Map.of("t", new DeclaredLimit(null, 2))).of("t", CODE))
                .isEqualTo(new DeclaredLimit("15/s", 2));
        assertThat(new DeclaredLimits(Map.of("t", new DeclaredLimit("1/s, 100/h", null))).of("t", CODE))
                .isEqualTo(new DeclaredLimit("1/s,100/h", 4));
    }

    @Test
    void theMostSpecificPatternGoesFirstAndTheOthersSayWhatItDoesNot() {
        var limits = new DeclaredLimits(Map.of(
                "*", new DeclaredLimit("1/s", 1),
                "poll_*", new DeclaredLimit("2/s", null),
                "poll_job_status", new DeclaredLimit(null, 9)));

        assertThat(limits.of("poll_job_status", CODE)).isEqualTo(new DeclaredLimit("2/s", 9));
        assertThat(limits.of("poll_other", CODE)).isEqualTo(new DeclaredLimit("2/s", 1));
        assertThat(limits.of("submit_job", CODE)).isEqualTo(new DeclaredLimit("1/s", 1));
    }

    @Test
    void configurationCanTakeAwayWhatCodeLimits() {
        var unlimited = new DeclaredLimits(Map.of("t", new DeclaredLimit("none", 0))).of("t", CODE);

        assertThat(unlimited.rateOrNull()).isNull();
        assertThat(unlimited.maxConcurrencyOrNull()).isNull();
        assertThat(CODE.rateOrNull()).isEqualTo("15/s");
        assertThat(CODE.maxConcurrencyOrNull()).isEqualTo(4);
    }

    @Test
    void aMistakeIsToldWithTheKeyItIsIn() {
        assertThatThrownBy(() -> DeclaredLimit.configured("millrace.queues.jobs", "often", null))
                .hasMessageStartingWith("millrace.queues.jobs.rate-limit must be a count and a time");
        assertThatThrownBy(() -> DeclaredLimit.configured("millrace.queues.jobs", null, -1))
                .hasMessageStartingWith("millrace.queues.jobs.max-concurrency must not be negative");
    }
}
