package io.millrace.store;

import io.millrace.market.Basket;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Indexes and reports as they are looked at, and the transaction in which a task of the market writes
 * ({@link #inTransaction}), where all else is: {@link MarketTransaction}.
 */
@Singleton
public class MarketStore {

    private final Database database;

    public MarketStore(Database database) {
        this.database = database;
    }

    /**
     * Does a task's work in one transaction: committed when it returns, rolled back whatever it throws, and its connection
     * given back in either case. What takes its time elsewhere, such as fetching, is best done before.
     */
    public <T> T inTransaction(Function<MarketTransaction, T> work) {
        return database.inTransaction(sql -> work.apply(new MarketTransaction(sql)));
    }

    private static final String ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";

    /**
     * As {@link #inTransaction}, and all that it reads is of one moment, however many statements that takes.
     *
     * @throws StoreUnavailable also if what it changes was changed after that moment; the same again may pass
     */
    public <T> T atOneMoment(Function<MarketTransaction, T> work) {
        return database.inTransaction(sql -> {
            sql.run(ONE_MOMENT, Tuple.tuple());
            return work.apply(new MarketTransaction(sql));
        });
    }

    /**
     * An index, and how it stands.
     *
     * @param computedAt null for not yet
     */
    public record Index(
            IndexDefinition definition,
            Instant createdAt,
            @Nullable Instant computedAt,
            @Nullable IndexDay latest) {}

    private static final String GET = "SELECT * FROM market_index WHERE name = $1";

    private static final String BASKETS = """
            SELECT from_date, symbol, weight FROM market_basket WHERE index_name = $1 ORDER BY from_date, symbol
            """;

    static Optional<IndexDefinition> definition(Sql sql, String name) {
        return sql.first(GET, Tuple.of(name), row -> MarketColumns.definition(row, baskets(sql, name)));
    }

    private static List<Basket> baskets(Sql sql, String name) {
        return MarketColumns.baskets(sql.run(BASKETS, Tuple.of(name)));
    }

    private static final String LATEST = """
            SELECT * FROM market_index_value WHERE index_name = $1 AND level IS NOT NULL ORDER BY date DESC LIMIT 1
            """;

    /** The index of this name. */
    public Optional<Index> index(String name) {
        return database.first(
                GET,
                Tuple.of(name),
                row -> new Index(
                        MarketColumns.definition(row, baskets(database, name)),
                        row.getOffsetDateTime("created_at").toInstant(),
                        Columns.instant(row, "computed_at"),
                        database.first(LATEST, Tuple.of(name), MarketColumns::day)
                                .orElse(null)));
    }

    private static final String LIST = "SELECT name FROM market_index WHERE name > $1 ORDER BY name LIMIT $2";

    /** Indexes by their names, behind this one. */
    public List<Index> indexes(String after, int limit) {
        var found = new ArrayList<Index>();
        for (String name : database.list(LIST, Tuple.of(after, limit), row -> row.getString("name"))) {
            index(name).ifPresent(found::add);
        }
        return found;
    }

    private static final String VALUES = """
            SELECT * FROM market_index_value
            WHERE index_name = $1 AND date > $2 AND date >= $3 AND date <= $4
            ORDER BY date LIMIT $5
            """;

    /** Days of an index from one to another, both included, behind a day; the earliest first. */
    public List<IndexDay> days(String name, LocalDate after, LocalDate from, LocalDate to, int limit) {
        return days(database, name, after, from, to, limit);
    }

    static List<IndexDay> days(Sql sql, String name, LocalDate after, LocalDate from, LocalDate to, int limit) {
        return sql.list(VALUES, Tuple.of(name, after, from, to, limit), MarketColumns::day);
    }

    /** A report. */
    public record Report(
            UUID id,
            String title,
            String html,
            String csv,
            @Nullable String projectId,
            Instant createdAt) {}

    private static final String REPORT = "SELECT * FROM market_report WHERE id = $1";

    /** The report that the job of this id has made. */
    public Optional<Report> report(UUID id) {
        return database.first(
                REPORT,
                Tuple.of(id),
                row -> new Report(
                        row.getUUID("id"),
                        row.getString("title"),
                        row.getString("html"),
                        row.getString("csv"),
                        row.getString("project_id"),
                        row.getOffsetDateTime("created_at").toInstant()));
    }
}
