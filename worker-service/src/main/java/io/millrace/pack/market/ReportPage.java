package io.millrace.pack.market;

import io.millrace.market.Holding;
import io.millrace.market.IndexDay;
import io.millrace.market.IndexDefinition;
import io.millrace.market.IndexFacts;
import io.millrace.market.IndexFacts.Level;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.Month;
import java.time.Year;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeSet;

/** A report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere; light and dark. */
final class ReportPage {

    /** So many days that want a remark are named, the latest; the CSV has all. */
    private static final int REMARKS = 25;

    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private ReportPage() {}

    /** What a report says of an index. */
    record Section(IndexDefinition definition, List<IndexDay> days, List<Holding> holdings) {
        List<Level> levels() {
            var levels = new ArrayList<Level>(days.size());
            for (IndexDay day : days) {
                BigDecimal level = day.level();
                if (level != null) {
                    levels.add(new Level(day.date(), level));
                }
            }
            return levels;
        }
    }

    /** What an index is called for people. */
    static String title(IndexDefinition definition) {
        String title = definition.title();
        return title == null ? definition.name() : title;
    }

    static String of(String title, List<Section> sections, Instant now) {
        var page = new StringBuilder(head(escaped(title)));
        page.append("<h1>%s</h1>\n<p class=\"soft\">Made by Millrace at %s.</p>\n"
                .formatted(escaped(title), now.truncatedTo(ChronoUnit.SECONDS)));
        if (sections.isEmpty()) {
            page.append("<p>No index is defined.</p>\n");
        }
        sections.forEach(section -> section(page, section, sections.size() > 1));
        return page.append("</body>\n</html>\n").toString();
    }

    private static void section(StringBuilder page, Section section, boolean named) {
        if (named) {
            page.append("<h2>%s</h2>\n".formatted(escaped(title(section.definition()))));
        }
        page.append("<p class=\"soft\">%s</p>\n".formatted(escaped(method(section.definition()))));
        List<Level> levels = section.levels();
        if (levels.isEmpty()) {
            page.append(
                    "<p>There are no levels in this period. An index has some once <code>compute_index</code> has run and everything in it has a price.</p>\n");
            return;
        }
        IndexFacts facts = IndexFacts.of(levels);
        facts(page, facts);
        page.append("<h3>Level</h3>\n")
                .append(LineChart.svg(
                        levels,
                        300,
                        "level",
                        "The level from " + level(facts.first()) + " to " + level(facts.last()),
                        value -> plain(value, value >= 100 || value == Math.rint(value) ? 0 : 2)));
        page.append("<h3>Below the highest level until then</h3>\n")
                .append(LineChart.svg(
                        IndexFacts.drawdowns(levels).stream()
                                .map(drawdown -> new Level(
                                        drawdown.date(), drawdown.value().negate()))
                                .toList(),
                        150,
                        "fall",
                        "At most " + percent(facts.drawdown().value().doubleValue(), 1) + ", on "
                                + facts.drawdown().date(),
                        value -> percent(value, 0)));
        months(page, facts.months());
        holdings(page, section.holdings());
        remarks(page, section.days());
    }

    private static String method(IndexDefinition definition) {
        IndexDefinition.Method method = definition.method();
        String weights = switch (method.weighting()) {
            case FIXED -> "fixed weights, rebalanced " + method.rebalancing().wireName();
            case CAPITALISATION -> "weighted by capitalisation";
        };
        String returns = switch (method.returns()) {
            case PRICE -> "price returns";
            case TOTAL -> "total returns, dividends reinvested before taxes";
        };
        return "Index %s: %s on %s, %s, %s; a price stands in for a missing one for %d days."
                .formatted(
                        definition.name(),
                        method.baseValue().toPlainString(),
                        method.baseDate(),
                        weights,
                        returns,
                        method.maxCarryDays());
    }

    private static void facts(StringBuilder page, IndexFacts facts) {
        page.append("<dl>\n");
        fact(
                page,
                "Level",
                plain(facts.last().value().doubleValue(), 2),
                "on " + facts.last().date());
        fact(page, "Change", signed(facts.change()), "since " + facts.first().date());
        fact(
                page,
                "Highest",
                plain(facts.highest().value().doubleValue(), 2),
                "on " + facts.highest().date());
        fact(
                page,
                "Lowest",
                plain(facts.lowest().value().doubleValue(), 2),
                "on " + facts.lowest().date());
        fact(
                page,
                "Deepest fall",
                percent(facts.drawdown().value().doubleValue(), 1),
                "on " + facts.drawdown().date());
        fact(page, "Volatility", percent(facts.volatility(), 1), "a year");
        page.append("</dl>\n");
    }

    private static void fact(StringBuilder page, String name, String value, String more) {
        page.append("<div><dt>%s</dt><dd>%s<small>%s</small></dd></div>\n".formatted(name, value, more));
    }

    private static void months(StringBuilder page, SortedMap<YearMonth, Double> months) {
        page.append("<h3>Change by month, in per cent</h3>\n<div class=\"wide\"><table>\n<tr><th>Year</th>");
        for (String month : MONTHS) {
            page.append("<th>").append(month).append("</th>");
        }
        page.append("</tr>\n");
        var years = new TreeSet<Year>();
        months.keySet().forEach(month -> years.add(Year.of(month.getYear())));
        for (Year year : years.descendingSet()) {
            page.append("<tr><td>").append(year).append("</td>");
            for (Month month : Month.values()) {
                Double change = months.get(year.atMonth(month));
                page.append(
                        change == null
                                ? "<td></td>"
                                : "<td class=\"%s\">%s</td>".formatted(change < 0 ? "down" : "up", points(change)));
            }
            page.append("</tr>\n");
        }
        page.append("</table></div>\n");
    }

    private static void holdings(StringBuilder page, List<Holding> holdings) {
        page.append("<h3>What it consists of now</h3>\n<div class=\"wide\"><table>\n")
                .append("<tr><th>Symbol</th><th>Weight</th><th></th><th>Last price</th><th>Units</th></tr>\n");
        for (Holding holding : holdings) {
            double weight = holding.weight().doubleValue();
            page.append("<tr><td>%s</td><td>%s</td><td><meter value=\"%s\"></meter></td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            escaped(holding.symbol()),
                            percent(weight, 2),
                            holding.weight().toPlainString(),
                            holding.close().toPlainString(),
                            holding.units().setScale(6, RoundingMode.HALF_EVEN).toPlainString()));
        }
        page.append("</table></div>\n");
    }

    private static void remarks(StringBuilder page, List<IndexDay> days) {
        List<IndexDay> remarkable = days.stream()
                .filter(day -> !day.carried().isEmpty() || !day.missing().isEmpty())
                .toList();
        page.append("<h3>Missing prices</h3>\n");
        if (remarkable.isEmpty()) {
            page.append("<p>None in this period.</p>\n");
            return;
        }
        int named = Math.min(REMARKS, remarkable.size());
        page.append("<p>%d of %d days%s.</p>\n<div class=\"wide\"><table class=\"left\">\n"
                .formatted(
                        remarkable.size(),
                        days.size(),
                        named < remarkable.size() ? "; the latest " + named + " of them" : ""));
        page.append("<tr><th>Day</th><th>An earlier price stands in for</th><th>No level, for lack of</th></tr>\n");
        for (IndexDay day : remarkable.reversed().subList(0, named)) {
            page.append("<tr><td>%s</td><td>%s</td><td>%s</td></tr>\n"
                    .formatted(
                            day.date(),
                            escaped(String.join(", ", day.carried())),
                            escaped(String.join(", ", day.missing()))));
        }
        page.append("</table></div>\n");
    }

    private static String level(Level level) {
        return plain(level.value().doubleValue(), 2) + " on " + level.date();
    }

    private static String plain(double value, int places) {
        return String.format(Locale.ROOT, "%,." + places + "f", value);
    }

    private static String percent(double part, int places) {
        double scale = Math.pow(10, places);
        // Minus zero is zero.
        return String.format(Locale.ROOT, "%." + places + "f %%", Math.round(part * 100 * scale) / scale + 0.0);
    }

    private static String signed(double part) {
        return points(part) + " %";
    }

    private static String points(double part) {
        return String.format(Locale.ROOT, "%+.1f", part * 100);
    }

    /** Text as it may stand in a page, attributes included. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String head(String title) {
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>%s</title>
            <style>
            :root { --ink: #1b1f24; --soft: #57606a; --rule: #d8dee4; --paper: #ffffff; --line: #0b62c4; --fall: #b3261e; --rise: #1a7f37 }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e6edf3; --soft: #9aa4af; --rule: #30363d; --paper: #0d1117; --line: #58a6ff; --fall: #ff8178; --rise: #4ac26b }
            }
            * { box-sizing: border-box }
            body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 60rem; background: var(--paper); color: var(--ink);
                   font: 16px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums }
            h1 { font-size: 1.7rem; margin: 0 } h2 { font-size: 1.3rem; margin: 2.5rem 0 .3rem } h3 { font-size: 1rem; margin: 1.8rem 0 .4rem }
            p { margin: .3rem 0 } .soft, .axis { color: var(--soft); fill: var(--soft) }
            dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem; margin: 1rem 0 }
            dt { color: var(--soft); font-size: .85rem } dd { margin: 0; font-size: 1.25rem } dd small { display: block; white-space: nowrap; font-size: .8rem; color: var(--soft) }
            .chart { display: block; width: 100%%; height: auto } .axis { font-size: 12px } .grid { stroke: var(--rule) }
            .line { fill: none; stroke: var(--line); stroke-width: 1.6; stroke-linejoin: round } .area { fill: var(--line); opacity: .1 }
            .fall .line { stroke: var(--fall) } .fall .area { fill: var(--fall) }
            .wide { overflow-x: auto } table { border-collapse: collapse; width: 100%% } th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap }
            th { font-weight: 500; color: var(--soft); font-size: .85rem } th:first-child, td:first-child, .left td, .left th { text-align: left }
            .up { color: var(--rise) } .down { color: var(--fall) }
            meter { width: 8rem } meter::-webkit-meter-optimum-value { background: var(--line) } meter::-moz-meter-bar { background: var(--line) }
            @media print { body { max-width: none; padding: 0 } }
            </style>
            </head>
            <body>
            """.formatted(title);
    }
}
