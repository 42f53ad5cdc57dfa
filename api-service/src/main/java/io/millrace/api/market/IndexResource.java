package io.millrace.api.market;

import io.millrace.api.body.Body;
import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemBody;
import io.millrace.api.problem.ProblemCode;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.store.MarketStore;
import io.millrace.store.MarketStore.Index;
import io.millrace.store.MarketTransaction.Defined;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Indexes: what they are, and what they have been. */
@Path("/api/v1/market/index")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Market")
public class IndexResource {

    private static final String PROBLEM_JSON = "application/problem+json";
    private static final LocalDate BEFORE_ALL = LocalDate.of(1, 1, 1);
    private static final LocalDate AFTER_ALL = LocalDate.of(9999, 12, 31);

    private final MarketStore store;

    IndexResource(MarketStore store) {
        this.store = store;
    }

    @GET
    @RunOnVirtualThread
    @Operation(
            operationId = "listIndexes",
            summary = "List indexes",
            description = "In the order of their names, a page at a time.")
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = @Content(schema = @Schema(implementation = IndexView.Page.class)))
    public IndexView.Page list(@RestQuery @Nullable String limit, @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        String after = QueryParams.after(cursor, text -> text, errors);
        QueryParams.refuse(errors);
        List<Index> found = store.indexes(after == null ? "" : after, asked + 1);
        var page = PageOf.cut(
                found, asked, IndexView.Summary::of, last -> last.definition().name());
        return new IndexView.Page(page.items(), page.nextCursor());
    }

    @GET
    @Path("/{name}")
    @RunOnVirtualThread
    @Operation(
            operationId = "getIndex",
            summary = "Look at an index",
            description =
                    "What it is, its latest level, and its levels from one day to another, both included, a page at a time.")
    @APIResponse(
            responseCode = "200",
            description = "The index",
            content = @Content(schema = @Schema(implementation = IndexView.class)))
    @APIResponse(
            responseCode = "404",
            description = "index_not_found",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public IndexView get(
            @RestPath String name,
            @RestQuery @Nullable String from,
            @RestQuery @Nullable String to,
            @RestQuery @Nullable String limit,
            @RestQuery @Nullable String cursor) {
        var errors = new ArrayList<FieldError>(0);
        LocalDate first = MarketRequests.date("from", from, errors);
        LocalDate last = MarketRequests.date("to", to, errors);
        int asked = QueryParams.limit(limit, errors);
        LocalDate after = QueryParams.after(cursor, LocalDate::parse, errors);
        QueryParams.refuse(errors);
        Index index = find(name);
        List<IndexDay> found = store.days(
                name,
                after == null ? BEFORE_ALL : after,
                first == null ? BEFORE_ALL : first,
                last == null ? AFTER_ALL : last,
                asked + 1);
        var page = PageOf.cut(found, asked, day -> day, day -> day.date().toString());
        return IndexView.of(index, page.items(), page.nextCursor());
    }

    @PUT
    @Path("/{name}")
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putIndex",
            summary = "Say what an index is",
            description =
                    "Body: base_date and baskets, each with from and weights by symbol; base_value (1000), weighting (fixed), returns (price), rebalancing (never), max_carry_days (7), title, project_id. If its levels follow from something else than before, those computed before are gone until compute_index has run.")
    @APIResponse(
            responseCode = "200",
            description = "It was there",
            content = @Content(schema = @Schema(implementation = IndexView.class)))
    @APIResponse(
            responseCode = "201",
            description = "It is new",
            content = @Content(schema = @Schema(implementation = IndexView.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public RestResponse<IndexView> put(@RestPath String name, Body body) {
        IndexDefinition definition = MarketRequests.definition(name, body);
        Defined defined = store.inTransaction(market -> market.define(definition));
        return RestResponse.ResponseBuilder.<IndexView>create(
                        defined == Defined.NEW ? RestResponse.Status.CREATED : RestResponse.Status.OK)
                .entity(IndexView.of(find(name), List.of(), null))
                .build();
    }

    private Index find(String name) {
        return store.index(name)
                .orElseThrow(() -> Problem.of(ProblemCode.INDEX_NOT_FOUND, "There is no index '" + name + "'."));
    }
}
