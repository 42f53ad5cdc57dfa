package io.millrace.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When a schedule fires: its ticks, as a function of nothing but itself. */
public sealed interface Cadence permits Cron, Cadence.Every, Cadence.Once {

    /** The first tick after a moment, empty if there is none any more. */
    Optional<Instant> next(Instant after);

    /** The first ticks after a moment, at most so many. */
    default List<Instant> next(Instant after, int most) {
        var ticks = new ArrayList<Instant>(most);
        var tick = next(after);
        while (tick.isPresent() && ticks.size() < most) {
            ticks.add(tick.get());
            tick = next(tick.get());
        }
        return ticks;
    }

    /**
     * The newest ticks from {@code from} to {@code to}, both included, the oldest first and at most so many. However
     * long nobody has looked, only about as many ticks are computed as are asked for: the look back grows until it has
     * found them.
     */
    default List<Instant> latest(Instant from, Instant to, int most) {
        for (Duration back = Duration.ofSeconds(most); ; back = back.multipliedBy(2)) {
            Instant begin = to.minus(back);
            boolean all = !begin.isAfter(from);
            var ticks = between(all ? from : begin, to);
            if (all || ticks.size() >= most) {
                return ticks.subList(Math.max(0, ticks.size() - most), ticks.size());
            }
        }
    }

    private List<Instant> between(Instant from, Instant to) {
        var ticks = new ArrayList<Instant>();
        var tick = next(from.minusNanos(1));
        while (tick.isPresent() && !tick.get().isAfter(to)) {
            ticks.add(tick.get());
            tick = next(tick.get());
        }
        return ticks;
    }

    /** A tick at {@code start} and then one each {@code interval}: it never drifts, however late a tick is noticed. */
    record Every(Duration interval, Instant start) implements Cadence {

        /** Ticks closer than this are a job for a loop, not for a schedule. */
        public static final Duration SHORTEST = Duration.ofSeconds(1);

        public static final Duration LONGEST = Duration.ofDays(3650);

        public Every {
            if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("must be from " + SHORTEST.toSeconds() + " to " + LONGEST.toSeconds()
                        + " seconds, but is " + interval.toMillis() / 1000.0);
            }
            interval = Duration.ofMillis(interval.toMillis());
            start = start.truncatedTo(ChronoUnit.MILLIS);
        }

        /** As one that was made just now: its first tick comes after one interval. */
        public static Every from(Duration interval, Instant now) {
            return new Every(interval, now);
        }

        @Override
        public Optional<Instant> next(Instant after) {
            if (after.isBefore(start)) {
                return Optional.of(start);
            }
            long ticks = Duration.between(start, after).dividedBy(interval);
            return Optional.of(start.plus(interval.multipliedBy(ticks + 1)));
        }
    }

    /** A single tick. */
    record Once(Instant at) implements Cadence {

        public Once {
            at = at.truncatedTo(ChronoUnit.MILLIS);
        }

        @Override
        public Optional<Instant> next(Instant after) {
            return after.isBefore(at) ? Optional.of(at) : Optional.empty();
        }
    }
}
