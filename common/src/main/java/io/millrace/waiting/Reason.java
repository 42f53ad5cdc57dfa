package io.millrace.waiting;

import io.millrace.job.JobState;
import io.millrace.queue.Lane;
import io.millrace.waiting.Waiting.Parent;
import io.millrace.waiting.Waiting.Standing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a job is not running. */
public sealed interface Reason {

    /** It has ended. */
    record Finished(JobState state, @Nullable Instant at) implements Reason {}

    /** It is running after all. */
    record Running(@Nullable String worker, @Nullable Instant since) implements Reason {}

    /** It is running and may finish, but was revoked: it is not run again. */
    record Revoked(@Nullable String worker, @Nullable Instant since) implements Reason {}

    /** Its time has not come. */
    record NotDue(Instant until) implements Reason {}

    /** It has failed and is tried again at this time. */
    record WaitsForRetry(Instant until, String error) implements Reason {}

    /**
     * It waits for jobs that it depends on.
     *
     * @param open how many
     * @param some of them
     */
    record WaitsForParents(int open, List<Parent> some) implements Reason {}

    /** It was not started in time, and will not be. */
    record Expired(Instant at) implements Reason {}

    /** Its queue is paused. */
    record QueuePaused(String queue) implements Reason {}

    /** No worker that is alive receives from its queue. */
    record NoWorker(String queue) implements Reason {}

    /** None of the workers that receive from its queue knows its task. */
    record TaskUnknown(String task, String queue, int workers) implements Reason {}

    /**
     * It waits at limits, and is called as soon as they have room.
     *
     * @param limits those that have none now; all it is under, if all have
     * @param waiting how many jobs of its queue wait
     */
    record Throttled(List<Standing> limits, long waiting) implements Reason {}

    /** Every slot of those who could run it is taken. */
    record NoSlot(int slots) implements Reason {}

    /**
     * Others of its queue wait as well; those of higher lanes, and those before it on its own, go first.
     *
     * @param ahead how many go first, counted as far as {@link Waiting#MOST_AHEAD}
     * @param waiting how many jobs of its queue wait, this one included
     */
    record InLine(int ahead, long waiting, Lane lane) implements Reason {}

    /** Its hint has not been written, or was lost; the scheduler's sweep writes it again. */
    record HintLost() implements Reason {}

    /** Nothing keeps it: a worker is about to start it. */
    record Starting() implements Reason {}
}
