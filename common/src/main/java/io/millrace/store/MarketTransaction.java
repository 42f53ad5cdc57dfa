package io.millrace.store;

import static io.millrace.store.Columns.column;
import static io.millrace.store.Columns.utc;

import io.millrace.market.Basket;
import io.millrace.market.Holding;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.market.Refresh.Coverage;
import io.millrace.market.Refresh.Range;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What tasks of the market do in a transaction of theirs ({@link MarketStore#inTransaction}). */
public final class MarketTransaction {

    private static final int ROWS_A_STATEMENT = 5_000;

    private final Sql sql;

    MarketTransaction(Sql sql) {
        this.sql = sql;
    }

    private static final String UPSERT_PRICES = """
            INSERT INTO market_price AS p (symbol, date, close, split, dividend)
            SELECT u.symbol, u.date, u.close::numeric, u.split::numeric, u.dividend::numeric
            FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[]) AS u(symbol, date, close, split, dividend)
            ON CONFLICT (symbol, date) DO UPDATE
              SET close = EXCLUDED.close, split = EXCLUDED.split, dividend = EXCLUDED.dividend, changed_at = now()
              WHERE (p.close, p.split, p.dividend) IS DISTINCT FROM (EXCLUDED.close, EXCLUDED.split, EXCLUDED.dividend)
            """;

    /**
     * Writes prices down, in the place of others of the same symbols and days.
     *
     * @param prices no two of the same symbol and day
     * @return how many are new or other than they were
     */
    public int putPrices(Collection<Price> prices) {
        // In order, so that two who write the same wait for each other and not in a circle.
        List<Price> sorted = prices.stream()
                .sorted(Comparator.comparing(Price::symbol).thenComparing(Price::date))
                .toList();
        int changed = 0;
        for (List<Price> some : pieces(sorted)) {
            changed += sql.run(
                            UPSERT_PRICES,
                            Tuple.tuple()
                                    .addArrayOfString(column(some, Price::symbol, String[]::new))
                                    .addArrayOfLocalDate(column(some, Price::date, LocalDate[]::new))
                                    .addArrayOfString(column(some, price -> plain(price.close()), String[]::new))
                                    .addArrayOfString(column(some, price -> plain(price.split()), String[]::new))
                                    .addArrayOfString(column(some, price -> plain(price.dividend()), String[]::new)))
                    .rowCount();
        }
        return changed;
    }

    /** Where to go on reading prices. */
    public record Place(LocalDate date, String symbol) {}

    private static final String PRICES = """
            SELECT symbol, date, close, split, dividend FROM market_price
            WHERE symbol = ANY ($1) AND (date, symbol) > ($2, $3)
            ORDER BY date, symbol LIMIT $4
            """;

    /** Prices of these symbols by their days, behind a place. */
    public List<Price> prices(Collection<String> symbols, Place after, int limit) {
        return sql.list(
                PRICES,
                Tuple.tuple()
                        .addArrayOfString(symbols.toArray(String[]::new))
                        .addLocalDate(after.date())
                        .addString(after.symbol())
                        .addInteger(limit),
                MarketColumns::price);
    }

    private static final String COVERAGE = "SELECT * FROM market_coverage WHERE symbol = ANY ($1)";

    /** What has been fetched of these symbols; nothing of those that are not named. */
    public Map<String, Coverage> coverage(Collection<String> symbols) {
        var found = new HashMap<String, Coverage>();
        sql.run(COVERAGE, Tuple.tuple().addArrayOfString(symbols.toArray(String[]::new)))
                .forEach(row -> found.put(
                        row.getString("symbol"),
                        new Coverage(row.getLocalDate("covered_from"), row.getLocalDate("covered_to"))));
        return found;
    }

    private static final String COVER = """
            INSERT INTO market_coverage AS c (symbol, covered_from, covered_to) VALUES ($1, $2, $3)
            ON CONFLICT (symbol) DO UPDATE
              SET covered_from = least(c.covered_from, EXCLUDED.covered_from),
                  covered_to = greatest(c.covered_to, EXCLUDED.covered_to)
            """;

    /** Notes what has been fetched of a symbol, beside what was before. */
    public void cover(String symbol, Coverage fetched) {
        sql.run(COVER, Tuple.of(symbol, fetched.from(), fetched.to()));
    }

    private static final String PUT_INDEX = """
            INSERT INTO market_index (name, title, base_date, base_value, weighting, returns, rebalancing, max_carry_days, project_id)
            VALUES ($1, $2, $3, $4::text::numeric, $5, $6, $7, $8, $9)
            ON CONFLICT (name) DO UPDATE
              SET title = EXCLUDED.title, base_date = EXCLUDED.base_date, base_value = EXCLUDED.base_value,
                  weighting = EXCLUDED.weighting, returns = EXCLUDED.returns, rebalancing = EXCLUDED.rebalancing,
                  max_carry_days = EXCLUDED.max_carry_days, project_id = EXCLUDED.project_id
            """;

    private static final String DROP_BASKETS = "DELETE FROM market_basket WHERE index_name = $1";

    private static final String PUT_BASKETS = """
            INSERT INTO market_basket (index_name, from_date, symbol, weight)
            SELECT $1, u.from_date, u.symbol, u.weight::numeric
            FROM unnest($2::date[], $3::text[], $4::text[]) AS u(from_date, symbol, weight)
            """;

    private static final String FORGET_VALUES = "DELETE FROM market_index_value WHERE index_name = $1";

    private static final String FORGET_HOLDINGS = "DELETE FROM market_holding WHERE index_name = $1";

    private static final String UNCOMPUTED = "UPDATE market_index SET computed_at = NULL WHERE name = $1";

    /** What became of a definition. */
    public enum Defined {
        /** There was no index of this name. */
        NEW,
        /** There was another one: what had been computed of it is gone. */
        CHANGED,
        /** Its levels follow from the same as before. */
        SAME
    }

    /** Says what an index is. */
    public Defined define(IndexDefinition definition) {
        String name = definition.name();
        Optional<IndexDefinition> before = MarketStore.definition(sql, name);
        putIndex(definition);
        if (before.isPresent() && before.get().method().equals(definition.method())) {
            return Defined.SAME;
        }
        sql.run(DROP_BASKETS, Tuple.of(name));
        putBaskets(name, definition.method().baskets());
        sql.run(FORGET_VALUES, Tuple.of(name));
        sql.run(FORGET_HOLDINGS, Tuple.of(name));
        sql.run(UNCOMPUTED, Tuple.of(name));
        return before.isEmpty() ? Defined.NEW : Defined.CHANGED;
    }

    private void putIndex(IndexDefinition definition) {
        IndexDefinition.Method method = definition.method();
        sql.run(
                PUT_INDEX,
                Tuple.tuple()
                        .addString(definition.name())
                        .addString(definition.title())
                        .addLocalDate(method.baseDate())
                        .addString(plain(method.baseValue()))
                        .addString(method.weighting().wireName())
                        .addString(method.returns().wireName())
                        .addString(method.rebalancing().wireName())
                        .addInteger(method.maxCarryDays())
                        .addString(definition.projectId()));
    }

    private record Part(LocalDate from, String symbol, BigDecimal weight) {}

    private void putBaskets(String name, List<Basket> baskets) {
        var parts = new ArrayList<Part>();
        baskets.forEach(basket ->
                basket.weights().forEach((symbol, weight) -> parts.add(new Part(basket.from(), symbol, weight))));
        sql.run(
                PUT_BASKETS,
                Tuple.tuple()
                        .addString(name)
                        .addArrayOfLocalDate(column(parts, Part::from, LocalDate[]::new))
                        .addArrayOfString(column(parts, Part::symbol, String[]::new))
                        .addArrayOfString(column(parts, part -> plain(part.weight()), String[]::new)));
    }

    private static final String NAMES =
            "SELECT name FROM market_index WHERE $1::text IS NULL OR name = $1 ORDER BY name";

    /** The definition of an index, or of each if none is named, by their names. */
    public List<IndexDefinition> definitions(@Nullable String name) {
        var found = new ArrayList<IndexDefinition>();
        for (String each : sql.list(NAMES, Tuple.tuple().addString(name), row -> row.getString("name"))) {
            MarketStore.definition(sql, each).ifPresent(found::add);
        }
        return found;
    }

    private static final String HOLD = "SELECT name FROM market_index WHERE name = $1 FOR UPDATE SKIP LOCKED";

    /** Holds an index until the end of the transaction. @return false if somebody else does, or there is none */
    public boolean hold(String name) {
        return sql.run(HOLD, Tuple.of(name)).rowCount() == 1;
    }

    private static final String PUT_DAYS = """
            INSERT INTO market_index_value AS v (index_name, date, level, divisor, carried, missing)
            SELECT $1, u.date, u.level::numeric, u.divisor::numeric, string_to_array(u.carried, ','), string_to_array(u.missing, ',')
            FROM unnest($2::date[], $3::text[], $4::text[], $5::text[], $6::text[]) AS u(date, level, divisor, carried, missing)
            ON CONFLICT (index_name, date) DO UPDATE
              SET level = EXCLUDED.level, divisor = EXCLUDED.divisor, carried = EXCLUDED.carried, missing = EXCLUDED.missing
              WHERE (v.level, v.divisor, v.carried, v.missing)
                IS DISTINCT FROM (EXCLUDED.level, EXCLUDED.divisor, EXCLUDED.carried, EXCLUDED.missing)
            """;

    private static final String DROP_OTHER_DAYS = """
            DELETE FROM market_index_value WHERE index_name = $1 AND date > $2 AND date <= $3 AND date <> ALL ($4)
            """;

    /**
     * Writes down all days of an index in a stretch.
     *
     * @param days by their dates, all after {@code after} and until {@code until}; whatever else was said of that stretch goes
     * @return how many are other than they were
     */
    public int putDays(String name, List<IndexDay> days, LocalDate after, LocalDate until) {
        int dropped = sql.run(
                        DROP_OTHER_DAYS,
                        Tuple.tuple()
                                .addString(name)
                                .addLocalDate(after)
                                .addLocalDate(until)
                                .addArrayOfLocalDate(column(days, IndexDay::date, LocalDate[]::new)))
                .rowCount();
        int changed = 0;
        for (List<IndexDay> some : pieces(days)) {
            changed += sql.run(
                            PUT_DAYS,
                            Tuple.tuple()
                                    .addString(name)
                                    .addArrayOfLocalDate(column(some, IndexDay::date, LocalDate[]::new))
                                    .addArrayOfString(column(some, day -> plain(day.level()), String[]::new))
                                    .addArrayOfString(column(some, day -> plain(day.divisor()), String[]::new))
                                    .addArrayOfString(
                                            column(some, day -> String.join(",", day.carried()), String[]::new))
                                    .addArrayOfString(
                                            column(some, day -> String.join(",", day.missing()), String[]::new)))
                    .rowCount();
        }
        return dropped + changed;
    }

    private static final String PUT_HOLDINGS = """
            INSERT INTO market_holding (index_name, symbol, units, close, weight)
            SELECT $1, u.symbol, u.units::numeric, u.close::numeric, u.weight::numeric
            FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS u(symbol, units, close, weight)
            """;

    private static final String COMPUTED = "UPDATE market_index SET computed_at = $2 WHERE name = $1";

    /** Notes that an index has been computed, and what it consists of now. */
    public void computed(String name, List<Holding> holdings, Instant now) {
        sql.run(FORGET_HOLDINGS, Tuple.of(name));
        sql.run(
                PUT_HOLDINGS,
                Tuple.tuple()
                        .addString(name)
                        .addArrayOfString(column(holdings, Holding::symbol, String[]::new))
                        .addArrayOfString(column(holdings, holding -> plain(holding.units()), String[]::new))
                        .addArrayOfString(column(holdings, holding -> plain(holding.close()), String[]::new))
                        .addArrayOfString(column(holdings, holding -> plain(holding.weight()), String[]::new)));
        sql.run(COMPUTED, Tuple.of(name, utc(now)));
    }

    private static final String HOLDINGS = """
            SELECT symbol, units, close, weight FROM market_holding WHERE index_name = $1 ORDER BY weight DESC, symbol
            """;

    /** What an index consisted of when it was last computed, the heaviest first. */
    public List<Holding> holdings(String name) {
        return sql.list(
                HOLDINGS,
                Tuple.of(name),
                row -> new Holding(
                        row.getString("symbol"),
                        row.getBigDecimal("units"),
                        row.getBigDecimal("close"),
                        row.getBigDecimal("weight")));
    }

    /** As {@link MarketStore#days}, of the moment of the transaction. */
    public List<IndexDay> days(String name, LocalDate after, LocalDate from, LocalDate to, int limit) {
        return MarketStore.days(sql, name, after, from, to, limit);
    }

    private static final String PUT_REPORT = """
            INSERT INTO market_report (id, title, html, csv, project_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE
              SET title = EXCLUDED.title, html = EXCLUDED.html, csv = EXCLUDED.csv, created_at = EXCLUDED.created_at
            """;

    /** Keeps a report, in the place of one that a run before has made of it. */
    public void putReport(MarketStore.Report report) {
        sql.run(
                PUT_REPORT,
                Tuple.tuple()
                        .addUUID(report.id())
                        .addString(report.title())
                        .addString(report.html())
                        .addString(report.csv())
                        .addString(report.projectId())
                        .addOffsetDateTime(utc(report.createdAt())));
    }

    private static final String FORGET_REPORTS = """
            DELETE FROM market_report WHERE id = ANY (ARRAY(SELECT id FROM market_report WHERE created_at < $1 LIMIT $2))
            """;

    /** Forgets reports that were made before, at most so many. @return how many */
    public int forgetReports(Instant before, int limit) {
        return sql.run(FORGET_REPORTS, Tuple.of(utc(before), limit)).rowCount();
    }

    private static final String FORGET_PRICES = """
            DELETE FROM market_price WHERE ctid = ANY (ARRAY(
              SELECT p.ctid FROM market_price p
              WHERE p.date < $1 AND NOT EXISTS (
                SELECT 1 FROM market_basket b JOIN market_index i ON i.name = b.index_name
                WHERE b.symbol = p.symbol AND p.date >= i.base_date - i.max_carry_days)
              LIMIT $2))
            """;

    /** Forgets prices of days before one that no index follows from, at most so many. @return how many */
    public int forgetPrices(LocalDate before, int limit) {
        return sql.run(FORGET_PRICES, Tuple.of(before, limit)).rowCount();
    }

    private static final String NARROW_COVERAGE = """
            WITH held AS (
              SELECT c.symbol, (SELECT min(p.date) FROM market_price p WHERE p.symbol = c.symbol) AS first
              FROM market_coverage c WHERE c.covered_from < $1
            ), gone AS (
              DELETE FROM market_coverage WHERE symbol = ANY (ARRAY(SELECT symbol FROM held WHERE first IS NULL))
            )
            UPDATE market_coverage c SET covered_from = greatest(c.covered_from, least(h.first, c.covered_to))
            FROM held h WHERE h.symbol = c.symbol AND h.first IS NOT NULL
            """;

    /** Says no longer of days before one that they have been fetched, where nothing is left of them. */
    public void narrowCoverage(LocalDate before) {
        sql.run(NARROW_COVERAGE, Tuple.of(before));
    }

    /**
     * Submits a job for each piece of a refresh, and one that sums up when all have ended.
     *
     * @param refresh the id of the job that refreshes, which the batch has too: a run that is repeated submits nothing twice
     */
    public void submitRefresh(UUID refresh, @Nullable String projectId, List<List<Range>> pieces) {
        var fetches = new ArrayList<SubmitGroup.Member>();
        var results = new JsonArray();
        for (List<Range> piece : pieces) {
            String key = "chunk-" + (fetches.size() + 1);
            var ranges = new JsonArray();
            piece.forEach(range -> ranges.add(new JsonObject()
                    .put("symbol", range.symbol())
                    .put("from", range.from().toString())
                    .put("to", range.to().toString())));
            fetches.add(
                    new SubmitGroup.Member(key, "refresh_market_data_chunk", new JsonObject().put("ranges", ranges)));
            results.add(new JsonObject().put("$result", key));
        }
        var last = new SubmitGroup.Member("finish", "finish_market_refresh", new JsonObject().put("chunks", results));
        SubmitGroup.in(sql, refresh, "refresh_market_data", projectId, fetches, last);
    }

    /**
     * Submits a job for each of these indexes.
     *
     * @param asked the id of the job that asks for it, which the batch has too
     */
    public void submitComputing(UUID asked, @Nullable String projectId, List<String> names) {
        var jobs = names.stream()
                .map(name -> new SubmitGroup.Member(name, "compute_index", new JsonObject().put("index", name)))
                .toList();
        SubmitGroup.in(sql, asked, "compute_index", projectId, jobs, null);
    }

    private static <T> List<List<T>> pieces(List<T> rows) {
        var pieces = new ArrayList<List<T>>();
        for (int from = 0; from < rows.size(); from += ROWS_A_STATEMENT) {
            pieces.add(rows.subList(from, Math.min(rows.size(), from + ROWS_A_STATEMENT)));
        }
        return pieces;
    }

    private static @Nullable String plain(@Nullable BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }
}
