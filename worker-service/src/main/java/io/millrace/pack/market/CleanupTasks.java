package io.millrace.pack.market;

import io.millrace.store.MarketStore;
import io.millrace.store.MarketTransaction;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Forgets what is old. */
@Singleton
class CleanupTasks {

    private static final int MOST_DAYS = 100 * 366;
    private static final int ROWS_A_STATEMENT = 5_000;

    private final MarketStore store;
    private final MarketConfig config;
    private final Clock clock;

    CleanupTasks(MarketStore store, MarketConfig config, Clock clock) {
        this.store = store;
        this.config = config;
        this.clock = clock;
    }

    /** How many days things are kept; null for what is configured. */
    @RegisterForReflection(registerFullHierarchy = true)
    record Keeping(
            @Nullable @Min(1) @Max(MOST_DAYS) Integer priceDays,
            @Nullable @Min(1) @Max(MOST_DAYS) Integer reportDays) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Forgotten(String status, int prices, int reports) {}

    /** Forgets old reports, and old prices that no index follows from. */
    @Task(
            name = "cleanup_old_data",
            maxRetries = 3,
            retryDelay = "60s",
            softTimeLimit = "1500s",
            timeLimit = "1800s",
            resultTtl = "3600s")
    Forgotten cleanUp(Keeping args, TaskContext context) {
        context.progress(0, 100, "Starting...");
        Instant now = clock.instant();
        Instant reportsBefore = now.minus(kept(args.reportDays(), config.keepReports()));
        LocalDate pricesBefore =
                LocalDate.ofInstant(now.minus(kept(args.priceDays(), config.keepPrices())), ZoneOffset.UTC);
        return store.inTransaction(market -> forget(market, pricesBefore, reportsBefore, context));
    }

    private static Duration kept(@Nullable Integer days, Duration configured) {
        return days == null ? configured : Duration.ofDays(days);
    }

    private static Forgotten forget(
            MarketTransaction market, LocalDate pricesBefore, Instant reportsBefore, TaskContext context) {
        int reports = all(limit -> market.forgetReports(reportsBefore, limit), context);
        context.progress(50, 100, "Forgetting prices");
        int prices = all(limit -> market.forgetPrices(pricesBefore, limit), context);
        market.narrowCoverage(pricesBefore);
        return new Forgotten("success", prices, reports);
    }

    /** In steps, each of which ends before its statement's time does. */
    private static int all(IntUnaryOperator forget, TaskContext context) {
        int all = 0;
        int some = ROWS_A_STATEMENT;
        while (some == ROWS_A_STATEMENT) {
            context.checkpoint();
            some = forget.applyAsInt(ROWS_A_STATEMENT);
            all += some;
        }
        return all;
    }
}
