package io.millrace.workflow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of a workflow job's status.
 *
 * @param from null for its first
 */
public record StatusChange(
        long id,
        int submission,
        @Nullable WorkflowStatus from,
        WorkflowStatus to,
        @Nullable String workflowId,
        @Nullable String reason,
        Instant changedAt) {}
