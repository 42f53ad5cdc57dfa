package io.millrace.api.access;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.access.Caller;
import io.millrace.api.caller.Callers;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Who am I, and what may I? */
@Path("/api/v1/caller")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Access")
public class CallerResource {

    /** Who is calling. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Caller")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record View(
            String caller,

            @Schema(description = "viewer, submitter, operator or admin")
            String role,

            @Schema(description = "The only project there is for this caller; null for all") @Nullable
            String projectId) {}

    @GET
    @NonBlocking
    @Operation(operationId = "getCaller", summary = "Who is calling, and what they may do")
    public View get() {
        Caller caller = Callers.current();
        return new View(caller.name(), caller.role().wireName(), caller.project());
    }
}
