package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlarmTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Alarm alarm = new Alarm(Clock.fixed(NOW, ZoneOffset.UTC));

    /** Rests on another thread; true as soon as somebody has rung. */
    private CompletableFuture<Boolean> resting() {
        var ended = new CompletableFuture<Boolean>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                ended.complete(alarm.rest(LONG));
            } catch (InterruptedException e) {
                ended.completeExceptionally(e);
            }
        });
        while (thread.getState() != Thread.State.TIMED_WAITING && !ended.isDone()) {
            Thread.onSpinWait();
        }
        return ended;
    }

    @Test
    void itGoesOffByItself() throws InterruptedException {
        assertThat(alarm.rest(Duration.ofMillis(1))).isFalse();
    }

    @Test
    void aRingEndsARest() throws Exception {
        var rest = resting();

        alarm.ring();

        assertThat(rest.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRingDuringWorkEndsTheNextRestAtOnce() throws InterruptedException {
        alarm.ring();
        alarm.ring();

        assertThat(alarm.rest(LONG)).isTrue();
        assertThat(alarm.rest(Duration.ofMillis(1))).as("two rings are one").isFalse();
    }

    @Test
    void whatComesAfterTheRestDoesNotEndIt() throws Exception {
        var rest = resting();

        alarm.ringFor(NOW.plus(LONG).plusSeconds(1));
        assertThat(rest).isNotDone();
        alarm.ringFor(NOW.plus(LONG).minusSeconds(1));

        assertThat(rest.get(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whateverComesDuringWorkIsLookedFor() throws InterruptedException {
        alarm.ringFor(NOW.plus(LONG).plusSeconds(1));

        assertThat(alarm.rest(LONG)).isTrue();
    }
}
