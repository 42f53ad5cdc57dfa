package io.millrace.pack.function;

import io.millrace.worker.task.TaskContext;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a function is run with.
 *
 * @param projectId whose it is, null for nobody's
 * @param organizationId as the submission said it, null if it said none
 * @param jobId the domain's own id of this work, that of the task where the submission named none
 * @param traceId the trace this belongs to, null for none
 * @param requestData what it is to work on
 * @param context the run: progress, attempts, the logger
 */
public record FunctionCall(
        @Nullable String projectId,
        @Nullable String organizationId,
        String jobId,
        @Nullable String traceId,
        Map<String, @Nullable Object> requestData,
        TaskContext context) {

    /** The job of Millrace that runs it. */
    public UUID taskId() {
        return context.jobId();
    }
}
