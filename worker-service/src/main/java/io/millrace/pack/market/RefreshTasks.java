package io.millrace.pack.market;

import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.market.Refresh;
import io.millrace.market.Refresh.Coverage;
import io.millrace.market.Refresh.Mode;
import io.millrace.market.Refresh.Range;
import io.millrace.pack.market.PriceProvider.Answer;
import io.millrace.store.MarketStore;
import io.millrace.store.MarketTransaction;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Fetches prices: one job says what is to be fetched, a job for each chunk of symbols fetches it, and one more sums up when
 * all of these have ended.
 */
@Singleton
class RefreshTasks {

    private final MarketStore store;
    private final PriceProvider provider;
    private final int chunkSize;
    private final Clock clock;

    RefreshTasks(MarketStore store, MarketConfig config, HttpProviderConfig http, Clock clock) {
        this.store = store;
        this.provider = switch (config.provider()) {
            case FILE -> new FileProvider(config.file());
            case HTTP -> new HttpProvider(http);
        };
        this.chunkSize = Math.max(1, config.chunkSize());
        this.clock = clock;
    }

    /** @param index only what is in this one, null for all */
    @RegisterForReflection(registerFullHierarchy = true)
    record Refreshing(
            @Nullable @Pattern(regexp = "smart|full") String mode,
            @Nullable @Size(min = 1, max = 64) String index) {}

    /** @param batchId what has the jobs that fetch, null if there is nothing to fetch */
    @RegisterForReflection(registerFullHierarchy = true)
    record Begun(
            String status,
            String mode,
            int symbols,
            int ranges,
            int chunks,
            @Nullable UUID batchId) {}

    /** Fetches prices of all symbols that are in an index: in mode smart those that are missing, in mode full all. */
    @Task(
            name = "refresh_market_data",
            maxRetries = 3,
            retryDelay = "60s",
            softTimeLimit = "1500s",
            timeLimit = "1800s",
            resultTtl = "3600s")
    Begun refresh(Refreshing args, TaskContext context) {
        context.progress(0, 100, "Starting...");
        Mode mode = "full".equals(args.mode()) ? Mode.FULL : Mode.SMART;
        return store.inTransaction(market -> begin(market, mode, args.index(), context));
    }

    private Begun begin(MarketTransaction market, Mode mode, @Nullable String index, TaskContext context) {
        Map<String, LocalDate> needed = needed(market, index);
        Map<String, Coverage> coverage = market.coverage(needed.keySet());
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        var ranges = new ArrayList<Range>();
        needed.forEach((symbol, from) -> ranges.addAll(Refresh.plan(symbol, mode, from, today, coverage.get(symbol))));
        var chunks = new ArrayList<List<Range>>();
        for (int from = 0; from < ranges.size(); from += chunkSize) {
            chunks.add(ranges.subList(from, Math.min(ranges.size(), from + chunkSize)));
        }
        if (!chunks.isEmpty()) {
            market.submitRefresh(context.jobId(), context.projectId(), chunks);
        }
        return new Begun(
                "success",
                mode == Mode.FULL ? "full" : "smart",
                needed.size(),
                ranges.size(),
                chunks.size(),
                chunks.isEmpty() ? null : context.jobId());
    }

    /** From when on each symbol is needed. */
    private static Map<String, LocalDate> needed(MarketTransaction market, @Nullable String index) {
        List<IndexDefinition> definitions = market.definitions(index);
        if (index != null && definitions.isEmpty()) {
            throw new PermanentFailure("UnknownIndex", "there is no index '" + index + "'");
        }
        var needed = new TreeMap<String, LocalDate>();
        for (IndexDefinition definition : definitions) {
            LocalDate from = definition.method().pricesFrom();
            definition
                    .method()
                    .symbols()
                    .forEach(symbol -> needed.merge(symbol, from, (one, other) -> one.isBefore(other) ? one : other));
        }
        return needed;
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Days(
            @NotBlank String symbol,
            @NotNull LocalDate from,
            @NotNull LocalDate to) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Chunk(@NotNull @NotEmpty List<@Valid @NotNull Days> ranges) {}

    /**
     * @param prices how many the provider has told
     * @param changed how many of them are new or other than they were
     * @param unknown symbols that the provider does not know
     */
    @RegisterForReflection(registerFullHierarchy = true)
    record Fetched(int symbols, int prices, int changed, List<String> unknown) {}

    /** Fetches some symbols and writes them down, all or nothing. */
    @Task(
            name = "refresh_market_data_chunk",
            queue = "high_priority",
            maxRetries = 3,
            retryDelay = "60s",
            rateLimit = "10/m",
            softTimeLimit = "1500s",
            timeLimit = "1800s",
            resultTtl = "3600s")
    Fetched fetch(Chunk args, TaskContext context) throws InterruptedException {
        List<Range> ranges = args.ranges().stream()
                .map(days -> new Range(days.symbol(), days.from(), days.to()))
                .toList();
        List<Answer> answers = provider.fetch(ranges, (done, range) -> {
            context.checkpoint();
            context.progress(done, ranges.size(), "Fetching " + range.symbol());
        });
        return store.inTransaction(market -> write(market, answers));
    }

    private static Fetched write(MarketTransaction market, List<Answer> answers) {
        var prices = new ArrayList<Price>();
        var unknown = new ArrayList<String>();
        Map<String, Coverage> before = market.coverage(
                answers.stream().map(answer -> answer.asked().symbol()).toList());
        for (Answer answer : answers) {
            Range asked = answer.asked();
            if (answer.prices() == null) {
                unknown.add(asked.symbol());
                continue;
            }
            prices.addAll(answer.prices());
            Coverage covered = covered(asked, answer.prices(), before.get(asked.symbol()));
            if (covered != null) {
                market.cover(asked.symbol(), covered);
            }
        }
        int symbols = (int) answers.stream()
                .map(answer -> answer.asked().symbol())
                .distinct()
                .count();
        return new Fetched(symbols, prices.size(), market.putPrices(prices), unknown);
    }

    /** Up to the last price: what comes later may only not be known yet. Before what is known, nothing comes any more. */
    private static @Nullable Coverage covered(Range asked, List<Price> prices, @Nullable Coverage before) {
        if (!prices.isEmpty()) {
            return new Coverage(asked.from(), prices.getLast().date());
        }
        return before != null && asked.to().isBefore(before.from()) ? new Coverage(asked.from(), asked.to()) : null;
    }

    /** @param chunks their results, null for one that has failed */
    @RegisterForReflection(registerFullHierarchy = true)
    record Ended(@NotNull List<@Nullable Fetched> chunks) {}

    /** @param failed chunks of which nothing was written; the next refresh asks for them again */
    @RegisterForReflection(registerFullHierarchy = true)
    record Refreshed(
            String status, int chunks, int failed, int symbols, int prices, int changed, List<String> unknown) {}

    /** Sums up what the jobs of a refresh have fetched. */
    @Task(
            name = "finish_market_refresh",
            queue = "high_priority",
            maxRetries = 3,
            retryDelay = "60s",
            softTimeLimit = "1500s",
            timeLimit = "1800s",
            resultTtl = "3600s")
    Refreshed finish(Ended args, TaskContext context) {
        List<Fetched> fetched = args.chunks().stream().filter(Objects::nonNull).toList();
        int failed = args.chunks().size() - fetched.size();
        List<String> unknown = fetched.stream()
                .flatMap(chunk -> chunk.unknown().stream())
                .distinct()
                .sorted()
                .toList();
        if (failed > 0 || !unknown.isEmpty()) {
            context.log()
                    .warnf("a refresh of prices is not whole failed_chunks=%d unknown_symbols=%s", failed, unknown);
        }
        return new Refreshed(
                failed == 0 ? "success" : "partial",
                args.chunks().size(),
                failed,
                fetched.stream().mapToInt(Fetched::symbols).sum(),
                fetched.stream().mapToInt(Fetched::prices).sum(),
                fetched.stream().mapToInt(Fetched::changed).sum(),
                unknown);
    }
}
