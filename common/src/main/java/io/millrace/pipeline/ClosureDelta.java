package io.millrace.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to be done to rows of a closure so that they say what is the case: what is right already is not touched.
 *
 * @param added rows that are missing
 * @param changed rows whose depth is another one
 * @param removed rows of what cannot be reached any more
 */
public record ClosureDelta(List<Row> added, List<Row> changed, List<Row> removed) {

    /** A row: the descendant can be reached from the ancestor over so many edges, and over no fewer. */
    public record Row(long ancestor, long descendant, int depth) {}

    /** The difference between what is stored of one ancestor, depths by descendants, and what can be reached from it. */
    public static ClosureDelta between(long ancestor, Map<Long, Integer> stored, LineageGraph.Reach reach) {
        var added = new ArrayList<Row>();
        var changed = new ArrayList<Row>();
        var left = new HashMap<>(stored);
        for (int i = 0; i < reach.size(); i++) {
            var row = new Row(ancestor, reach.addresses()[i], reach.depths()[i]);
            Integer depth = left.remove(row.descendant());
            if (depth == null) {
                added.add(row);
            } else if (depth != row.depth()) {
                changed.add(row);
            }
        }
        var removed = left.entrySet().stream()
                .map(entry -> new Row(ancestor, entry.getKey(), entry.getValue()))
                .toList();
        return new ClosureDelta(added, changed, removed);
    }
}
