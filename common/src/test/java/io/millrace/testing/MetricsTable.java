package io.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of {@code docs/metrics.md}, and whether what a running service shows is as it says. */
public final class MetricsTable {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern SERIES = Pattern.compile("(millrace_\\w+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

    /** Labels that come from elsewhere: the buckets of histograms. */
    private static final Set<String> GIVEN = Set.of("le", "quantile");

    /**
     * A row.
     *
     * @param where the service, or {@code all}
     */
    public record Metric(String name, String kind, Set<String> labels, String where) {

        /** What it is called in Prometheus, all series of it. */
        public Set<String> series() {
            String base = name.replace('.', '_');
            if (kind.startsWith("counter")) {
                return Set.of(base + "_total");
            }
            if (kind.startsWith("timer")) {
                return Stream.of("_count", "_sum", "_max", "_bucket")
                        .map(end -> base + "_seconds" + end)
                        .collect(Collectors.toSet());
            }
            String unit = kind.replaceFirst("^gauge(, in )?", "");
            return Set.of(unit.isEmpty() ? base : base + "_" + unit);
        }

        boolean isShownBy(String service) {
            return where.equals("all") || where.equals(service);
        }
    }

    private final List<Metric> metrics;

    private MetricsTable(List<Metric> metrics) {
        this.metrics = metrics;
    }

    /**
     * Reads the table.
     *
     * @param root of the checkout, as seen from where the tests of a module run
     */
    public static MetricsTable read(Path root) {
        try (var lines = Files.lines(root.resolve("docs/metrics.md"))) {
            return new MetricsTable(lines.filter(line -> line.startsWith("| `millrace."))
                    .map(MetricsTable::row)
                    // The second table says how these are used.
                    .filter(metric -> !metric.kind().isEmpty())
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Metric row(String line) {
        String[] cells = line.substring(1).split("(?<!\\\\)\\|", -1);
        if (cells.length < 5) {
            throw new AssertionError("not a row of five: " + line);
        }
        // `task`, `queue`, `outcome`: `success`, `failure`; `kind`: `a`: what follows a colon is a value.
        Set<String> labels = Stream.of(cells[3].split(";"))
                .flatMap(part -> code(part.replaceFirst(":.*", "")))
                .collect(Collectors.toCollection(TreeSet::new));
        return new Metric(code(cells[0]).findFirst().orElseThrow(), cells[1].strip(), labels, cells[4].strip());
    }

    private static Stream<String> code(String text) {
        return CODE.matcher(text).results().map(found -> found.group(1));
    }

    /** What a running service shows. */
    public static String scrape(URI metrics) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(metrics).timeout(LONG).build(), BodyHandlers.ofString())
                    .body();
        }
    }

    public List<Metric> metrics() {
        return metrics;
    }

    /** The name in Prometheus of every series there may be. */
    public Set<String> series() {
        return metrics.stream().flatMap(metric -> metric.series().stream()).collect(Collectors.toSet());
    }

    /** What a service shows otherwise than its rows say, in sentences; those without labels must be there from the start. */
    public List<String> differences(String scrape, String service) {
        Map<String, Set<String>> shown = new TreeMap<>();
        for (String line : scrape.lines().toList()) {
            var series = SERIES.matcher(line);
            if (series.matches()) {
                shown.computeIfAbsent(series.group(1), _ -> new TreeSet<>())
                        .addAll(labels(series.group(2) == null ? "" : series.group(2)));
            }
        }
        Map<String, Metric> rows = metrics.stream()
                .filter(metric -> metric.isShownBy(service))
                .flatMap(metric -> metric.series().stream().map(series -> Map.entry(series, metric)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        var differences = new ArrayList<String>();
        shown.forEach((series, labels) -> {
            Metric row = rows.get(series);
            if (row == null) {
                differences.add(series + " has no row for " + service);
            } else if (!row.labels().equals(labels)) {
                differences.add(series + " has the labels " + labels + " and not " + row.labels());
            }
        });
        metrics.stream()
                .filter(metric -> metric.isShownBy(service) && metric.labels().isEmpty())
                .filter(metric -> metric.series().stream().noneMatch(shown::containsKey))
                .forEach(metric -> differences.add(metric.name() + " is not shown by " + service));
        return differences;
    }

    private static Set<String> labels(String text) {
        return LABEL.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .filter(name -> !GIVEN.contains(name))
                .collect(Collectors.toSet());
    }
}
