package io.millrace.workflow;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A batch of workflow jobs about to be accepted. */
public record NewWorkflowBatch(
        UUID id, @Nullable String name, @Nullable String projectId, List<Member> jobs) {

    /**
     * A job of it.
     *
     * @param payload JSON text
     */
    public record Member(UUID id, @Nullable String name, String payload) {}
}
