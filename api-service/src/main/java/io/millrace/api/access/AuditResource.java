package io.millrace.api.access;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.store.AuditStore;
import io.millrace.store.AuditStore.Written;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Who changed what. */
@Path("/api/v1/audit")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Access")
public class AuditResource {

    private final AuditStore store;

    AuditResource(AuditStore store) {
        this.store = store;
    }

    /** A change. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AuditEntry")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record View(
            UUID id,
            Instant at,

            @Schema(examples = "key:0123456789abcdef") String caller,

            @Schema(description = "What that API key is called; null for other callers") @Nullable
            String callerName,

            String role,

            @Nullable String projectId,

            String method,

            @Schema(examples = "/api/v1/queues/{name}/pause")
            String route,

            @Schema(description = "What the places of the route stand for, or what was made") @Nullable
            String target,

            int status,
            @Nullable String address,

            @Nullable String traceId) {

        static View of(Written written) {
            var entry = written.entry();
            return new View(
                    written.id(),
                    entry.at(),
                    entry.caller(),
                    written.callerName(),
                    entry.role().wireName(),
                    entry.project(),
                    entry.method(),
                    entry.route(),
                    entry.target(),
                    entry.status(),
                    entry.address(),
                    entry.traceId());
        }
    }

    /** A page of changes. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AuditPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(List<View> entries, @Nullable String nextCursor) {}

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listAudit",
            summary = "Who changed what",
            description = "The newest first, a page at a time. Never what was sent.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = Page.class)))
    public Page list(
            @Parameter(description = "Such as key:0123456789abcdef") @RestQuery @Nullable String caller,
            @Parameter(description = "Such as /api/v1/queues/{name}/pause") @RestQuery @Nullable String route,
            @Parameter(description = "A queue's name, a key's id…") @RestQuery @Nullable String target,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        UUID after = QueryParams.after(cursor, UUID::fromString, errors);
        QueryParams.refuse(errors);
        List<Written> found = store.list(caller, route, target, after, asked + 1);
        var page = PageOf.cut(found, asked, View::of, last -> last.id().toString());
        return new Page(page.items(), page.nextCursor());
    }
}
