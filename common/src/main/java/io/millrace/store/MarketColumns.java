package io.millrace.store;

import io.millrace.market.Basket;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.market.Rebalancing;
import io.millrace.market.Returns;
import io.millrace.market.Weighting;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What rows of the market say. */
final class MarketColumns {

    private MarketColumns() {}

    static Price price(Row row) {
        return new Price(
                row.getString("symbol"),
                row.getLocalDate("date"),
                row.getBigDecimal("close"),
                row.getBigDecimal("split"),
                row.getBigDecimal("dividend"));
    }

    static IndexDay day(Row row) {
        return new IndexDay(
                row.getLocalDate("date"),
                row.getBigDecimal("level"),
                row.getBigDecimal("divisor"),
                List.of(row.getArrayOfStrings("carried")),
                List.of(row.getArrayOfStrings("missing")));
    }

    static IndexDefinition definition(Row row, List<Basket> baskets) {
        return new IndexDefinition(
                row.getString("name"),
                row.getString("title"),
                row.getString("project_id"),
                new IndexDefinition.Method(
                        row.getLocalDate("base_date"),
                        row.getBigDecimal("base_value"),
                        Weighting.of(row.getString("weighting")),
                        Returns.of(row.getString("returns")),
                        Rebalancing.of(row.getString("rebalancing")),
                        row.getInteger("max_carry_days"),
                        baskets));
    }

    static List<Basket> baskets(RowSet<Row> rows) {
        var byDay = new TreeMap<LocalDate, Map<String, BigDecimal>>();
        rows.forEach(row -> byDay.computeIfAbsent(row.getLocalDate("from_date"), _ -> new TreeMap<>())
                .put(row.getString("symbol"), row.getBigDecimal("weight")));
        return byDay.entrySet().stream()
                .map(basket -> Basket.of(basket.getKey(), basket.getValue()))
                .toList();
    }
}
