package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** JSON for people: a list as columns, one object as lines. */
final class Table {

    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private Table() {}

    /** A line for each object, under the names of the fields that are shown; numbers stand at the right. */
    static String of(Iterable<JsonNode> objects, List<String> fields) {
        List<JsonNode> rows = StreamSupport.stream(objects.spliterator(), false).toList();
        var lines = new ArrayList<StringBuilder>();
        for (int i = 0; i <= rows.size(); i++) {
            lines.add(new StringBuilder());
        }
        for (String field : fields) {
            List<JsonNode> values = rows.stream().map(row -> row.path(field)).toList();
            boolean right = !values.isEmpty()
                    && values.stream().allMatch(value -> value.isNumber() || value.isNull())
                    && values.stream().anyMatch(JsonNode::isNumber);
            var cells = new ArrayList<String>();
            cells.add(field.toUpperCase(Locale.ROOT));
            values.forEach(value -> cells.add(oneLine(text(value))));
            int width = cells.stream().mapToInt(Columns::of).max().orElse(0);
            for (int i = 0; i < cells.size(); i++) {
                String cell = cells.get(i);
                String fill = " ".repeat(width - Columns.of(cell));
                lines.get(i).append(right ? fill + cell : cell + fill).append(GAP);
            }
        }
        return lines.stream().map(line -> line.toString().stripTrailing()).collect(Collectors.joining("\n"));
    }

    /** A line for each field that has a value. */
    static String of(JsonNode object) {
        int width = object.properties().stream()
                .mapToInt(field -> field.getKey().length())
                .max()
                .orElse(0);
        return object.properties().stream()
                .filter(field ->
                        !field.getValue().isNull() && !text(field.getValue()).isEmpty())
                .map(field -> field.getKey()
                        + " ".repeat(width - field.getKey().length())
                        + GAP
                        + oneLine(text(field.getValue())))
                .collect(Collectors.joining("\n"));
    }

    /** Text without what would leave its line, or be a command to the terminal. */
    static String oneLine(String text) {
        return text.replaceAll("\\p{Cc}+", " ");
    }

    /** Text as it is, a list of it with commas, and anything deeper as JSON. */
    static String text(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return NOTHING;
        }
        if (value.isArray() && StreamSupport.stream(value.spliterator(), false).allMatch(JsonNode::isValueNode)) {
            return StreamSupport.stream(value.spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(","));
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }
}
