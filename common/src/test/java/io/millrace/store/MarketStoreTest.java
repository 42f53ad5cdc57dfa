package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.batch.Batch;
import io.millrace.batch.BatchJob;
import io.millrace.batch.BatchStatus;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.job.RetryPolicy;
import io.millrace.market.Basket;
import io.millrace.market.Holding;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.market.Rebalancing;
import io.millrace.market.Refresh.Coverage;
import io.millrace.market.Refresh.Range;
import io.millrace.market.Returns;
import io.millrace.market.Weighting;
import io.millrace.store.MarketTransaction.Defined;
import io.millrace.store.MarketTransaction.Place;
import io.millrace.task.TaskDefinition;
import io.millrace.testing.RealDatabase;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The market in a real PostgreSQL. */
@Tag("real")
class MarketStoreTest {

    private static final LocalDate DAY = LocalDate.of(2026, 1, 5);
    private static final LocalDate BEFORE_ALL = LocalDate.of(1, 1, 1);
    private static final LocalDate AFTER_ALL = LocalDate.of(9999, 12, 31);

    private final Database database = RealDatabase.empty();
    private final MarketStore store = new MarketStore(database);

    private static BigDecimal decimal(String number) {
        return new BigDecimal(number);
    }

    private static Price price(String symbol, int day, String close) {
        return Price.of(symbol, DAY.plusDays(day), decimal(close));
    }

    private static IndexDay day(int day, String level) {
        return new IndexDay(DAY.plusDays(day), decimal(level), decimal("1.5"), List.of(), List.of());
    }

    private static IndexDefinition index(String name, String weightOfA) {
        return new IndexDefinition(
                name,
                "A title",
                "project",
                new IndexDefinition.Method(
                        DAY,
                        decimal("1000"),
                        Weighting.FIXED,
                        Returns.TOTAL,
                        Rebalancing.QUARTERLY,
                        3,
                        List.of(
                                Basket.of(DAY, Map.of("A", decimal(weightOfA), "B", decimal("2.50"))),
                                Basket.of(DAY.plusDays(9), Map.of("A", decimal("1"))))));
    }

    private int put(Price... prices) {
        return store.inTransaction(market -> market.putPrices(List.of(prices)));
    }

    private List<Price> prices(String... symbols) {
        return store.inTransaction(market -> market.prices(List.of(symbols), new Place(BEFORE_ALL, ""), 100));
    }

    private List<IndexDay> days(String name) {
        return store.days(name, BEFORE_ALL, BEFORE_ALL, AFTER_ALL, 100);
    }

    @Test
    void pricesAreReplacedAndOnlyWhatIsOtherCounts() {
        assertThat(put(price("B", 0, "20.10"), price("A", 1, "10.5"), price("A", 0, "10")))
                .isEqualTo(3);
        assertThat(put(price("A", 0, "10.00"), price("A", 1, "11"))).isEqualTo(1);
        var split = new Price("A", DAY, decimal("5"), decimal("2"), decimal("0.25"));
        assertThat(put(split)).isEqualTo(1);

        assertThat(prices("A", "B")).containsExactly(split, price("B", 0, "20.10"), price("A", 1, "11"));
    }

    @Test
    void pricesAreReadByThePage() {
        put(price("A", 0, "1"), price("B", 0, "2"), price("A", 1, "3"), price("C", 0, "4"));

        List<Price> first = store.inTransaction(market -> market.prices(List.of("A", "B"), new Place(DAY, ""), 2));
        List<Price> rest = store.inTransaction(market -> market.prices(List.of("A", "B"), new Place(DAY, "B"), 2));

        assertThat(first).containsExactly(price("A", 0, "1"), price("B", 0, "2"));
        assertThat(rest).containsExactly(price("A", 1, "3"));
    }

    @Test
    void whatThrowsLeavesNothingBehind() {
        store.inTransaction(market -> market.define(index("i", "1")));

        assertThatThrownBy(() -> store.atOneMoment(market -> {
                    market.putPrices(List.of(price("A", 0, "1")));
                    market.putDays("i", List.of(day(0, "1000")), BEFORE_ALL, AFTER_ALL);
                    market.cover("A", new Coverage(DAY, DAY));
                    throw new IllegalStateException("half way");
                }))
                .hasMessage("half way");

        assertThat(prices("A")).isEmpty();
        assertThat(days("i")).isEmpty();
        assertThat(store.<Map<String, Coverage>>inTransaction(market -> market.coverage(Set.of("A"))))
                .isEmpty();
    }

    @Test
    void aDefinitionIsKeptWholeAndAnotherMethodForgetsWhatWasComputed() {
        IndexDefinition definition = index("i", "1.0");
        assertThat(store.<Defined>inTransaction(market -> market.define(definition)))
                .isEqualTo(Defined.NEW);
        store.inTransaction(market -> {
            var holding = new Holding("A", decimal("1.25"), decimal("10"), decimal("1"));
            market.computed("i", List.of(holding), Instant.EPOCH);
            return market.putDays("i", List.of(day(0, "1000.000000")), BEFORE_ALL, AFTER_ALL);
        });

        assertThat(store.index("i").orElseThrow().definition()).isEqualTo(definition);
        assertThat(store.index("i").orElseThrow().latest()).isEqualTo(day(0, "1000.000000"));
        var renamed = new IndexDefinition("i", "Another title", null, definition.method());
        assertThat(store.<Defined>inTransaction(market -> market.define(renamed)))
                .isEqualTo(Defined.SAME);
        assertThat(days("i")).hasSize(1);
        assertThat(store.<List<Holding>>inTransaction(market -> market.holdings("i")))
                .hasSize(1);
        assertThat(store.<Defined>inTransaction(market -> market.define(index("i", "7"))))
                .isEqualTo(Defined.CHANGED);
        assertThat(days("i")).isEmpty();
        assertThat(store.index("i").orElseThrow().computedAt()).isNull();
        assertThat(store.<List<Holding>>inTransaction(market -> market.holdings("i")))
                .isEmpty();
    }

    @Test
    void daysOfAStretchAreWhatWasSaidLast() {
        store.inTransaction(market -> market.define(index("i", "1")));
        var gap = new IndexDay(DAY.plusDays(2), null, null, List.of("A"), List.of("B", "C"));
        List<IndexDay> first = List.of(day(0, "1"), day(1, "2"), gap);
        assertThat(store.<Integer>inTransaction(market -> market.putDays("i", first, BEFORE_ALL, AFTER_ALL)))
                .isEqualTo(3);

        int changed = store.inTransaction(
                market -> market.putDays("i", List.of(day(0, "1"), gap, day(3, "4")), BEFORE_ALL, AFTER_ALL));

        assertThat(changed).isEqualTo(2);
        assertThat(days("i")).containsExactly(day(0, "1"), gap, day(3, "4"));
        assertThat(store.index("i").orElseThrow().latest()).isEqualTo(day(3, "4"));
        assertThat(store.days("i", DAY, BEFORE_ALL, DAY.plusDays(2), 10)).containsExactly(gap);
    }

    @Test
    void anIndexIsHeldByOneAtATime() {
        store.inTransaction(market -> market.define(index("i", "1")));

        List<Boolean> held = store.atOneMoment(market ->
                List.of(market.hold("i"), store.<Boolean>atOneMoment(other -> other.hold("i")), market.hold("none")));

        assertThat(held).containsExactly(true, false, false);
    }

    @Test
    void coverageGrowsAndNarrowsWithWhatIsForgotten() {
        store.inTransaction(market -> market.define(index("i", "1")));
        put(price("A", -100, "1"), price("A", 0, "1"), price("Z", -100, "1"), price("A", -3, "1"), price("A", -4, "1"));
        store.inTransaction(market -> {
            market.cover("A", new Coverage(DAY.minusDays(50), DAY));
            market.cover("A", new Coverage(DAY.minusDays(100), DAY.minusDays(51)));
            market.cover("Z", new Coverage(DAY.minusDays(100), DAY.minusDays(100)));
            return market.coverage(Set.of("A"));
        });

        int forgotten = store.inTransaction(market -> {
            int prices = market.forgetPrices(DAY, 2) + market.forgetPrices(DAY, 2);
            market.narrowCoverage(DAY);
            return prices;
        });

        // Three days before the base date may still be carried into it.
        assertThat(forgotten).isEqualTo(3);
        assertThat(prices("A", "Z")).containsExactly(price("A", -3, "1"), price("A", 0, "1"));
        assertThat(store.<Map<String, Coverage>>inTransaction(market -> market.coverage(Set.of("A", "Z"))))
                .isEqualTo(Map.of("A", new Coverage(DAY.minusDays(3), DAY)));
    }

    @Test
    void reportsAreKeptByTheirJobsAndForgottenByTheirAge() {
        var report = new MarketStore.Report(new JobIds().next(), "T", "<p>", "a,b", null, Instant.EPOCH);
        store.inTransaction(market -> {
            market.putReport(new MarketStore.Report(report.id(), "T", "half", "", null, Instant.EPOCH));
            market.putReport(report);
            return report;
        });

        assertThat(store.report(report.id())).contains(report);
        assertThat(store.<Integer>inTransaction(market -> market.forgetReports(Instant.EPOCH.plusSeconds(1), 10)))
                .isEqualTo(1);
        assertThat(store.report(report.id())).isEmpty();
    }

    private void registerTasks() {
        new QueueStore(database).declare(Map.of("high_priority", 9));
        new TaskStore(database)
                .register(Stream.of("refresh_market_data_chunk", "finish_market_refresh")
                        .map(name -> new TaskDefinition(
                                name,
                                "high_priority",
                                9,
                                RetryPolicy.DEFAULT,
                                null,
                                null,
                                Duration.ofHours(1),
                                null,
                                false,
                                "{\"type\": \"object\"}"))
                        .toList());
    }

    private void end(UUID job, String state) {
        database.run(
                "UPDATE job SET state = $2, finished_at = now(), claim_seq = claim_seq + 1 WHERE id = $1",
                Tuple.of(job, state));
    }

    @Test
    void aRefreshIsABatchWhoseLastJobWaitsForTheOthersHoweverTheyEnd() {
        registerTasks();
        var refresh = new JobIds().next();
        List<List<Range>> pieces = List.of(
                List.of(new Range("A", DAY, DAY.plusDays(1)), new Range("B", DAY, DAY)),
                List.of(new Range("C", DAY, DAY)));
        for (int run = 0; run < 2; run++) {
            store.inTransaction(market -> {
                market.submitRefresh(refresh, "project", pieces);
                return pieces;
            });
        }

        var batches = new BatchStore(database);
        var jobs = new JobQueries(database);
        Map<String, UUID> ids = batches.idsOf(refresh, List.of("chunk-1", "chunk-2", "finish"));
        assertThat(batches.jobs(refresh, null, 10))
                .extracting(BatchJob::state)
                .containsExactlyInAnyOrder(JobState.PENDING, JobState.PENDING, JobState.BLOCKED);
        UUID first = ids.get("chunk-1");
        UUID second = ids.get("chunk-2");
        UUID finish = ids.get("finish");
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        assertThat(finish).isNotNull();
        if (first == null || second == null || finish == null) {
            return;
        }
        assertThat(new JsonObject(jobs.get(first).orElseThrow().args()).getJsonArray("ranges"))
                .hasSize(2)
                .first()
                .isEqualTo(new JsonObject()
                        .put("symbol", "A")
                        .put("from", "2026-01-05")
                        .put("to", "2026-01-06"));
        assertThat(jobs.get(finish).orElseThrow().projectId()).isEqualTo("project");
        assertThat(jobs.get(finish).orElseThrow().args()).contains("$result", "chunk-2");
        assertThat(new SubmissionStore(database).takeUnhinted(10)).hasSize(2);

        end(first, "SUCCESS");
        assertThat(jobs.get(finish).orElseThrow().state()).isEqualTo(JobState.BLOCKED);
        end(second, "FAILURE");
        assertThat(jobs.get(finish).orElseThrow().state()).isEqualTo(JobState.PENDING);
        end(finish, "SUCCESS");
        assertThat(batches.get(refresh).map(Batch::status)).contains(BatchStatus.MIXED);
    }
}
