package io.millrace.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.MetricsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Dashboards and rules name no metric that {@code docs/metrics.md} does not know, that knows no metric which no source
 * makes, and every alert has its runbook. What running services show is held against the same table by their own tests.
 */
class MonitoringTest {

    private static final Path RULES = Markdown.ROOT.resolve("deploy/prometheus/millrace.rules.yaml");
    private static final Path DASHBOARDS = Markdown.ROOT.resolve("deploy/grafana/dashboards");
    private static final Path RUNBOOKS = Markdown.ROOT.resolve("docs/runbooks");

    /** Quarkus' own. */
    private static final Set<String> OF_QUARKUS = Set.of("http_server_requests_seconds_count");

    private static final Pattern METER = Pattern.compile(
            "(?:\\.builder\\(|\\.(?:counter|timer|gauge)\\(|\\b(?:counter|timer|gauge)\\((?:\\w+, *)?)\\s*(?:metrics,\\s*)?\"(millrace\\.[a-z.]+)\"");
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'");

    /** Names that may be metrics: millrace_…, http_… and recorded ones with their colons. */
    private static final Pattern NAME = Pattern.compile("\\b(?:millrace[_:]|http_)[a-zA-Z0-9_:]+");

    private static final Pattern LABELS = Pattern.compile("(?:by|on|without|ignoring) *\\([^)]*\\)|\\{[^}]*}");

    private final MetricsTable table = MetricsTable.read(Markdown.ROOT);
    private final String rules = SourceTree.text(RULES);

    @Test
    void everyMetricOfTheSourcesHasARowAndEveryRowIsOfTheSources() throws IOException {
        var made = new TreeSet<String>();
        for (Path file : SourceTree.filesBelow(
                Markdown.ROOT,
                file -> file.toString().endsWith(".java") && SourceTree.isMain(Markdown.ROOT, file, "java"))) {
            METER.matcher(SourceTree.text(file)).results().forEach(found -> made.add(found.group(1)));
        }

        assertThat(table.metrics().stream().map(MetricsTable.Metric::name)).containsExactlyInAnyOrderElementsOf(made);
    }

    @Test
    void rulesNameOnlyMetricsThatThereAre() {
        assertThat(rules.lines()
                        .filter(line -> line.strip().startsWith("expr:"))
                        .count())
                .isGreaterThan(25);
        assertThat(metricsIn(expressions())).isNotEmpty().isSubsetOf(known());
    }

    @Test
    void dashboardsNameOnlyMetricsThatThereAreAndEveryPanelAsksForSome() throws IOException {
        var json = new ObjectMapper();
        for (Path file : dashboards()) {
            JsonNode dashboard = json.readTree(Files.readString(file));
            assertThat(dashboard.path("uid").asText() + ".json").isEqualTo(String.valueOf(file.getFileName()));
            for (JsonNode panel : dashboard.path("panels")) {
                if (panel.path("type").asText().equals("row")) {
                    continue;
                }
                List<String> asked = panel.findValuesAsText("expr");
                assertThat(metricsIn(asked))
                        .as("%s: %s", file.getFileName(), panel.path("title").asText())
                        .isNotEmpty()
                        .isSubsetOf(known());
                assertThat(asked).allMatch(MonitoringTest::isBalanced);
            }
        }
        assertThat(dashboards()).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void everyAlertHasItsRunbookAndEveryRunbookItsAlert() throws IOException {
        Set<String> alerts = valuesOf("alert");

        assertThat(runbooks()).containsExactlyInAnyOrderElementsOf(alerts);
        assertThat(valuesOf("runbook_url"))
                .containsExactlyInAnyOrderElementsOf(alerts.stream()
                        .map(name -> "docs/runbooks/" + name + ".md")
                        .collect(Collectors.toSet()));
        for (String alert : alerts) {
            assertThat(Markdown.of("docs/runbooks/" + alert + ".md").text())
                    .startsWith("# " + alert + "\n")
                    .contains("\n## Look\n", "\n## Do\n");
        }
    }

    @Test
    void prometheusTakesTheRulesWhereItsToolIsInstalled() throws Exception {
        Process promtool;
        try {
            promtool = new ProcessBuilder("promtool", "check", "rules", RULES.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            Assumptions.abort("promtool is not installed");
            return;
        }
        String said = new String(promtool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(promtool.exitValue()).as(said).isZero();
    }

    private Set<String> known() {
        var known = new TreeSet<>(table.series());
        known.addAll(OF_QUARKUS);
        known.addAll(valuesOf("record"));
        return known;
    }

    /** The expressions of rules: what follows {@code expr:} on its line, or the deeper lines after it. */
    private List<String> expressions() {
        var found = new ArrayList<String>();
        List<String> lines = rules.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.strip().startsWith("expr:")) {
                continue;
            }
            int depth = line.indexOf("expr:");
            var expression =
                    new StringBuilder(line.strip().substring("expr:".length()).replace("|", " "));
            while (i + 1 < lines.size() && lines.get(i + 1).startsWith(" ".repeat(depth + 1))) {
                expression.append(' ').append(lines.get(++i).strip());
            }
            found.add(expression.toString());
        }
        assertThat(found).allMatch(MonitoringTest::isBalanced);
        return found;
    }

    private Set<String> valuesOf(String key) {
        var line = Pattern.compile("^[ -]*" + key + ": *(\\S+)$", Pattern.MULTILINE);
        return line.matcher(rules)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> metricsIn(List<String> expressions) {
        return expressions.stream()
                .map(expression -> LABELS.matcher(STRING.matcher(expression).replaceAll("\"\""))
                        .replaceAll(" "))
                .flatMap(expression -> NAME.matcher(expression).results())
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** No parenthesis without its other. */
    private static boolean isBalanced(String expression) {
        int open = 0;
        for (char c : STRING.matcher(expression).replaceAll("").toCharArray()) {
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (open < 0) {
                return false;
            }
        }
        return open == 0;
    }

    private static List<Path> dashboards() throws IOException {
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static Set<String> runbooks() throws IOException {
        try (Stream<Path> files = Files.list(RUNBOOKS)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals("README.md"))
                    .map(name -> name.replaceFirst("\\.md$", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
