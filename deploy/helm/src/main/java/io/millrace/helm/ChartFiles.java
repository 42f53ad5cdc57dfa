package io.millrace.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of the chart that are made from others: the table in its README from {@code values.yaml}, and copies of the
 * alert rules and dashboards, because a chart can hold nothing that is outside of its folder. Run by {@code make docs}; a
 * test says when that was forgotten.
 */
final class ChartFiles {

    static final Path CHART = Path.of("deploy/helm/millrace");

    private static final Path README = CHART.resolve("README.md");
    private static final Pattern TABLE =
            Pattern.compile("(?<=<!-- values -->\n).*?(?=<!-- end of values -->)", Pattern.DOTALL);

    /** Where copies come from, by where they go, and how their names end. */
    private static final Map<String, Path> COPIED = Map.of(
            "files/dashboards/*.json", Path.of("deploy/grafana/dashboards"),
            "files/rules/*.yaml", Path.of("deploy/prometheus"));

    private final Path root;

    private ChartFiles(Path root) {
        this.root = root;
    }

    static ChartFiles of(Path root) {
        return new ChartFiles(root);
    }

    /**
     * Brings all of them up to date.
     *
     * @param arguments the checkout, if it is not the current folder
     */
    public static void main(String[] arguments) throws IOException {
        ChartFiles files = of(Path.of(arguments.length == 0 ? "." : arguments[0]));
        for (Path stale : files.copies()) {
            Files.delete(files.root.resolve(stale));
        }
        for (Map.Entry<Path, String> file : files.expected().entrySet()) {
            Files.writeString(files.root.resolve(file.getKey()), file.getValue());
        }
    }

    /** What each file should hold, by its path from the checkout on. */
    Map<Path, String> expected() {
        var expected = new TreeMap<Path, String>();
        expected.put(README, readme());
        COPIED.forEach((to, from) -> filesOf(from, ending(to))
                .forEach(source -> expected.put(folder(to).resolve(source.getFileName()), read(source))));
        return expected;
    }

    /** The copies that the chart holds now. */
    List<Path> copies() {
        return COPIED.keySet().stream()
                .flatMap(to -> filesOf(folder(to), ending(to)))
                .toList();
    }

    private String readme() {
        String table = ValuesTable.of(read(CHART.resolve("values.yaml"))).markdown();
        Matcher place = TABLE.matcher(read(README));
        if (!place.find()) {
            throw new IllegalStateException(README + " has no place for the table of values");
        }
        return place.replaceFirst(Matcher.quoteReplacement(table));
    }

    private static Path folder(String pattern) {
        return CHART.resolve(Path.of(pattern).getParent());
    }

    private static String ending(String pattern) {
        return pattern.substring(pattern.indexOf('*') + 1);
    }

    private Stream<Path> filesOf(Path folder, String ending) {
        Path at = root.resolve(folder);
        if (!Files.isDirectory(at)) {
            return Stream.of();
        }
        try (Stream<Path> files = Files.list(at)) {
            return files
                    .filter(file -> file.toString().endsWith(ending))
                    .map(file -> folder.resolve(file.getFileName()))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read(Path file) {
        try {
            return Files.readString(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
