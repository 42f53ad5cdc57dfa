package io.millrace.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchStatusTest {

    @ParameterizedTest
    @CsvSource({
        "3, 0, 0, 0, false, PENDING",
        "3, 0, 0, 0, true, RUNNING",
        "3, 1, 0, 0, true, RUNNING",
        "3, 0, 0, 1, false, RUNNING",
        "3, 3, 0, 0, true, COMPLETED",
        "3, 0, 3, 0, true, FAILED",
        "3, 0, 0, 3, false, CANCELLED",
        "3, 2, 1, 0, true, MIXED",
        "3, 0, 1, 2, true, MIXED",
        "3, 1, 0, 2, true, MIXED"
    })
    void aStatusFollowsFromTheCounts(
            int total, int completed, int failed, int cancelled, boolean started, BatchStatus status) {
        assertThat(BatchStatus.of(new BatchCounts(total, completed, failed, cancelled), started))
                .isEqualTo(status);
    }
}
