package io.millrace.schedule;

import io.millrace.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it stands.
 *
 * @param declared whether it comes from configuration
 * @param nextFireAt the first tick that nothing has become of yet; null where none will come, or none is wanted
 * @param lastFireAt the last tick that fired
 * @param lastJobState of the job of that tick, null where there is none or it is no longer kept
 * @param taskKnown whether some worker has registered its task; where none has, its ticks wait
 * @param fault why it cannot fire at all, null for an ordinary one
 */
public record ScheduleStatus(
        Schedule schedule,
        boolean declared,
        @Nullable Instant nextFireAt,
        @Nullable Instant lastFireAt,
        @Nullable UUID lastJobId,
        @Nullable JobState lastJobState,
        boolean taskKnown,
        @Nullable String fault,
        Instant createdAt,
        Instant updatedAt) {

    /** Why it does not fire although it should, null if it does. */
    public @Nullable String problem() {
        if (fault != null) {
            return fault;
        }
        return taskKnown
                ? null
                : "no worker has registered the task '" + schedule.task() + "' yet; ticks wait until one has";
    }

    /** The next ticks, none where it is disabled. */
    public List<Instant> nextFireTimes(Instant now, int most) {
        return nextFireAt == null ? List.of() : schedule.cadence().next(now, most);
    }
}
