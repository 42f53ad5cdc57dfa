package io.millrace.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Parts of the hot table in which nothing will finish for a while, because all their jobs wait for a time that is still to
 * come or for others. A walk goes around them, so that a million jobs that were scheduled long ago for next month do not
 * make each walk a long one. They are looked at again now and then: a job that waits may be revoked.
 */
final class QuietStretches {

    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** So many are remembered; what lies beyond is walked through. */
    private static final int MOST = 10_000;

    private record Stretch(UUID to, Instant until) {}

    private final Map<UUID, Stretch> from = new HashMap<>();

    /** Nothing between these two ids finishes by itself before so long. */
    void add(UUID after, UUID to, Instant now, Duration quiet) {
        if (quiet.isZero()) {
            return;
        }
        if (from.size() >= MOST) {
            from.values().removeIf(stretch -> !now.isBefore(stretch.until()));
        }
        if (from.size() < MOST) {
            Duration rest = quiet.compareTo(LONGEST) < 0 ? quiet : LONGEST;
            from.put(after, new Stretch(to, now.plus(rest)));
        }
    }

    /** Where a walk goes on that has come to this id. */
    UUID beyond(UUID position, Instant now) {
        UUID next = position;
        for (Stretch stretch = from.get(next); stretch != null; stretch = from.get(next)) {
            if (!now.isBefore(stretch.until())) {
                from.remove(next);
                return next;
            }
            next = stretch.to();
        }
        return next;
    }
}
