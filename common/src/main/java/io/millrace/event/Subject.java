package io.millrace.event;

import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.NewJob;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The job that an event is about.
 *
 * @param attempt starts so far, the one that the event is about included
 */
public record Subject(
        UUID jobId,
        String task,
        String queue,
        int attempt,
        @Nullable UUID batchId,
        @Nullable String projectId) {

    public static Subject of(NewJob job) {
        return new Subject(job.id(), job.task(), job.queue(), 0, null, job.projectId());
    }

    public static Subject of(Claim claim) {
        return new Subject(
                claim.jobId(), claim.task(), claim.queue(), claim.attempt(), claim.batchId(), claim.projectId());
    }

    public static Subject of(Job job) {
        return new Subject(job.id(), job.task(), job.queue(), job.attempt(), job.batchId(), job.projectId());
    }

    /** The same job as one of a batch. */
    Subject inBatch(UUID batch) {
        return new Subject(jobId, task, queue, attempt, batch, projectId);
    }
}
