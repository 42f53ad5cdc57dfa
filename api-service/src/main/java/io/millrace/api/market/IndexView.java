package io.millrace.api.market;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.store.MarketStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An index as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "MarketIndex")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record IndexView(
        String name,
        @Nullable String title,
        @Nullable String projectId,
        LocalDate baseDate,
        BigDecimal baseValue,

        @Schema(description = "fixed or capitalisation") String weighting,
        @Schema(description = "price or total") String returns,

        @Schema(description = "never, monthly, quarterly or yearly")
        String rebalancing,

        @Schema(description = "For so many days a price stands in for one that is missing")
        int maxCarryDays,

        List<BasketView> baskets,
        Instant createdAt,
        @Nullable Instant computedAt,

        @Schema(description = "The latest day that has a level, null before it has begun") @Nullable
        Day latest,

        @Schema(description = "Days from ?from= to ?to=, the earliest first, a page at a time")
        List<Day> values,

        @Schema(description = "cursor of the next page of values, null on the last one") @Nullable
        String nextCursor) {

    /** What it consists of, from a day on. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "MarketBasket")
    public record BasketView(LocalDate from, Map<String, BigDecimal> weights) {}

    /** It on a day. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "MarketIndexDay")
    public record Day(
            LocalDate date,

            @Schema(description = "null where prices are missing") @Nullable
            BigDecimal level,

            @Nullable BigDecimal divisor,

            @Schema(description = "Symbols for which an earlier price stands in")
            List<String> carried,

            @Schema(description = "Symbols whose price has been missing for too long")
            List<String> missing) {
        static Day of(IndexDay day) {
            return new Day(day.date(), day.level(), day.divisor(), day.carried(), day.missing());
        }
    }

    static IndexView of(MarketStore.Index index, List<IndexDay> values, @Nullable String nextCursor) {
        IndexDefinition definition = index.definition();
        IndexDefinition.Method method = definition.method();
        IndexDay latest = index.latest();
        return new IndexView(
                definition.name(),
                definition.title(),
                definition.projectId(),
                method.baseDate(),
                method.baseValue(),
                method.weighting().wireName(),
                method.returns().wireName(),
                method.rebalancing().wireName(),
                method.maxCarryDays(),
                method.baskets().stream()
                        .map(basket -> new BasketView(basket.from(), basket.weights()))
                        .toList(),
                index.createdAt(),
                index.computedAt(),
                latest == null ? null : Day.of(latest),
                values.stream().map(Day::of).toList(),
                nextCursor);
    }

    /** An index in a listing. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "MarketIndexSummary")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Summary(
            String name,
            @Nullable String title,
            @Nullable String projectId,
            @Nullable Instant computedAt,
            @Nullable Day latest) {
        static Summary of(MarketStore.Index index) {
            IndexDay latest = index.latest();
            return new Summary(
                    index.definition().name(),
                    index.definition().title(),
                    index.definition().projectId(),
                    index.computedAt(),
                    latest == null ? null : Day.of(latest));
        }
    }

    /** Some indexes, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "MarketIndexPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<Summary> indexes,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
