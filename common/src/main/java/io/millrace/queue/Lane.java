package io.millrace.queue;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A band of priorities within a queue, with a Kafka topic of its own. Lanes exist because a topic is first in, first
 * out: a free slot takes from the highest lane that has work, so an urgent job never stands behind a backlog.
 * Declared from the highest to the lowest.
 */
public enum Lane {
    URGENT(9),
    HIGH(6),
    NORMAL(3),
    LOW(0);

    /** What a queue may be called: it becomes part of a topic's name. */
    public static final Pattern QUEUE_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    private static final String PREFIX = "millrace.";

    private final int lowestPriority;

    Lane(int lowestPriority) {
        this.lowestPriority = lowestPriority;
    }

    /** The lane of a priority from 0 to 10, higher first. */
    public static Lane of(int priority) {
        if (priority < 0 || priority > 10) {
            throw new IllegalArgumentException("priority must be from 0 to 10, but is " + priority);
        }
        for (Lane lane : values()) {
            if (priority >= lane.lowestPriority) {
                return lane;
            }
        }
        throw new AssertionError("every priority from 0 has a lane");
    }

    /** The Kafka topic, and the share group that reads it: {@code millrace.<queue>.<lane>}. */
    public String topic(String queue) {
        return PREFIX + queue + "." + wireName();
    }

    /** This lane's name in topics, rows and metrics. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
