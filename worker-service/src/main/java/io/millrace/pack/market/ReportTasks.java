package io.millrace.pack.market;

import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.pack.market.ReportPage.Section;
import io.millrace.store.MarketStore;
import io.millrace.store.MarketTransaction;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes reports: a page for people, and the same numbers as CSV. */
@Singleton
class ReportTasks {

    /** A page with more than these nobody reads. */
    private static final int MOST_INDEXES = 20;

    private static final int PAGE = 5_000;
    private static final LocalDate BEFORE_ALL = LocalDate.of(1, 1, 1);
    private static final LocalDate AFTER_ALL = LocalDate.of(9999, 12, 31);

    private final MarketStore store;
    private final Clock clock;

    ReportTasks(MarketStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** @param index null for all there are, up to twenty */
    @RegisterForReflection(registerFullHierarchy = true)
    record Wanted(
            @Nullable @Size(min = 1, max = 64) String index,
            @Nullable LocalDate from,
            @Nullable LocalDate to) {}

    /** @param url where it is, below the API's address */
    @RegisterForReflection(registerFullHierarchy = true)
    record Reported(String status, UUID reportId, String url, List<String> indexes, int days) {}

    /** Makes a report of an index over a time, or of all. */
    @Task(
            name = "generate_report",
            maxRetries = 3,
            retryDelay = "60s",
            softTimeLimit = "1500s",
            timeLimit = "1800s",
            resultTtl = "3600s")
    Reported report(Wanted args, TaskContext context) {
        context.progress(0, 100, "Starting...");
        LocalDate from = args.from() == null ? BEFORE_ALL : args.from();
        LocalDate to = args.to() == null ? AFTER_ALL : args.to();
        if (to.isBefore(from)) {
            throw new PermanentFailure("InvalidPeriod", "no days from " + from + " to " + to);
        }
        return store.atOneMoment(market -> report(market, args.index(), from, to, context));
    }

    private Reported report(
            MarketTransaction market, @Nullable String index, LocalDate from, LocalDate to, TaskContext context) {
        List<IndexDefinition> definitions = market.definitions(index);
        if (index != null && definitions.isEmpty()) {
            throw new PermanentFailure("UnknownIndex", "there is no index '" + index + "'");
        }
        var sections = new ArrayList<Section>();
        List<IndexDefinition> shown = definitions.subList(0, Math.min(definitions.size(), MOST_INDEXES));
        for (IndexDefinition definition : shown) {
            context.checkpoint();
            context.progress(sections.size(), shown.size(), "Reading " + definition.name());
            sections.add(new Section(
                    definition, days(market, definition.name(), from, to), market.holdings(definition.name())));
        }
        Instant now = clock.instant();
        String title =
                sections.size() == 1 ? ReportPage.title(sections.getFirst().definition()) : "Market indexes";
        market.putReport(new MarketStore.Report(
                context.jobId(),
                title,
                ReportPage.of(title, sections, now),
                ReportCsv.of(sections),
                context.projectId(),
                now));
        return new Reported(
                "success",
                context.jobId(),
                "/api/v1/market/reports/" + context.jobId(),
                sections.stream().map(section -> section.definition().name()).toList(),
                sections.stream().mapToInt(section -> section.days().size()).sum());
    }

    private static List<IndexDay> days(MarketTransaction market, String name, LocalDate from, LocalDate to) {
        var days = new ArrayList<IndexDay>();
        List<IndexDay> page = market.days(name, BEFORE_ALL, from, to, PAGE);
        while (!page.isEmpty()) {
            days.addAll(page);
            page = market.days(name, page.getLast().date(), from, to, PAGE);
        }
        return days;
    }
}
