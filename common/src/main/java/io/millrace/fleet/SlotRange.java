package io.millrace.fleet;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Between how many slots and how many a worker's pool moves by itself; the same number twice for a fixed pool. */
public record SlotRange(int min, int max) {

    private static final Pattern MAX_AND_MIN = Pattern.compile("(\\d{1,9})\\s*,\\s*(\\d{1,9})");

    public SlotRange {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException(
                    "a pool has at least one slot and at most as many as its maximum, not " + min + " to " + max);
        }
    }

    /** A pool that stays as it is. */
    public static SlotRange fixed(int slots) {
        return new SlotRange(slots, slots);
    }

    /** As Celery writes it: the most, a comma, the fewest. */
    public static SlotRange parse(String text) {
        Matcher numbers = MAX_AND_MIN.matcher(text.strip());
        if (!numbers.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not the most and the fewest slots, such as 10,3");
        }
        return new SlotRange(Integer.parseInt(numbers.group(2)), Integer.parseInt(numbers.group(1)));
    }

    public boolean isFixed() {
        return min == max;
    }

    /** The number in the range that is nearest to this one. */
    public int nearest(int slots) {
        return Math.clamp(slots, min, max);
    }
}
