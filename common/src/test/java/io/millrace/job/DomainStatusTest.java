package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainStatusTest {

    @ParameterizedTest
    @CsvSource({
        "SCHEDULED, pending",
        "BLOCKED, pending",
        "PENDING, pending",
        "STARTED, processing",
        "PROGRESS, processing",
        "RETRY, processing",
        "SUCCESS, success",
        "FAILURE, failed",
        "REVOKED, failed"
    })
    void everyStateOfAJobIsOneOfFourWords(JobState state, String word) {
        assertThat(DomainStatus.of(state).wireName()).isEqualTo(word);
    }
}
