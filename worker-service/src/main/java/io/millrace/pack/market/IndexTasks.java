package io.millrace.pack.market;

import io.millrace.market.IndexCalculation;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.store.MarketStore;
import io.millrace.store.MarketTransaction;
import io.millrace.store.MarketTransaction.Place;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.Snooze;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Computes indexes from all prices there are, each time from the beginning: what was corrected, and what has come late, is in
 * it, and the result depends on nothing but the prices.
 */
@Singleton
class IndexTasks {

    private static final int PAGE = 10_000;
    private static final int LISTED = 100;
    private static final Duration WHILE_ANOTHER_COMPUTES = Duration.ofSeconds(1);
    private static final LocalDate BEFORE_ALL = LocalDate.of(1, 1, 1);
    private static final LocalDate AFTER_ALL = LocalDate.of(9999, 12, 31);

    private final MarketStore store;
    private final Clock clock;

    IndexTasks(MarketStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** @param index null for all there are */
    @RegisterForReflection(registerFullHierarchy = true)
    record Which(@Nullable @Size(min = 1, max = 64) String index) {}

    /** What became of it. */
    sealed interface Computing {

        /**
         * One has been computed.
         *
         * @param date the last day, null if the index has not begun
         * @param days how many days have a level
         * @param gaps days without one, because prices are missing, the first hundred
         * @param carried on how many days an earlier price stood in for one at least
         * @param changed how many days are other than they were
         */
        @RegisterForReflection(registerFullHierarchy = true)
        record Computed(
                String status,
                String index,
                @Nullable LocalDate date,
                @Nullable BigDecimal level,
                int days,
                int gapDays,
                List<Gap> gaps,
                int carried,
                int changed)
                implements Computing {}

        /**
         * All of them are left to other jobs.
         *
         * @param batchId what has a job for each of them, null if there are none
         */
        @RegisterForReflection(registerFullHierarchy = true)
        record Spread(
                String status,
                List<String> indexes,
                @Nullable UUID batchId) implements Computing {}
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Gap(LocalDate date, List<String> missing) {}

    /** Computes an index, or submits a job for each there is. */
    @Task(
            name = "compute_index",
            maxRetries = 3,
            retryDelay = "60s",
            softTimeLimit = "1500s",
            timeLimit = "1800s",
            resultTtl = "3600s")
    Computing compute(Which args, TaskContext context) {
        context.progress(0, 100, "Starting...");
        String index = args.index();
        return index == null
                ? store.inTransaction(market -> spread(market, context))
                : store.atOneMoment(market -> compute(market, index, context));
    }

    private static Computing.Spread spread(MarketTransaction market, TaskContext context) {
        List<String> names =
                market.definitions(null).stream().map(IndexDefinition::name).toList();
        if (!names.isEmpty()) {
            market.submitComputing(context.jobId(), context.projectId(), names);
        }
        return new Computing.Spread("success", names, names.isEmpty() ? null : context.jobId());
    }

    private Computing.Computed compute(MarketTransaction market, String name, TaskContext context) {
        IndexDefinition definition = market.definitions(name).stream()
                .findFirst()
                .orElseThrow(() -> new PermanentFailure("UnknownIndex", "there is no index '" + name + "'"));
        if (!market.hold(name)) {
            // Rather than to hold a slot until the other has done.
            throw new Snooze(WHILE_ANOTHER_COMPUTES);
        }
        var run = new Run(market, definition, context);
        run.compute();
        return run.result();
    }

    /** One computation: prices come by the page, days go by the page. */
    private final class Run {
        private final MarketTransaction market;
        private final IndexDefinition definition;
        private final IndexCalculation calculation;
        private final TaskContext context;
        private final long expectedDays;
        private final List<Gap> gaps = new ArrayList<>();
        private List<IndexDay> days = new ArrayList<>();
        private List<Price> ofDay = new ArrayList<>();
        private LocalDate written = BEFORE_ALL;
        private @Nullable IndexDay last;
        private int valued;
        private int gapDays;
        private int carried;
        private int changed;

        Run(MarketTransaction market, IndexDefinition definition, TaskContext context) {
            this.market = market;
            this.definition = definition;
            this.calculation = new IndexCalculation(definition.method());
            this.context = context;
            LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
            this.expectedDays =
                    Math.max(1, ChronoUnit.DAYS.between(definition.method().pricesFrom(), today));
        }

        void compute() {
            var place = new Place(definition.method().pricesFrom(), "");
            List<Price> page = page(place);
            while (!page.isEmpty()) {
                page.forEach(this::add);
                Price end = page.getLast();
                write(end.date().minusDays(1));
                tell(end.date());
                place = new Place(end.date(), end.symbol());
                page = page(place);
            }
            endDay();
            write(AFTER_ALL);
            market.computed(definition.name(), calculation.holdings(), clock.instant());
        }

        private List<Price> page(Place after) {
            context.checkpoint();
            return market.prices(definition.method().symbols(), after, PAGE);
        }

        private void add(Price price) {
            if (!ofDay.isEmpty() && !ofDay.getLast().date().equals(price.date())) {
                endDay();
            }
            ofDay.add(price);
        }

        private void endDay() {
            if (ofDay.isEmpty()) {
                return;
            }
            calculation.next(ofDay.getLast().date(), ofDay).ifPresent(this::note);
            ofDay = new ArrayList<>();
        }

        private void note(IndexDay day) {
            days.add(day);
            carried += day.carried().isEmpty() ? 0 : 1;
            if (day.level() != null) {
                valued++;
                last = day;
                return;
            }
            gapDays++;
            if (gaps.size() < LISTED) {
                gaps.add(new Gap(day.date(), day.missing()));
            }
        }

        /** @param until all days up to it have ended */
        private void write(LocalDate until) {
            if (until.isAfter(written)) {
                changed += market.putDays(definition.name(), days, written, until);
                written = until;
                days = new ArrayList<>();
            }
        }

        private void tell(LocalDate date) {
            long done = ChronoUnit.DAYS.between(definition.method().pricesFrom(), date);
            context.progress(
                    Math.clamp(done, 0, expectedDays), expectedDays, "Computing " + definition.name() + ": " + date);
        }

        Computing.Computed result() {
            IndexDay latest = last;
            return new Computing.Computed(
                    "success",
                    definition.name(),
                    latest == null ? null : latest.date(),
                    latest == null ? null : latest.level(),
                    valued,
                    gapDays,
                    gaps,
                    carried,
                    changed);
        }
    }
}
