package io.millrace.clock;

import java.time.Duration;

/**
 * Lets something be said only so often, such as that what goes wrong thousands of times a second goes wrong. For any number
 * of threads.
 */
public final class NowAndThen {

    private final long every;
    private long last;

    /** @param every the least time between twice; the first time is at once */
    public NowAndThen(Duration every) {
        this.every = every.toNanos();
        this.last = System.nanoTime() - this.every;
    }

    /** Whether it is time again. Whoever hears yes says it. */
    public synchronized boolean isNow() {
        long now = System.nanoTime();
        if (now - last < every) {
            return false;
        }
        last = now;
        return true;
    }
}
