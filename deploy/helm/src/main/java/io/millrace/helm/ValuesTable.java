package io.millrace.helm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The values of the chart with the {@code # --} line before each. Reads YAML as {@code values.yaml} is written and no other: a
 * key a line, and of a list the first item.
 *
 * @param unexplained paths of values that no line says anything of
 */
record ValuesTable(List<Value> values, List<String> unexplained) {

    /**
     * @param path such as {@code worker.image.tag}, or {@code workers[].name} for what the items of a list have
     * @param byDefault as it is written; empty for what takes several lines
     */
    record Value(String path, String byDefault, String meaning) {}

    private static final Pattern MEANING = Pattern.compile("( *)(- )?# -- (.*)");
    private static final Pattern KEY = Pattern.compile("( *)(\\w+):(?: (.*))?");

    private record Level(int indent, String path, boolean explained) {}

    static ValuesTable of(String yaml) {
        var values = new ArrayList<Value>();
        var unexplained = new ArrayList<String>();
        Deque<Level> open = new ArrayDeque<>(List.of(new Level(-1, "", false)));
        String meaning = "";
        for (String line : yaml.lines().toList()) {
            Matcher said = MEANING.matcher(line);
            Matcher key = KEY.matcher(line);
            if (said.matches()) {
                meaning = said.group(3);
                if (said.group(2) != null) {
                    Level list = enclosing(open, said.group(1).length());
                    open.push(new Level(said.group(1).length(), list.path() + "[]", false));
                }
            } else if (key.matches()) {
                int indent = key.group(1).length();
                Level parent = enclosing(open, indent);
                String path = parent.path().isEmpty() ? key.group(2) : parent.path() + "." + key.group(2);
                boolean explained = !meaning.isEmpty();
                if (explained) {
                    values.add(new Value(path, key.group(3) == null ? "" : key.group(3), meaning));
                } else if (key.group(3) != null && !parent.explained()) {
                    unexplained.add(path);
                }
                open.push(new Level(indent, path, explained || parent.explained()));
                meaning = "";
            }
        }
        return new ValuesTable(List.copyOf(values), List.copyOf(unexplained));
    }

    private static Level enclosing(Deque<Level> open, int indent) {
        while (open.element().indent() >= indent) {
            open.pop();
        }
        return open.element();
    }

    String markdown() {
        return values.stream()
                .map(value -> "| `" + value.path() + "` | "
                        + (value.byDefault().isEmpty() ? "see values.yaml" : "`" + value.byDefault() + "`") + " | "
                        + value.meaning() + " |\n")
                .collect(Collectors.joining("", "| value | default | meaning |\n|---|---|---|\n", ""));
    }
}
