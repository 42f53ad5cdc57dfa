package io.millrace.llm;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One version of a configuration.
 *
 * @param projectId whose it is; null for everybody's
 * @param provider the name by which workers know whom to ask
 * @param parameters what the model is asked with beside the query: a JSON object as text
 * @param createdAt when this version was made
 */
public record LlmConfig(
        long id,
        int version,
        @Nullable String projectId,
        String name,
        String provider,
        String model,
        String parameters,
        Instant createdAt) {

    /** A version that is to be made. */
    public record New(@Nullable String projectId, String name, String provider, String model, String parameters) {}

    /** Whether calls of a project may be made with it. What belongs to nobody may be used by anybody. */
    public boolean servesProject(@Nullable String project) {
        return projectId == null || projectId.equals(project);
    }
}
