package io.millrace.scheduler;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** What a duty rests by: it goes off after a while, or when somebody rings. */
final class Alarm {

    private final Clock clock;
    private final Semaphore rings = new Semaphore(0);
    /** Until when the duty means to rest; unknown while it works, when what it has just seen may be out of date. */
    private volatile Instant until = Instant.MAX;

    Alarm(Clock clock) {
        this.clock = clock;
    }

    /** Rests, unless somebody has rung since the last rest began. @return whether somebody rang */
    boolean rest(Duration rest) throws InterruptedException {
        until = clock.instant().plus(rest);
        boolean rung = rings.tryAcquire(rest.toNanos(), TimeUnit.NANOSECONDS);
        until = Instant.MAX;
        rings.drainPermits();
        return rung;
    }

    /** There is something to look for now. */
    void ring() {
        if (rings.availablePermits() == 0) {
            rings.release();
        }
    }

    /** There is something to look for at that moment, which matters only if the duty would sleep through it. */
    void ringFor(Instant moment) {
        if (until.isAfter(moment)) {
            ring();
        }
    }
}
