package io.millrace.api.llm;

import io.millrace.access.Caller;
import io.millrace.api.body.Body;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.llm.LlmConfig;
import io.millrace.store.LlmStore;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Configurations of calls: a name, and numbered versions that never change. */
@Path("/api/v1/configs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Language models")
public class ConfigResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final LlmStore store;

    ConfigResource(LlmStore store) {
        this.store = store;
    }

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "addLlmConfig",
            summary = "Store a configuration",
            description = "The same name again, in the same project, makes the next version; no version ever changes.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ConfigView.Posted.class)))
    @APIResponse(
            responseCode = "201",
            description = "The version that was made",
            content = @Content(schema = @Schema(implementation = ConfigView.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<ConfigView> add(Body body) {
        LlmConfig made = store.addVersion(LlmRequests.config(body));
        return RestResponse.ResponseBuilder.<ConfigView>create(RestResponse.Status.CREATED)
                .header(HttpHeaders.LOCATION, "/api/v1/configs/" + made.id() + "?version=" + made.version())
                .entity(ConfigView.of(made))
                .build();
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listLlmConfigs",
            summary = "List configurations",
            description = "The last version of each, a page at a time.")
    public ConfigView.Page list(
            @RestQuery @Nullable String name,
            @RestQuery("project_id") @Nullable String projectId,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        Long after = QueryParams.after(cursor, Long::valueOf, errors);
        QueryParams.refuse(errors);
        List<LlmConfig> found = store.configs(
                after == null ? 0 : after, name, Callers.project(Callers.current(), projectId), asked + 1);
        var page = PageOf.cut(found, asked, ConfigView::of, last -> Long.toString(last.id()));
        return new ConfigView.Page(page.items(), page.nextCursor());
    }

    @GET
    @Path("/{id}")
    @RunOnVirtualThread
    @Operation(
            operationId = "getLlmConfig",
            summary = "Look at a configuration",
            description = "The version that is asked for, or the last one.")
    @APIResponse(
            responseCode = "200",
            description = "The configuration",
            content = @Content(schema = @Schema(implementation = ConfigView.class)))
    @APIResponse(
            responseCode = "404",
            description = "config_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public ConfigView get(@RestPath String id, @RestQuery @Nullable String version) {
        Integer number = version == null || version.isEmpty() ? null : version(version);
        Caller caller = Callers.current();
        return ConfigView.of(known(id, number)
                // One of no project serves them all.
                .filter(found -> found.projectId() == null || caller.sees(found.projectId()))
                .orElseThrow(() -> notFound(id, number == null ? "" : " version " + number)));
    }

    private Optional<LlmConfig> known(String id, @Nullable Integer version) {
        try {
            return store.config(Long.parseLong(id), version);
        } catch (NumberFormatException e) {
            // What is no number is the id of nothing.
            return Optional.empty();
        }
    }

    private static int version(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw Problem.invalid("version", "must be the number of a version");
        }
    }

    static Problem notFound(Object id, String version) {
        return Problem.of(ProblemCode.CONFIG_NOT_FOUND, "There is no configuration '" + id + "'" + version + ".");
    }
}
