package io.millrace.schedule;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A job that recurs: what is submitted, and when.
 *
 * @param args JSON text
 * @param queue null for the task's
 * @param priority null for the task's
 * @param misfireLimit how many missed ticks {@link Misfire#ALL} fires for at most
 */
public record Schedule(
        String name,
        String task,
        String args,
        @Nullable String queue,
        @Nullable Integer priority,
        Cadence cadence,
        Misfire misfire,
        int misfireLimit,
        Overlap overlap,
        boolean enabled) {

    /** Short enough that the tag {@code schedule:<name>} fits a job. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,79}");

    public static final int MISFIRE_LIMIT = 10;
    public static final int MAX_MISFIRE_LIMIT = 100;

    public Schedule {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no name for a schedule; it must match " + NAME);
        }
        if (priority != null && (priority < 0 || priority > 10)) {
            throw new IllegalArgumentException("schedule " + name + ": priority must be from 0 to 10");
        }
        if (misfireLimit < 1 || misfireLimit > MAX_MISFIRE_LIMIT) {
            throw new IllegalArgumentException(
                    "schedule " + name + ": the misfire limit must be from 1 to " + MAX_MISFIRE_LIMIT);
        }
    }

    /** What each of its jobs is tagged with, so that they can be listed. */
    public String tag() {
        return "schedule:" + name;
    }

    /** The same, firing or not. */
    public Schedule enabled(boolean value) {
        return new Schedule(name, task, args, queue, priority, cadence, misfire, misfireLimit, overlap, value);
    }

    /** The same at other times. */
    public Schedule at(Cadence value) {
        return new Schedule(name, task, args, queue, priority, value, misfire, misfireLimit, overlap, enabled);
    }
}
