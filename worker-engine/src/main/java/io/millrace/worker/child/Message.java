package io.millrace.worker.child;

import io.millrace.job.Claim;
import io.millrace.job.Outcome;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a worker and its child say to each other. A child has one run at a time. */
public sealed interface Message {

    /** Child: it has started and can run jobs. */
    record Ready() implements Message {}

    /** Worker: run this. */
    record Run(Claim claim) implements Message {}

    /** Child: from now on the run is its doing. */
    record Begun() implements Message {}

    /** Child: how far the run is. */
    record Progress(
            long current,
            long total,
            String status,
            @Nullable String step) implements Message {}

    /** Worker: the soft time limit of this run has passed. It may cross the run's end on the way, so it says which. */
    record SoftLimit(UUID jobId, int claimSeq) implements Message {}

    /** Child: how the run ended. It waits for the next. */
    record Ended(Outcome outcome) implements Message {}
}
