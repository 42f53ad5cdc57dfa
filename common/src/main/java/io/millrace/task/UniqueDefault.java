package io.millrace.task;

import io.millrace.job.Unique;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How jobs of a task are the only ones of their kind, if their submissions do not say it.
 *
 * @param by the arguments that make two jobs the same; empty for all of them
 * @param period after its submission in which there is no other, whatever becomes of it; null for no such period
 * @param whileUnfinished whether there is no other as long as it has not finished
 * @param onConflict what becomes of a submission that finds the place taken
 */
public record UniqueDefault(
        List<String> by, @Nullable Duration period, boolean whileUnfinished, Unique.OnConflict onConflict) {

    public UniqueDefault {
        if (period == null && !whileUnfinished) {
            throw new IllegalArgumentException("a job is unique for a period, while it is unfinished, or both");
        }
        if (period != null && !period.isPositive()) {
            throw new IllegalArgumentException("the period in which a job is unique must be positive, not " + period);
        }
        by = List.copyOf(by);
    }
}
