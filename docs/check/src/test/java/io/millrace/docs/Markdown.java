package io.millrace.docs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A document of this checkout, read the way its tests need it. */
record Markdown(Path file, String text) {

    /** Tests run in the folder of their module. */
    static final Path ROOT = Path.of("..", "..").toAbsolutePath().normalize();

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    static Markdown of(String path) {
        Path file = ROOT.resolve(path);
        return new Markdown(file, SourceTree.text(file));
    }

    /** What visitors of the checkout read. */
    static List<Markdown> all() throws IOException {
        return SourceTree.filesBelow(ROOT, file -> file.toString().endsWith(".md")).stream()
                .map(file -> new Markdown(file, SourceTree.text(file)))
                .toList();
    }

    /** The rows of the first table below a heading, each a list of cells; without the head. */
    List<List<String>> table(String heading) {
        List<String> lines = text.lines().toList();
        int at = heading.isEmpty() ? 0 : lines.indexOf(heading);
        if (at < 0) {
            throw new AssertionError(file + " has no heading '" + heading + "'");
        }
        return rows(lines.stream()
                .skip(at)
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|")));
    }

    /** The rows of all tables. */
    List<List<String>> tables() {
        return rows(text.lines().filter(line -> line.startsWith("|")));
    }

    private static List<List<String>> rows(Stream<String> lines) {
        var rows = new ArrayList<List<String>>();
        lines.forEach(line -> {
            if (line.matches("\\|[-:| ]+\\|")) {
                // What stands above this was the head.
                rows.removeLast();
            } else {
                rows.add(Stream.of(line.substring(1, line.length() - 1).split("(?<!\\\\)\\|", -1))
                        .map(String::strip)
                        .toList());
            }
        });
        return rows;
    }

    /** What stands in backticks. */
    static List<String> code(String text) {
        return CODE.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** The anchors that its headings make, as GitHub makes them. */
    List<String> anchors() {
        return text.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceAll("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
