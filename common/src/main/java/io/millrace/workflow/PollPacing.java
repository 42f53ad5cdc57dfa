package io.millrace.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When to poll: soon at first, then ever more rarely, so that short workflows end soon and long ones cost little.
 *
 * @param first the wait between submission and the first poll
 * @param factor what each further wait is longer by, at least 1
 * @param cap the longest wait
 * @param jitter which part of a wait is drawn, 0 to 1: workflows that began together are not polled together for ever
 * @param maxDuration how long a workflow is followed from its submission on
 */
public record PollPacing(Duration first, double factor, Duration cap, double jitter, Duration maxDuration) {

    /** No remote side makes us wait for longer than this, whatever it asks for. */
    private static final Duration LONGEST_ASKED = Duration.ofHours(1);

    private static final Duration SHORTEST = Duration.ofMillis(10);

    public PollPacing {
        if (first.isNegative() || cap.compareTo(first) < 0) {
            throw new IllegalArgumentException("the longest wait between polls must be at least the first");
        }
        if (!(factor >= 1)) {
            throw new IllegalArgumentException("the factor between waits must be at least 1, but is " + factor);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, but is " + jitter);
        }
        if (!maxDuration.isPositive()) {
            throw new IllegalArgumentException("polling must be allowed to go on for some time");
        }
    }

    /** When following a workflow is given up. */
    public Instant deadline(Instant submittedAt) {
        return submittedAt.plus(maxDuration);
    }

    /**
     * The wait before the next poll. It never goes beyond the deadline, so that the last poll is made when it passes.
     *
     * @param polls how many have been made
     * @param asked what the remote side asked for at least, null where it did not
     */
    public Duration next(
            int polls, @Nullable Duration asked, Instant now, Instant submittedAt, RandomGenerator random) {
        double grown = Math.min((double) cap.toMillis(), first.toMillis() * Math.pow(factor, polls));
        Duration wait = Duration.ofMillis(Math.round(grown * (1 - jitter * random.nextDouble())));
        if (asked != null) {
            wait = longer(wait, asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked);
        }
        Duration left = Duration.between(now, deadline(submittedAt));
        return longer(wait.compareTo(left) > 0 ? left : wait, SHORTEST);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
