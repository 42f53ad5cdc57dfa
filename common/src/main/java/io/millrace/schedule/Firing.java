package io.millrace.schedule;

import io.millrace.job.NewJob;
import io.millrace.task.JobDefaults;
import io.millrace.task.TaskDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of a schedule's ticks. Pure functions of what is known and the time. */
public final class Firing {

    /** Of so many ticks that were left out, at least, the newest are kept in the history; older ones leave no trace. */
    static final int REMEMBERED = 20;

    private Firing() {}

    /** What became of a tick. */
    public enum Outcome {
        /** A job was submitted. */
        FIRED,
        /** It came too late, or a later one stands for it. */
        MISSED,
        /** The previous job had not finished. */
        OVERLAP,
        /** Not a tick: somebody asked for a job now. */
        MANUAL
    }

    /** A tick and what becomes of it. */
    public record Tick(Instant at, Outcome outcome) {}

    /**
     * What a schedule does now.
     *
     * @param ticks the oldest first
     * @param cancelPrevious whether its previous job is to be revoked first
     * @param next the tick after these, empty if there is none
     */
    public record Decision(List<Tick> ticks, boolean cancelPrevious, Optional<Instant> next) {}

    /**
     * Decides about every tick from {@code due} to now. All but the newest of them have been missed, and so has the
     * newest if it is older than {@code grace}; what has been missed is for {@link Misfire} to say.
     *
     * @param due the first tick that nothing has become of yet
     * @param previousRuns whether the schedule's last job has not finished
     */
    public static Decision decide(Schedule schedule, Instant due, boolean previousRuns, Instant now, Duration grace) {
        var ticks = schedule.cadence().latest(due, now, Math.max(REMEMBERED, schedule.misfireLimit()));
        if (ticks.isEmpty()) {
            // Announced under rules of its time zone that have changed since.
            ticks = List.of(due);
        }
        int newest = ticks.size() - 1;
        boolean late = ticks.get(newest).isBefore(now.minus(grace));
        int firstWanted = switch (schedule.misfire()) {
            case SKIP -> late ? newest + 1 : newest;
            case ONCE -> newest;
            case ALL -> Math.max(0, newest + 1 - schedule.misfireLimit());
        };
        int firstAllowed = switch (schedule.overlap()) {
            case ALLOW -> 0;
            case SKIP -> previousRuns ? newest + 1 : newest;
            case CANCEL_PREVIOUS -> newest;
        };
        var decided = new ArrayList<Tick>(ticks.size());
        for (int i = 0; i < ticks.size(); i++) {
            decided.add(new Tick(
                    ticks.get(i),
                    i < firstWanted ? Outcome.MISSED : i < firstAllowed ? Outcome.OVERLAP : Outcome.FIRED));
        }
        boolean fires = Math.max(firstWanted, firstAllowed) <= newest;
        return new Decision(
                decided,
                fires && previousRuns && schedule.overlap() == Overlap.CANCEL_PREVIOUS,
                schedule.cadence().next(now));
    }

    /** The queue that a schedule's jobs go to. */
    public static String queue(Schedule schedule, TaskDefinition task) {
        return schedule.queue() == null ? task.queue() : schedule.queue();
    }

    /**
     * The job of a firing: what a job of its task gets in its queue, and the priority that the schedule asks for.
     *
     * @param defaults what a job of this task gets in {@link #queue}
     */
    public static NewJob job(Schedule schedule, TaskDefinition task, JobDefaults defaults, Instant now, UUID id) {
        Integer asked = schedule.priority();
        Duration expires = defaults.expires();
        return new NewJob(
                id,
                task.name(),
                queue(schedule, task),
                asked == null ? defaults.priority() : asked,
                null,
                expires == null ? null : now.plus(expires),
                defaults.retry().maxRetries(),
                seconds(defaults.retry().delay()),
                secondsOrNull(defaults.softTimeLimit()),
                secondsOrNull(defaults.timeLimit()),
                seconds(defaults.resultTtl()),
                schedule.args(),
                null,
                null,
                List.of(schedule.tag()),
                null,
                null);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static @Nullable Double secondsOrNull(@Nullable Duration duration) {
        return duration == null ? null : seconds(duration);
    }
}
