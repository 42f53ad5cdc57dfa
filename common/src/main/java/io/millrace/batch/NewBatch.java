package io.millrace.batch;

import io.millrace.job.NewJob;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A batch about to be accepted.
 *
 * @param jobs in the order of the nodes of {@code graph}
 */
public record NewBatch(
        UUID id,
        @Nullable String name,
        OnParentFailure onParentFailure,
        @Nullable String callbackUrl,
        @Nullable String projectId,
        List<Member> jobs,
        BatchGraph graph) {

    /**
     * One of its jobs.
     *
     * @param runsAnyway whether it runs even if a parent has failed
     */
    public record Member(NewJob job, boolean runsAnyway) {}

    public NewBatch {
        if (jobs.size() != graph.size()) {
            throw new IllegalArgumentException(jobs.size() + " jobs cannot be the nodes of a graph of " + graph.size());
        }
    }
}
