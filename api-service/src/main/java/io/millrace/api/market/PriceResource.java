package io.millrace.api.market;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.api.body.Body;
import io.millrace.api.problem.ProblemBody;
import io.millrace.market.Price;
import io.millrace.store.MarketStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Prices that somebody tells, where no provider is asked or beside one. */
@Path("/api/v1/market/prices")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Market")
public class PriceResource {

    private static final String PROBLEM_JSON = "application/problem+json";

    private final MarketStore store;

    PriceResource(MarketStore store) {
        this.store = store;
    }

    /**
     * What became of them.
     *
     * @param changed how many are new or other than they were
     */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "PricesWritten")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Written(int prices, int changed) {}

    @PUT
    @RunOnVirtualThread
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "putPrices",
            summary = "Write prices down",
            description =
                    "Body: prices, up to 10,000 of symbol, date and close, and split and dividend on their ex-dates; all of them or none. One that is there of the same symbol and date is replaced.")
    @APIResponse(
            responseCode = "200",
            description = "They are there",
            content = @Content(schema = @Schema(implementation = Written.class)))
    @APIResponse(
            responseCode = "413",
            description = "payload_too_large",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    @APIResponse(
            responseCode = "422",
            description = "invalid_request, unknown_field",
            content = @Content(mediaType = PROBLEM_JSON, schema = @Schema(implementation = ProblemBody.class)))
    public Written put(Body body) {
        List<Price> prices = MarketRequests.prices(body);
        return new Written(prices.size(), store.inTransaction(market -> market.putPrices(prices)));
    }
}
