package io.millrace.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrecedenceTest {

    private static final int QUEUE_PRIORITY = 2;

    private static Defaults retries(@Nullable Integer maxRetries) {
        return new Defaults(null, null, maxRetries, null, null, null, null, null, null, null, null);
    }

    private static Defaults limits(@Nullable Duration soft, @Nullable Duration hard) {
        return new Defaults(hard, soft, null, null, null, null, null, null, null, null, null);
    }

    private static Defaults results(@Nullable Duration ttl, @Nullable Boolean ignore) {
        return new Defaults(null, null, null, null, null, null, null, ttl, null, null, ignore);
    }

    private static Defaults priority(int priority) {
        return new Defaults(null, null, null, null, null, null, null, null, priority, null, null);
    }

    private static TaskDefinition task(Defaults says) {
        return new TaskDefinition(
                "demo.sleep",
                "home",
                5,
                RetryPolicy.DEFAULT,
                null,
                null,
                Duration.ofHours(24),
                null,
                null,
                false,
                "{}",
                says,
                null);
    }

    private static JobDefaults resolve(Defaults configured, Defaults code, Defaults queue, Defaults global) {
        return new Precedence(global, Map.of("home", queue), Map.of("demo.sleep", configured))
                .of(task(code), "home", QUEUE_PRIORITY);
    }

    @Test
    void theStrongestPlaceThatSaysSomethingIsHeard() {
        assertThat(resolve(retries(1), retries(2), retries(3), retries(4))
                        .retry()
                        .maxRetries())
                .isEqualTo(1);
        assertThat(resolve(Defaults.NONE, retries(2), retries(3), retries(4))
                        .retry()
                        .maxRetries())
                .isEqualTo(2);
        assertThat(resolve(Defaults.NONE, Defaults.NONE, retries(3), retries(4))
                        .retry()
                        .maxRetries())
                .isEqualTo(3);
        assertThat(resolve(Defaults.NONE, Defaults.NONE, Defaults.NONE, retries(4))
                        .retry()
                        .maxRetries())
                .isEqualTo(4);
    }

    @Test
    void whereNobodySaysAnythingMillraceDoes() {
        var defaults = resolve(Defaults.NONE, Defaults.NONE, Defaults.NONE, Defaults.NONE);

        assertThat(defaults)
                .isEqualTo(new JobDefaults(
                        QUEUE_PRIORITY,
                        RetryPolicy.DEFAULT,
                        null,
                        null,
                        Duration.ofHours(24),
                        Duration.ofHours(24),
                        null));
    }

    @Test
    void eachValueIsDecidedByItself() {
        var queue = new Defaults(
                Duration.ofSeconds(60), null, 9, null, 3.0, null, null, null, null, Duration.ofSeconds(5), null);

        var defaults = resolve(Defaults.NONE, retries(0), queue, Defaults.NONE);

        assertThat(defaults.retry().maxRetries()).isZero();
        assertThat(defaults.retry().factor()).isEqualTo(3);
        assertThat(defaults.timeLimit()).isEqualTo(Duration.ofSeconds(60));
        assertThat(defaults.expires()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void theMostSpecificPatternGoesFirstAndTheOthersFillItsGaps() {
        var precedence = new Precedence(
                Defaults.NONE,
                Map.of(),
                Map.of("*", limits(null, Duration.ofSeconds(9)), "demo.*", retries(7), "demo.sleep", retries(8)));

        var defaults = precedence.of(task(Defaults.NONE), "home", QUEUE_PRIORITY);

        assertThat(defaults.retry().maxRetries()).isEqualTo(8);
        assertThat(defaults.timeLimit()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void zeroMeansNoLimitAndGoesBeforeAWeakerOne() {
        var defaults = resolve(
                Defaults.NONE, limits(null, Duration.ZERO), limits(null, Duration.ofSeconds(60)), Defaults.NONE);

        assertThat(defaults.timeLimit()).isNull();
    }

    @Test
    void aHardLimitThatIsLoweredPullsTheSoftOneDown() {
        var defaults = resolve(
                limits(null, Duration.ofSeconds(10)),
                limits(Duration.ofSeconds(50), null),
                Defaults.NONE,
                Defaults.NONE);

        assertThat(defaults.softTimeLimit()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aTasksPriorityCountsInItsOwnQueueAlone() {
        var precedence = new Precedence(Defaults.NONE, Map.of(), Map.of());

        assertThat(precedence.of(task(priority(9)), "home", QUEUE_PRIORITY).priority())
                .isEqualTo(9);
        assertThat(precedence.of(task(priority(9)), "elsewhere", QUEUE_PRIORITY).priority())
                .isEqualTo(QUEUE_PRIORITY);
    }

    @Test
    void aPrioritySetOverHttpGoesBeforeWhatIsConfigured() {
        var precedence = new Precedence(Defaults.NONE, Map.of(), Map.of("demo.sleep", priority(8)));

        assertThat(precedence
                        .of(task(priority(9)).withPrioritySet(1), "home", QUEUE_PRIORITY)
                        .priority())
                .isEqualTo(1);
        assertThat(precedence.of(task(priority(9)), "home", QUEUE_PRIORITY).priority())
                .isEqualTo(8);
    }

    @Test
    void anIgnoredResultIsKeptForNoTimeUnlessASubmissionWantsIt() {
        var defaults = resolve(Defaults.NONE, results(null, true), results(Duration.ofHours(1), null), Defaults.NONE);

        assertThat(defaults.resultTtl()).isZero();
        assertThat(defaults.keptResultTtl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void whatFollowsALossIsTheTasksOwnToSay() {
        var once = new RetryPolicy(3, Duration.ZERO, 2, Duration.ZERO, true, false);
        var task = new TaskDefinition("t", "home", 5, once, null, null, Duration.ZERO, null, false, "{}");

        assertThat(new Precedence(Defaults.NONE, Map.of(), Map.of())
                        .retryOf(task, "home")
                        .afterLoss())
                .isFalse();
    }

    @Test
    void whatIsOutOfBoundsIsRefused() {
        assertThatThrownBy(() -> priority(11)).hasMessageContaining("priority");
        assertThatThrownBy(() -> retries(-1)).hasMessageContaining("max-retries");
        assertThatThrownBy(() -> results(Duration.ofSeconds(-1), null)).hasMessageContaining("result-ttl");
    }
}
