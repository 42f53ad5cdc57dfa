package io.millrace.pack.market;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.batch.Batch;
import io.millrace.batch.BatchStatus;
import io.millrace.job.Attempt;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.market.Basket;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.market.Rebalancing;
import io.millrace.market.Returns;
import io.millrace.market.Weighting;
import io.millrace.pack.QuickWorker;
import io.millrace.pack.SchedulersPart;
import io.millrace.store.BatchStore;
import io.millrace.store.Database;
import io.millrace.store.DueStore;
import io.millrace.store.JobQueries;
import io.millrace.store.MarketStore;
import io.millrace.store.MarketTransaction.Place;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The tasks of the market through a whole worker, with real PostgreSQL and Kafka, against a provider that answers as it is
 * told. What the scheduler does elsewhere, handing out what is due, is done here while waiting.
 */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@QuarkusTestResource(FakeProvider.class)
@TestProfile(QuickWorker.class)
class MarketRunsTest {

    private static final LocalDate DAY = LocalDate.of(2026, 1, 5);
    private static final LocalDate BEFORE_ALL = LocalDate.of(1, 1, 1);
    private static final LocalDate AFTER_ALL = LocalDate.of(9999, 12, 31);
    private static final AtomicInteger NAMES = new AtomicInteger();

    /** Put here by {@link FakeProvider}. */
    @Nullable
    HttpServer provider;

    @Inject
    SchedulersPart scheduler;

    @Inject
    MarketStore store;

    @Inject
    BatchStore batches;

    @Inject
    JobQueries queries;

    @Inject
    DueStore due;

    @Inject
    Database database;

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void aProvider() {
        provider().createContext("/", exchange -> {
            String symbol = symbol(exchange);
            asked.add(symbol + " " + exchange.getRequestURI().getQuery());
            answer(exchange, 200, csv(10, 11, 12));
        });
    }

    @AfterEach
    void theNextTestSaysWhatIsAnswered() {
        provider().removeContext("/");
    }

    private HttpServer provider() {
        return Objects.requireNonNull(provider);
    }

    /** How a request is answered: status and body. */
    private interface Answers {
        void to(HttpExchange exchange, String symbol) throws IOException, InterruptedException;
    }

    private void answers(Answers answers) {
        provider().removeContext("/");
        provider().createContext("/", exchange -> {
            try {
                answers.to(exchange, symbol(exchange));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static String symbol(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().replaceFirst("/daily/(.*)\\.csv", "$1");
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Closes of the days from the first on. */
    private static String csv(int... closes) {
        var csv = new StringBuilder("date,close\n");
        for (int i = 0; i < closes.length; i++) {
            csv.append(DAY.plusDays(i)).append(',').append(closes[i]).append('\n');
        }
        return csv.toString();
    }

    private Job run(String task, JsonObject args) {
        UUID id = database.first(
                        "SELECT millrace.submit($1, $2::text::jsonb)",
                        Tuple.of(task, args.encode()),
                        row -> row.getUUID(0))
                .orElseThrow();
        return ended(id);
    }

    private Job ended(UUID id) {
        return scheduler.until(
                () -> queries.get(id).orElseThrow(), job -> job.state().finished());
    }

    private static JsonObject result(Job job) {
        assertThat(job.state()).as("%s", job).isEqualTo(JobState.SUCCESS);
        return new JsonObject(String.valueOf(job.result()));
    }

    private JsonObject result(String task, JsonObject args) {
        return result(run(task, args));
    }

    private Batch batchEnded(UUID id) {
        return scheduler.until(
                () -> batches.get(id).orElseThrow(), batch -> batch.status().finished());
    }

    private Job member(UUID batch, String key) {
        UUID id = batches.idsOf(batch, List.of(key)).get(key);
        assertThat(id).isNotNull();
        return queries.get(id == null ? batch : id).orElseThrow();
    }

    /** Refreshes the prices of an index to the end. @return the job that has summed it up */
    private Job refreshed(String index, String mode) {
        UUID batch = UUID.fromString(result(
                        "refresh_market_data",
                        new JsonObject().put("index", index).put("mode", mode))
                .getString("batch_id"));
        batchEnded(batch);
        return member(batch, "finish");
    }

    private String index(int symbols) {
        String name = "index-" + NAMES.incrementAndGet();
        Map<String, BigDecimal> weights = Stream.iterate(1, i -> i + 1)
                .limit(symbols)
                .collect(Collectors.toMap(i -> name + "." + i, _ -> BigDecimal.ONE));
        store.inTransaction(market -> market.define(new IndexDefinition(
                name,
                null,
                null,
                new IndexDefinition.Method(
                        DAY,
                        new BigDecimal("1000"),
                        Weighting.FIXED,
                        Returns.PRICE,
                        Rebalancing.NEVER,
                        3,
                        List.of(Basket.of(DAY, weights))))));
        return name;
    }

    private List<Price> prices(String... symbols) {
        return store.inTransaction(market -> market.prices(List.of(symbols), new Place(BEFORE_ALL, ""), 1_000));
    }

    private List<IndexDay> days(String index) {
        return store.days(index, BEFORE_ALL, BEFORE_ALL, AFTER_ALL, 1_000);
    }

    @Test
    void aRefreshIsABatchOfChunksAndFetchesWhatIsMissing() throws Exception {
        String index = index(5);

        Job finish = refreshed(index, "smart");

        assertThat(result(finish))
                .isEqualTo(new JsonObject()
                        .put("status", "success")
                        .put("chunks", 3)
                        .put("failed", 0)
                        .put("symbols", 5)
                        .put("prices", 15)
                        .put("changed", 15)
                        .put("unknown", new JsonArray()));
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        assertThat(asked).hasSize(5).contains(index + ".1 from=2026-01-02&to=" + today);

        asked.clear();
        assertThat(result(refreshed(index, "smart")).getInteger("changed")).isZero();
        assertThat(asked).hasSize(5).contains(index + ".1 from=2026-01-08&to=" + today);

        asked.clear();
        assertThat(result(refreshed(index, "full")).getInteger("changed")).isZero();
        assertThat(asked).hasSize(5).contains(index + ".1 from=2026-01-02&to=" + today);
    }

    @Test
    void anIndexIsComputedAndComputedAgainWithoutAChange() throws Exception {
        String index = index(2);
        refreshed(index, "smart");
        var which = new JsonObject().put("index", index);

        JsonObject computed = result("compute_index", which);

        assertThat(computed.getDouble("level")).isEqualTo(1200);
        assertThat(computed.getString("date")).isEqualTo("2026-01-07");
        assertThat(computed.getInteger("changed")).isEqualTo(3);
        List<IndexDay> days = days(index);
        assertThat(days)
                .extracting(IndexDay::level)
                .containsExactly(
                        new BigDecimal("1000.000000"), new BigDecimal("1100.000000"), new BigDecimal("1200.000000"));
        assertThat(result("compute_index", which).getInteger("changed")).isZero();
        assertThat(days(index)).isEqualTo(days);

        // A price is corrected, and one taken back.
        store.inTransaction(
                market -> market.putPrices(List.of(Price.of(index + ".1", DAY.plusDays(1), new BigDecimal("9")))));
        assertThat(result("compute_index", which).getInteger("changed")).isEqualTo(1);
        assertThat(days(index)).element(1).extracting(IndexDay::level).isEqualTo(new BigDecimal("1000.000000"));
    }

    @Test
    void withoutAnIndexEachIsComputedByAJobOfItsOwn() throws Exception {
        String one = index(1);
        String other = index(1);
        for (String index : List.of(one, other)) {
            store.inTransaction(market -> market.putPrices(List.of(Price.of(index + ".1", DAY, BigDecimal.TEN))));
        }

        UUID batch = UUID.fromString(result("compute_index", new JsonObject()).getString("batch_id"));

        assertThat(batchEnded(batch).status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(days(one)).hasSize(1);
        assertThat(days(other)).hasSize(1);
    }

    @Test
    void theExampleIsRefreshedComputedAndReported() throws Exception {
        String shipped;
        try (var in = Objects.requireNonNull(FakeProvider.class.getResourceAsStream("/market/prices.csv"))) {
            shipped = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        answers((exchange, symbol) -> answer(
                exchange,
                200,
                shipped.lines()
                        .filter(line -> line.startsWith("symbol,") || line.startsWith(symbol + ","))
                        .collect(Collectors.joining("\n"))));
        // Another test may have fetched other prices of it.
        refreshed("trees", "full");
        result("compute_index", new JsonObject().put("index", "trees"));

        JsonObject made = result(
                "generate_report",
                new JsonObject().put("index", "trees").put("from", "2025-01-01").put("to", "2025-12-31"));

        assertThat(made.getInteger("days")).isEqualTo(259);
        var report = store.report(UUID.fromString(made.getString("report_id"))).orElseThrow();
        assertThat(report.html()).contains("<svg", "Trees, an example", "ROWAN").doesNotContain("NaN");
        assertThat(report.csv().lines()).hasSize(260).element(1).asString().startsWith("trees,2025-01-02,");
        assertThat(made.getString("url")).isEqualTo("/api/v1/market/reports/" + report.id());
    }

    /** Answers one after the other; the last one again and again. */
    private Answers first(Answers... answers) {
        var calls = new AtomicInteger();
        return (exchange, symbol) ->
                answers[Math.min(calls.getAndIncrement(), answers.length - 1)].to(exchange, symbol);
    }

    private Job onlyChunk(String index) {
        UUID batch = UUID.fromString(result("refresh_market_data", new JsonObject().put("index", index))
                .getString("batch_id"));
        batchEnded(batch);
        return member(batch, "chunk-1");
    }

    private List<String> failures(Job job) {
        return queries.history(job).stream()
                .filter(attempt -> !attempt.outcome().equals("success"))
                .map(Attempt::excType)
                .map(String::valueOf)
                .toList();
    }

    @Test
    void aProviderThatStumblesIsAskedAgain() throws Exception {
        String index = index(1);
        answers(first(
                (exchange, _) -> answer(exchange, 500, "oops"),
                (exchange, _) -> answer(exchange, 200, "<html>We are sorry</html>"),
                (exchange, _) -> answer(exchange, 200, csv(10, 11))));

        Job chunk = onlyChunk(index);

        assertThat(chunk.state()).isEqualTo(JobState.SUCCESS);
        assertThat(failures(chunk)).containsExactly("HttpServerError", "MalformedPrices");
        assertThat(prices(index + ".1")).hasSize(2);
    }

    @Test
    void aProviderIsNotAskedBeforeItHasSaid() throws Exception {
        String index = index(1);
        var times = new ConcurrentLinkedQueue<Long>();
        answers(first(
                (exchange, _) -> {
                    times.add(System.nanoTime());
                    exchange.getResponseHeaders().add("Retry-After", "2");
                    answer(exchange, 429, "");
                },
                (exchange, _) -> {
                    times.add(System.nanoTime());
                    answer(exchange, 200, csv(10));
                }));

        Job chunk = onlyChunk(index);

        assertThat(chunk.state()).isEqualTo(JobState.SUCCESS);
        assertThat(failures(chunk)).containsExactly("HttpTooManyRequests");
        Long first = times.poll();
        Long second = times.poll();
        assertThat(Duration.ofNanos((second == null ? 0 : second) - (first == null ? 0 : first)))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aChunkThatFailsLeavesNothingHalfAndTheOthersStand() throws Exception {
        String index = index(4);
        answers((exchange, symbol) ->
                answer(exchange, 200, symbol.endsWith(".2") ? "date,close\n2026-01-05,none" : csv(10)));

        Job finish = refreshed(index, "smart");

        assertThat(result(finish).getString("status")).isEqualTo("partial");
        assertThat(result(finish).getInteger("failed")).isEqualTo(1);
        assertThat(prices(index + ".1", index + ".2")).isEmpty();
        assertThat(prices(index + ".3", index + ".4")).hasSize(2);
    }

    @Test
    void aSymbolThatNobodyKnowsIsReported() throws Exception {
        String index = index(2);
        answers((exchange, symbol) -> answer(exchange, symbol.endsWith(".1") ? 404 : 200, csv(10)));

        JsonObject refreshed = result(refreshed(index, "smart"));

        assertThat(refreshed.getString("status")).isEqualTo("success");
        assertThat(refreshed.getJsonArray("unknown")).containsExactly(index + ".1");
        JsonObject computed = result("compute_index", new JsonObject().put("index", index));
        assertThat(computed.getString("level")).isNull();
        assertThat(computed.getInteger("days")).isZero();
    }

    @Test
    void theSeedsNumbersAreTheirs() throws Exception {
        Map<String, String> queues = Map.of(
                "refresh_market_data", "high_priority",
                "compute_index", "high_priority",
                "generate_report", "low_priority",
                "cleanup_old_data", "low_priority");
        for (String task : queues.keySet()) {
            Job job = run(task, new JsonObject());

            assertThat(job.queue()).isEqualTo(queues.get(task));
            assertThat(job.softTimeLimit()).isEqualTo(1500);
            assertThat(job.timeLimit()).isEqualTo(1800);
            assertThat(job.resultTtl()).isEqualTo(3600);
            assertThat(job.maxRetries()).isEqualTo(3);
            // What it has submitted is not to run into another test.
            String batch = job.result() == null ? null : new JsonObject(job.result()).getString("batch_id");
            if (batch != null) {
                batchEnded(UUID.fromString(batch));
            }
        }
        List<String> delays = database.list(
                "SELECT name || ' ' || retry_delay AS delay FROM task WHERE name IN ('refresh_market_data', 'cleanup_old_data') ORDER BY name",
                Tuple.tuple(),
                row -> row.getString("delay"));
        assertThat(delays).containsExactly("cleanup_old_data 60", "refresh_market_data 60");
    }

    @Test
    void whatSchedulesSubmitRunsWithoutArguments() throws Exception {
        index(1);

        UUID refresh =
                UUID.fromString(result("refresh_market_data", new JsonObject()).getString("batch_id"));
        assertThat(batchEnded(refresh).status()).isEqualTo(BatchStatus.COMPLETED);
        UUID computing =
                UUID.fromString(result("compute_index", new JsonObject()).getString("batch_id"));
        assertThat(batchEnded(computing).status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(result("cleanup_old_data", new JsonObject()).getString("status"))
                .isEqualTo("success");
    }

    @Test
    void anIndexThatThereIsNotFailsAtOnce() throws Exception {
        for (String task : List.of("refresh_market_data", "compute_index", "generate_report")) {
            Job job = run(task, new JsonObject().put("index", "none"));

            assertThat(job.state()).isEqualTo(JobState.FAILURE);
            assertThat(failures(job)).containsExactly("UnknownIndex");
        }
    }

    @Test
    void whatIsOldIsForgotten() throws Exception {
        String index = index(1);
        Function<Integer, Price> price = days -> Price.of(index + ".1", DAY.minusDays(days), BigDecimal.TEN);
        store.inTransaction(market -> market.putPrices(List.of(price.apply(100), price.apply(0))));
        var report = UUID.fromString(
                result("generate_report", new JsonObject().put("index", index)).getString("report_id"));
        database.run("UPDATE market_report SET created_at = now() - interval '8 days' WHERE id = $1", Tuple.of(report));

        JsonObject forgotten =
                result("cleanup_old_data", new JsonObject().put("price_days", 1).put("report_days", 7));

        assertThat(forgotten.getInteger("prices")).isEqualTo(1);
        assertThat(forgotten.getInteger("reports")).isEqualTo(1);
        assertThat(prices(index + ".1")).containsExactly(price.apply(0));
        assertThat(result("cleanup_old_data", new JsonObject()).getInteger("prices"))
                .isZero();
    }
}
