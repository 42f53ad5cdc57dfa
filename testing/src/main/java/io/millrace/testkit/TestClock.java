package io.millrace.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that stands still until it is moved. Give it to whatever a task asks for the time. */
public final class TestClock extends Clock {

    /** Noon of the first day of 2026, UTC. */
    public static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private volatile Instant now;

    /** Stands at {@link #NOON}. */
    public TestClock() {
        this(NOON);
    }

    public TestClock(Instant start) {
        now = start;
    }

    /** Moves on. A run that is under way and comes to a time limit by that is interrupted, as by a worker. */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back, but was to by " + duration);
        }
        now = now.plus(duration);
        watchers.forEach(Runnable::run);
    }

    /** Stands in for {@link Thread#sleep}: moves on at once, and ends as a sleep would if the run is interrupted by it. */
    public void sleep(Duration duration) throws InterruptedException {
        advance(duration);
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted in a sleep of " + duration);
        }
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /** The same time in another zone; it stands still even when this one is moved. */
    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(now, zone);
    }

    void watch(Runnable watcher) {
        watchers.add(watcher);
    }
}
