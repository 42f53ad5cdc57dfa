package io.millrace.api.llm;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.llm.LlmConfig;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A version of a configuration as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "LlmConfig")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ConfigView(
        long id,
        int version,
        String name,
        String provider,
        String model,
        @Schema(type = SchemaType.OBJECT) @JsonRawValue String parameters,
        @Nullable String projectId,
        Instant createdAt) {

    static ConfigView of(LlmConfig config) {
        return new ConfigView(
                config.id(),
                config.version(),
                config.name(),
                config.provider(),
                config.model(),
                config.parameters(),
                config.projectId(),
                config.createdAt());
    }

    /** A configuration as it is posted; for the documentation only. */
    @Schema(name = "NewLlmConfig")
    record Posted(
            String name,

            @Schema(description = "one that workers know, such as openai, anthropic or scripted")
            String provider,

            String model,

            @Schema(description = "what the model is asked with, such as temperature, max_tokens, system or stream")
            Object parameters,

            @Nullable String project_id) {}

    /** Some configurations, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LlmConfigPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<ConfigView> configs,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
