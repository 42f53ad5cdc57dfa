package io.millrace.api.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.api.problem.ProblemBody;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The answer to a bulk request as OpenAPI shows it; {@link BulkAnswer} writes it. */
@Schema(name = "BulkResult")
record BulkResult(int accepted, int rejected, List<Item> items) {

    /** One submission, in the order they came. */
    @Schema(name = "BulkItem", description = "Either job_id or error is there")
    record Item(
            int index,
            @JsonProperty("job_id") @Nullable UUID jobId,

            @Schema(description = "true where the job was there before; left out otherwise") @Nullable
            Boolean duplicate,

            @Nullable ProblemBody error) {}
}
