package io.millrace.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * When jobs under one limit have started: a sliding-window log. It is exact, unlike a token bucket, which lets twice
 * its size through in one window (a full bucket, and what flows in after it).
 *
 * @param starts in order of time
 */
public record StartLog(List<Starts> starts) {

    /** Nothing has started. */
    public static final StartLog EMPTY = new StartLog(List.of());

    /** More entries than this are merged, the older ones to the later time: that may delay a start, never allow one. */
    static final int MOST_ENTRIES = 512;

    /** So many starts at one time. */
    public record Starts(Instant at, int count) {}

    public StartLog {
        starts = List.copyOf(starts);
    }

    /** How many more may start now. */
    public int room(RateLimit limit, Instant now) {
        int room = Integer.MAX_VALUE;
        for (RateLimit.Rate rate : limit.rates()) {
            Instant since = now.minus(rate.window());
            int started = 0;
            for (Starts each : starts) {
                if (each.at().isAfter(since)) {
                    started += each.count();
                }
            }
            room = Math.min(room, rate.count() - started);
        }
        return Math.max(0, room);
    }

    /** When one more may start, if nothing else starts until then; now, where there is room. */
    public Instant roomAt(RateLimit limit, Instant now) {
        Instant at = now;
        for (RateLimit.Rate rate : limit.rates()) {
            Instant since = now.minus(rate.window());
            int started = starts.stream()
                    .filter(each -> each.at().isAfter(since))
                    .mapToInt(Starts::count)
                    .sum();
            for (Starts each : starts) {
                if (started < rate.count()) {
                    break;
                }
                if (each.at().isAfter(since)) {
                    started -= each.count();
                    Instant left = each.at().plus(rate.window());
                    at = left.isAfter(at) ? left : at;
                }
            }
        }
        return at;
    }

    /** The log after so many starts; what lies before the window is forgotten. */
    public StartLog with(Instant now, int count, Duration window) {
        Instant since = now.minus(window);
        var kept = new ArrayList<Starts>();
        for (Starts each : starts) {
            if (each.at().isAfter(since)) {
                kept.add(each);
            }
        }
        if (count > 0) {
            // Clocks of one PostgreSQL do not go back, but a standby that took over may be behind: order must hold.
            Instant last = kept.isEmpty() ? now : kept.getLast().at();
            kept.add(new Starts(now.isBefore(last) ? last : now, count));
        }
        return new StartLog(kept.size() <= MOST_ENTRIES ? kept : merged(kept));
    }

    private static List<Starts> merged(List<Starts> entries) {
        var half = new ArrayList<Starts>();
        for (int i = 0; i < entries.size(); i += 2) {
            Starts first = entries.get(i);
            if (i + 1 == entries.size()) {
                half.add(first);
            } else {
                Starts second = entries.get(i + 1);
                half.add(new Starts(second.at(), first.count() + second.count()));
            }
        }
        return half;
    }
}
