package io.millrace.api.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A problem as RFC 9457 writes it, with a stable {@code code} and the fields it is about. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Problem", description = "RFC 9457 problem details")
@JsonPropertyOrder({"type", "title", "status", "detail", "code", "errors", "job_id"})
public record ProblemBody(
        String type,
        String title,
        int status,
        String detail,

        @Schema(description = "stable word to program against", examples = "invalid_args")
        String code,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldError> errors,

        @Schema(description = "the job that stands in the way, for job_not_unique")
        @JsonProperty("job_id")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        UUID jobId) {}
