package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.DueStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OldestWaitingTest {

    private final OldestWaiting oldest = new OldestWaiting();

    private Optional<Map<String, Duration>> step(boolean last, Map<String, Duration> waiting) {
        Optional<UUID> next = last ? Optional.empty() : Optional.of(new UUID(0, 1));
        return oldest.walked(
                new DueStore.Step(next, 10, Optional.empty(), Optional.empty(), List.of(), List.of(), waiting));
    }

    @Test
    void the_oldest_of_a_whole_round_is_known_when_the_round_is_over() {
        step(false, Map.of("celery", Duration.ofSeconds(9)));
        step(false, Map.of("celery", Duration.ofSeconds(30), "jobs", Duration.ofSeconds(1)));
        assertThat(oldest.ages()).isEmpty();

        step(true, Map.of("celery", Duration.ofSeconds(2)));

        assertThat(oldest.ages()).isEqualTo(Map.of("celery", Duration.ofSeconds(30), "jobs", Duration.ofSeconds(1)));
    }

    @Test
    void it_is_told_when_a_round_has_seen_other_than_the_one_before() {
        Map<String, Duration> waiting = Map.of("celery", Duration.ofSeconds(9));
        assertThat(step(true, Map.of())).isEmpty();
        assertThat(step(false, waiting)).isEmpty();
        assertThat(step(true, Map.of())).contains(waiting);
        assertThat(step(true, Map.of())).contains(Map.of());
        assertThat(step(true, Map.of())).isEmpty();
    }

    @Test
    void each_round_begins_anew() {
        step(true, Map.of("celery", Duration.ofSeconds(9)));
        step(true, Map.of());

        assertThat(oldest.ages()).isEmpty();
    }
}
