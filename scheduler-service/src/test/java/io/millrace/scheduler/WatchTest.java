package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchTest {

    private final Rescuer.Watch watch = new Rescuer.Watch(Duration.ofSeconds(3));

    private Duration at(long seconds) {
        return watch.unbroken(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void itGrowsWhileItWatches() {
        assertThat(at(100)).isZero();
        assertThat(at(101)).isEqualTo(Duration.ofSeconds(1));
        assertThat(at(104)).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void aPauseOfTheSchedulerItselfBeginsItAnew() {
        at(100);
        at(103);

        assertThat(at(107)).isZero();
    }

    @Test
    void anInterruptionBeginsItAnew() {
        at(100);
        watch.interrupted();

        assertThat(at(101)).isZero();
    }
}
