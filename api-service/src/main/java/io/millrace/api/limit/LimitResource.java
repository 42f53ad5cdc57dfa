package io.millrace.api.limit;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.body.LimitChanges;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.limit.Limit;
import io.millrace.limit.LimitName;
import io.millrace.store.LimitStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Limits in force, and those of keys. */
@Path("/api/v1/limits")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Limits")
public class LimitResource {

    private static final int LONGEST_KEY = 200;

    private final LimitStore store;

    LimitResource(LimitStore store) {
        this.store = store;
    }

    /** A limit as the wire has it. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Limit")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record LimitView(
            @Schema(description = "task, queue or key") String scope,

            @Schema(description = "Its name; that of a key may end in * and is then each such key's own limit")
            String name,

            @Nullable String rateLimit,
            @Nullable Integer maxConcurrency) {

        static LimitView of(Limit limit) {
            return new LimitView(
                    limit.name().scope().wireName(),
                    limit.name().name(),
                    limit.rate() == null ? null : limit.rate().toString(),
                    limit.maxConcurrency());
        }
    }

    @GET
    @RunOnVirtualThread
    @Operation(operationId = "listLimits", summary = "List the limits in force on tasks, queues and keys")
    public List<LimitView> list() {
        return store.all().stream().filter(Limit::limits).map(LimitView::of).toList();
    }

    @PUT
    @Path("/keys/{key}")
    @RunOnVirtualThread
    @Operation(
            operationId = "setKeyLimit",
            summary = "Limit the jobs that carry a rate_key",
            description =
                    "Body: rate_limit such as 15/s or 15/s,1000/h, max_concurrency, or both. A key that ends in * limits each key that begins so. In force within a second.")
    @APIResponse(
            responseCode = "200",
            description = "The limit",
            content = @Content(schema = @Schema(implementation = LimitView.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            schema = @Schema(implementation = ProblemBody.class)))
    public LimitView set(@RestPath String key, Body body) {
        if (key.isBlank() || key.length() > LONGEST_KEY) {
            throw Problem.invalid("key", "must have 1 to " + LONGEST_KEY + " characters");
        }
        var asked = JsonFields.object(body, Set.of("rate_limit", "max_concurrency"));
        var change = LimitChanges.read(asked);
        if (change.rate() == null && change.maxConcurrency() == null) {
            throw Problem.invalid("rate_limit", "or max_concurrency must be there");
        }
        var name = new LimitName(LimitName.Scope.KEY, key);
        // What is put is all there is: a field that is not there is no limit.
        store.set(name, new LimitStore.Change(true, change.rate(), true, change.maxConcurrency()));
        return store.all().stream()
                .filter(limit -> limit.name().equals(name))
                .findFirst()
                .map(LimitView::of)
                .orElseThrow(() -> none(key));
    }

    @DELETE
    @Path("/keys/{key}")
    @RunOnVirtualThread
    @Operation(operationId = "removeKeyLimit", summary = "Limit a key no more")
    public void remove(@RestPath String key) {
        if (!store.remove(new LimitName(LimitName.Scope.KEY, key))) {
            throw none(key);
        }
    }

    private static Problem none(String key) {
        return Problem.of(ProblemCode.LIMIT_NOT_FOUND, "There is no limit on the key '" + key + "'.");
    }
}
