package io.millrace.api.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.DashboardStore.Failure;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What makes two failures the same. */
class FailureGroupsTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            connect to 10.0.0.17:5432 timed out after 30 s | connect to * timed out after * s
            no row 4711 in table orders                    | no row * in table orders
            file "/data/2026/01/a.csv" is not there        | file * is not there
            job 019a2b3c-1111-7abc-8def-0123456789ab ended | job * ended
            digest deadbeef01 differs from 0xCAFE          | digest * differs from *
            the feedback  was   decade old                 | the feedback was decade old
            """)
    void what_varies_in_a_message_is_a_star(String message, String pattern) {
        assertThat(Fingerprint.of("t", "E", message).pattern()).isEqualTo(pattern);
    }

    @Test
    void a_long_message_is_cut() {
        assertThat(Fingerprint.of("t", "E", "no ".repeat(300)).pattern()).hasSize(201);
    }

    @Test
    void failures_that_differ_in_numbers_only_are_one_group_from_the_first_to_the_last() {
        Failure last = failure("t", "Timeout", "after 3 s", 30);

        FailureGroups groups = FailureGroups.of(List.of(
                last,
                failure("t", "Refused", "no", 20),
                failure("t", "Timeout", "after 4 s", 10),
                failure("t", null, null, 5)));

        assertThat(groups.failures()).isEqualTo(4);
        assertThat(groups.since()).isEqualTo(NOON.plusSeconds(5));
        assertThat(groups.groups()).hasSize(3);
        assertThat(groups.groups().getFirst())
                .isEqualTo(new FailureGroups.Group(
                        "t",
                        "Timeout",
                        "after * s",
                        2,
                        NOON.plusSeconds(10),
                        NOON.plusSeconds(30),
                        "after 3 s",
                        last.jobId()));
    }

    @Test
    void the_same_error_of_another_task_is_another_group() {
        assertThat(FailureGroups.of(List.of(failure("a", "E", "no", 1), failure("b", "E", "no", 0)))
                        .groups())
                .hasSize(2);
    }

    private static Failure failure(String task, @Nullable String type, @Nullable String message, int second) {
        return new Failure(UUID.randomUUID(), task, type, message, NOON.plusSeconds(second));
    }
}
