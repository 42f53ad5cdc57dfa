package io.millrace.pack.market;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.market.Basket;
import io.millrace.market.Holding;
import io.millrace.market.IndexCalculation;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.market.Price;
import io.millrace.market.Rebalancing;
import io.millrace.market.Refresh.Range;
import io.millrace.market.Returns;
import io.millrace.market.Weighting;
import io.millrace.pack.market.ReportPage.Section;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/** A report of the example, with the prices that come with Millrace. */
class ReportTest {

    private static final IndexDefinition TREES = new IndexDefinition(
            "trees",
            "Trees & <shrubs>",
            null,
            new IndexDefinition.Method(
                    LocalDate.of(2024, 1, 2),
                    new BigDecimal("1000"),
                    Weighting.FIXED,
                    Returns.TOTAL,
                    Rebalancing.QUARTERLY,
                    7,
                    List.of(
                            Basket.of(
                                    LocalDate.of(2024, 1, 2), Map.of("CEDAR", BigDecimal.ONE, "MAPLE", BigDecimal.TWO)),
                            Basket.of(
                                    LocalDate.of(2025, 1, 1),
                                    Map.of("MAPLE", BigDecimal.ONE, "ROWAN", BigDecimal.ONE)))));

    private static Section section() {
        List<Range> ranges = TREES.method().symbols().stream()
                .map(symbol -> new Range(symbol, TREES.method().pricesFrom(), LocalDate.of(2026, 1, 1)))
                .toList();
        var byDay = new TreeMap<LocalDate, List<Price>>();
        for (var answer : new FileProvider(Optional.empty()).fetch(ranges, (_, _) -> {})) {
            Stream.ofNullable(answer.prices())
                    .flatMap(List::stream)
                    .forEach(price -> byDay.computeIfAbsent(price.date(), _ -> new ArrayList<>())
                            .add(price));
        }
        var calculation = new IndexCalculation(TREES.method());
        List<IndexDay> days = byDay.entrySet().stream()
                .flatMap(day -> calculation.next(day.getKey(), day.getValue()).stream())
                .toList();
        List<Holding> holdings = calculation.holdings();
        return new Section(TREES, days, holdings);
    }

    @Test
    void theShippedPricesMakeAnIndexWithoutGaps() {
        Section section = section();

        assertThat(section.days()).hasSize(519).allMatch(day -> day.level() != null);
        assertThat(section.days().stream().filter(day -> !day.carried().isEmpty()))
                .extracting(IndexDay::date)
                .containsExactly(
                        LocalDate.of(2024, 8, 12),
                        LocalDate.of(2024, 8, 13),
                        LocalDate.of(2024, 8, 14),
                        LocalDate.of(2025, 7, 7));
        assertThat(section.holdings()).extracting(Holding::symbol).containsExactly("MAPLE", "ROWAN");
    }

    @Test
    void thePageIsWellFormedAndNeedsNothingElse() throws Exception {
        String page = ReportPage.of("Trees & <shrubs>", List.of(section()), Instant.EPOCH);

        var body = page.substring(page.indexOf("<body>"), page.indexOf("</html>"));
        var document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(body)));
        assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(2);
        assertThat(document.getElementsByTagName("meter").getLength()).isEqualTo(2);
        assertThat(page)
                .contains("Trees &amp; &lt;shrubs&gt;", "prefers-color-scheme: dark", "2024-08-13", "Volatility")
                .doesNotContain("<script", "http:", "https:", "NaN", "Infinity", "null");
    }

    @Test
    void anIndexWithoutLevelsSaysSo() {
        String page = ReportPage.of("None", List.of(new Section(TREES, List.of(), List.of())), Instant.EPOCH);

        assertThat(page).contains("There are no levels in this period");
        assertThat(ReportPage.of("None", List.of(), Instant.EPOCH)).contains("No index is defined");
    }

    @Test
    void aSingleLevelIsDrawnToo() {
        var day = new IndexDay(LocalDate.EPOCH, new BigDecimal("7"), BigDecimal.ONE, List.of(), List.of());

        assertThat(ReportPage.of("One", List.of(new Section(TREES, List.of(day), List.of())), Instant.EPOCH))
                .doesNotContain("NaN", "Infinity")
                .contains("None in this period");
    }

    @Test
    void theCsvHasALineADay() {
        var level = new IndexDay(
                LocalDate.EPOCH, new BigDecimal("1000.000000"), new BigDecimal("1.25"), List.of("A", "B"), List.of());
        var gap = new IndexDay(LocalDate.EPOCH.plusDays(1), null, null, List.of(), List.of("A"));

        assertThat(ReportCsv.of(List.of(new Section(TREES, List.of(level, gap), List.of()))))
                .isEqualTo("""
                        index,date,level,divisor,carried,missing\r
                        trees,1970-01-01,1000.000000,1.25,A B,\r
                        trees,1970-01-02,,,,A\r
                        """);
    }
}
