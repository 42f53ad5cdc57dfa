package io.millrace.batch;

import io.millrace.job.JobState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as a batch lists it.
 *
 * @param state null once the job itself is no longer kept
 */
public record BatchJob(
        String key,
        UUID jobId,
        @Nullable String task,
        @Nullable JobState state) {}
