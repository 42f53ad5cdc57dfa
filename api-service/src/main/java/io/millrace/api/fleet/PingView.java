package io.millrace.api.fleet;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Who has answered a ping, the quickest first, and who has not. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Ping")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record PingView(
        List<Answer> answered,

        @Schema(description = "Workers that should be there and gave no sign in time")
        List<String> silent) {

    /** A worker that has answered. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "PingAnswer")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Answer(
            String workerId,

            @Schema(description = "From asking to its answer")
            long milliseconds) {}
}
