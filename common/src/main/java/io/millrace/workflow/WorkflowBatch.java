package io.millrace.workflow;

import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A batch of workflow jobs as its row stands. Its status follows from the counts as that of any batch does. */
public record WorkflowBatch(
        UUID id,
        @Nullable String name,
        BatchStatus status,
        BatchCounts counts,
        @Nullable String projectId,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {}
