package io.millrace.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.limit.Gate.Candidate;
import io.millrace.limit.Gate.Gated;
import io.millrace.limit.Gate.Use;
import io.millrace.limit.LimitName.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GateTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final LimitName TASK = new LimitName(Scope.TASK, "t");

    private static Candidate job(int age, int priority, boolean called, @Nullable String key) {
        return new Candidate(new UUID(1, age), 0, "t", "q", key, priority, called);
    }

    private static Limits rate(String rate) {
        return new Limits(List.of(new Limit(TASK, RateLimit.parse(rate), null)));
    }

    private static List<Long> ids(List<Gated> jobs) {
        return jobs.stream()
                .map(each -> each.job().jobId().getLeastSignificantBits())
                .toList();
    }

    @Test
    void whoWasCalledGoesBeforeWhoComesThenTheUrgentThenTheOldest() {
        var decision = Gate.decide(
                List.of(job(1, 5, false, null), job(4, 9, false, null), job(3, 5, true, null), job(2, 5, false, null)),
                rate("3/s"),
                Map.of(),
                Set.of(),
                NOW);
        assertThat(ids(decision.admitted())).containsExactly(3L, 4L, 1L);
        assertThat(ids(decision.parked())).containsExactly(2L);
        assertThat(decision.starts()).containsExactly(Map.entry(TASK, 3));
    }

    @Test
    void whoComesQueuesUpBehindThoseThatWait() {
        var decision = Gate.decide(List.of(job(1, 9, false, null)), rate("3/s"), Map.of(), Set.of(List.of(TASK)), NOW);
        assertThat(decision.admitted()).isEmpty();
    }

    @Test
    void everyLimitOfAJobMustHaveRoom() {
        var key = new LimitName(Scope.KEY, "tenant-1");
        var limits = new Limits(
                List.of(new Limit(TASK, null, 10), new Limit(new LimitName(Scope.KEY, "tenant-*"), null, 2)));
        var uses = Map.of(TASK, new Use(StartLog.EMPTY, 7), key, new Use(StartLog.EMPTY, 1));
        var decision = Gate.decide(
                List.of(
                        job(1, 5, false, "tenant-1"),
                        job(2, 5, false, "tenant-1"),
                        job(3, 5, false, "tenant-2"),
                        job(4, 5, false, "tenant-2"),
                        job(5, 5, false, null)),
                limits,
                uses,
                Set.of(),
                NOW);
        assertThat(ids(decision.admitted())).containsExactly(1L, 3L, 4L);
        assertThat(ids(decision.parked())).containsExactly(2L, 5L);
    }

    @Test
    void theMostSpecificRuleOfAKeyWins() {
        var limits = new Limits(List.of(
                new Limit(new LimitName(Scope.KEY, "*"), null, 1),
                new Limit(new LimitName(Scope.KEY, "tenant-*"), null, 2),
                new Limit(new LimitName(Scope.KEY, "tenant-7"), null, 3)));
        assertThat(limits.of("t", "q", "tenant-7"))
                .extracting(Limit::maxConcurrency)
                .containsExactly(3);
        assertThat(limits.of("t", "q", "tenant-8"))
                .extracting(Limit::maxConcurrency)
                .containsExactly(2);
        assertThat(limits.of("t", "q", "x")).extracting(Limit::maxConcurrency).containsExactly(1);
        assertThat(limits.of("t", "q", null)).isEmpty();
    }
}
