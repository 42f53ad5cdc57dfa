package io.millrace.api.pipeline;

import io.millrace.api.body.Body;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.store.LineageStore;
import io.millrace.store.LineageStore.Changed;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Lineage: what flows from which address to which, and what can be reached from where. */
@Path("/api/v1/lineage")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Lineage")
public class LineageResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final LineageStore store;

    LineageResource(LineageStore store) {
        this.store = store;
    }

    @POST
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "addLineage",
            summary = "Add edges of a pipeline",
            description =
                    "Body: pipeline_id and edges, pairs [source, target], at most 10,000. The job that rebuilds what can be reached is submitted in the same transaction.")
    @APIResponse(
            responseCode = "202",
            description = "They are there; what can be reached follows once job_id has run",
            content = @Content(schema = @Schema(implementation = LineageView.Changed.class)))
    @APIResponse(
            responseCode = "404",
            description = "pipeline_not_found, unknown_task",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<LineageView.Changed> add(Body body) {
        var asked = PipelineRequests.edges(body);
        return accepted(asked.pipelineId(), store.add(asked.pipelineId(), asked.edges()));
    }

    @DELETE
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "removeLineage",
            summary = "Remove edges of a pipeline",
            description = "Body as to add them. Where another pipeline has the same edge, that stays.")
    @APIResponse(
            responseCode = "202",
            description = "They are gone; what can be reached follows once job_id has run",
            content = @Content(schema = @Schema(implementation = LineageView.Changed.class)))
    public RestResponse<LineageView.Changed> remove(Body body) {
        var asked = PipelineRequests.edges(body);
        return accepted(asked.pipelineId(), store.remove(asked.pipelineId(), asked.edges()));
    }

    private static RestResponse<LineageView.Changed> accepted(long pipelineId, Changed changed) {
        return switch (changed) {
            case Changed.Edges(var edges, var jobId) ->
                RestResponse.status(RestResponse.Status.ACCEPTED, new LineageView.Changed(pipelineId, edges, jobId));
            case Changed.NoPipeline _ ->
                throw Problem.of(ProblemCode.PIPELINE_NOT_FOUND, "There is no pipeline '" + pipelineId + "'.");
        };
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listLineage",
            summary = "List edges",
            description = "In the order of their addresses, a page at a time; those of one pipeline_id, or of all.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = LineageView.Edges.class)))
    public LineageView.Edges list(
            @RestQuery("pipeline_id") @Nullable String pipelineId,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var paging = Paging.of(limit, cursor, new LineageStore.Said(-1, -1, -1), text -> {
            long[] numbers = Paging.numbers(text, 3);
            return new LineageStore.Said(numbers[0], numbers[1], numbers[2]);
        });
        var found = pipelineId == null || pipelineId.isEmpty()
                ? store.edges(paging.after(), paging.oneMore())
                : store.edgesOf(
                        Ids.number(pipelineId)
                                .orElseThrow(() -> Problem.invalid("pipeline_id", "must be the id of a pipeline")),
                        paging.after(),
                        paging.oneMore());
        var page = paging.cut(found, last -> Paging.place(last.source(), last.target()) + " " + last.pipelineId());
        return new LineageView.Edges(
                page.items().stream().map(LineageView.Edge::of).toList(), page.nextCursor());
    }

    @GET
    @Path("/{address}/descendants")
    @RunOnVirtualThread
    @Operation(
            operationId = "listDescendants",
            summary = "What can be reached from an address",
            description =
                    "The nearest first, a page at a time, each once, at its shortest distance; never the address itself.")
    @APIResponse(
            responseCode = "200",
            description = "A page; empty for an address that nothing is known of",
            content = @Content(schema = @Schema(implementation = LineageView.Descendants.class)))
    public LineageView.Descendants descendants(
            @RestPath String address, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var paging = paging(limit, cursor);
        var page = paging.cut(
                store.descendants(number(address), paging.after(), paging.oneMore()), LineageResource::place);
        return new LineageView.Descendants(
                page.items().stream().map(LineageView.Relative::of).toList(), page.nextCursor());
    }

    @GET
    @Path("/{address}/ancestors")
    @RunOnVirtualThread
    @Operation(
            operationId = "listAncestors",
            summary = "From where an address can be reached",
            description =
                    "The nearest first, a page at a time, each once, at its shortest distance; never the address itself.")
    @APIResponse(
            responseCode = "200",
            description = "A page; empty for an address that nothing is known of",
            content = @Content(schema = @Schema(implementation = LineageView.Ancestors.class)))
    public LineageView.Ancestors ancestors(
            @RestPath String address, @RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var paging = paging(limit, cursor);
        var page =
                paging.cut(store.ancestors(number(address), paging.after(), paging.oneMore()), LineageResource::place);
        return new LineageView.Ancestors(
                page.items().stream().map(LineageView.Relative::of).toList(), page.nextCursor());
    }

    private static Paging<LineageStore.Relative> paging(@Nullable String limit, @Nullable String cursor) {
        return Paging.of(limit, cursor, new LineageStore.Relative(-1, 0), text -> {
            long[] numbers = Paging.numbers(text, 2);
            return new LineageStore.Relative(numbers[1], Paging.distance(numbers[0]));
        });
    }

    private static String place(LineageStore.Relative relative) {
        return Paging.place(relative.depth(), relative.address());
    }

    private static long number(String address) {
        return Ids.number(address).orElseThrow(() -> Problem.invalid("address", "must be a whole number from 0"));
    }
}
