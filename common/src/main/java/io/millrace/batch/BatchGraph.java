package io.millrace.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which job of a batch waits for which, known to have no cycle. Everything here takes time in proportion to the number
 * of jobs and dependencies.
 */
public final class BatchGraph {

    private static final int CYCLE_SHOWN = 20;

    private final List<String> keys;
    private final int[][] parents;
    private final int edges;

    private BatchGraph(List<String> keys, int[][] parents, int edges) {
        this.keys = keys;
        this.parents = parents;
        this.edges = edges;
    }

    /**
     * A job as somebody wrote it down.
     *
     * @param dependsOn keys of what it waits for, as given
     * @param results keys whose results it takes; it waits for those too, whether or not it says so
     */
    public record Node(String key, List<String> dependsOn, Collection<String> results) {}

    /** What is wrong, and where: such as {@code jobs[3].depends_on[0]}. */
    public record Flaw(String field, String message) {}

    /** What a list of nodes turns out to be. */
    public sealed interface Checked {
        /** A graph without cycles. */
        record Sound(BatchGraph graph) implements Checked {}

        /** Not a graph, for these reasons. */
        record Flawed(List<Flaw> flaws) implements Checked {}
    }

    /** Looks whether keys are there and unique, and whether the jobs can be done in some order. */
    public static Checked check(List<Node> nodes) {
        var flaws = new ArrayList<Flaw>();
        Map<String, Integer> index = index(nodes, flaws);
        int[][] parents = new int[nodes.size()][];
        int edges = 0;
        for (int i = 0; i < parents.length; i++) {
            parents[i] = parents(i, nodes.get(i), index, flaws);
            edges += parents[i].length;
        }
        List<String> keys = nodes.stream().map(Node::key).toList();
        if (flaws.isEmpty()) {
            findCycle(keys, parents, flaws);
        }
        return flaws.isEmpty()
                ? new Checked.Sound(new BatchGraph(keys, parents, edges))
                : new Checked.Flawed(List.copyOf(flaws));
    }

    private static Map<String, Integer> index(List<Node> nodes, List<Flaw> flaws) {
        var index = new HashMap<String, Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            Integer first = index.putIfAbsent(nodes.get(i).key(), i);
            if (first != null) {
                flaws.add(new Flaw("jobs[" + i + "].key", "is the key of jobs[" + first + "] already"));
            }
        }
        return index;
    }

    private static int[] parents(int child, Node node, Map<String, Integer> index, List<Flaw> flaws) {
        Set<Integer> parents = new LinkedHashSet<>();
        for (int i = 0; i < node.dependsOn().size(); i++) {
            add(
                    parents,
                    node.dependsOn().get(i),
                    child,
                    "jobs[" + child + "].depends_on[" + i + "]",
                    "names '%s', which is no key of this batch",
                    index,
                    flaws);
        }
        for (String key : node.results()) {
            add(
                    parents,
                    key,
                    child,
                    "jobs[" + child + "].args",
                    "take the result of '%s', which is no key of this batch",
                    index,
                    flaws);
        }
        return parents.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void add(
            Set<Integer> parents,
            String key,
            int child,
            String field,
            String unknown,
            Map<String, Integer> index,
            List<Flaw> flaws) {
        Integer parent = index.get(key);
        if (parent == null) {
            flaws.add(new Flaw(field, unknown.formatted(key)));
        } else if (parent == child) {
            flaws.add(new Flaw(field, "makes '" + key + "' wait for itself"));
        } else {
            parents.add(parent);
        }
    }

    /** Takes away what waits for nothing, again and again (Kahn 1962); what is left lies on a cycle or behind one. */
    private static void findCycle(List<String> keys, int[][] parents, List<Flaw> flaws) {
        int[] open = new int[parents.length];
        int[][] children = children(parents, open);
        int[] free = new int[parents.length];
        int found = 0;
        for (int i = 0; i < open.length; i++) {
            if (open[i] == 0) {
                free[found++] = i;
            }
        }
        for (int next = 0; next < found; next++) {
            for (int child : children[free[next]]) {
                if (--open[child] == 0) {
                    free[found++] = child;
                }
            }
        }
        if (found < open.length) {
            flaws.add(nameCycle(keys, parents, open));
        }
    }

    private static int[][] children(int[][] parents, int[] open) {
        int[] count = new int[parents.length];
        for (int i = 0; i < parents.length; i++) {
            open[i] = parents[i].length;
            for (int parent : parents[i]) {
                count[parent]++;
            }
        }
        int[][] children = new int[parents.length][];
        for (int i = 0; i < children.length; i++) {
            children[i] = new int[count[i]];
        }
        for (int i = parents.length - 1; i >= 0; i--) {
            for (int parent : parents[i]) {
                children[parent][--count[parent]] = i;
            }
        }
        return children;
    }

    /** Going from what is left to a parent that is left, and on, must come back to where it has been. */
    private static Flaw nameCycle(List<String> keys, int[][] parents, int[] open) {
        int at = 0;
        while (open[at] == 0) {
            at++;
        }
        int[] seenAt = new int[open.length];
        Arrays.fill(seenAt, -1);
        var path = new ArrayList<Integer>();
        while (seenAt[at] < 0) {
            seenAt[at] = path.size();
            path.add(at);
            for (int parent : parents[at]) {
                if (open[parent] > 0) {
                    at = parent;
                    break;
                }
            }
        }
        // The path goes from child to parent; people read from parent to child.
        List<Integer> cycle = path.subList(seenAt[at], path.size()).reversed();
        var names = new ArrayList<String>();
        cycle.stream().limit(CYCLE_SHOWN).forEach(i -> names.add(keys.get(i)));
        if (cycle.size() > CYCLE_SHOWN) {
            names.add("…");
        }
        names.add(keys.get(cycle.getFirst()));
        return new Flaw(
                "jobs[" + cycle.getFirst() + "].depends_on",
                "is part of a cycle of " + cycle.size() + ": " + String.join(" → ", names));
    }

    /** How many jobs. */
    public int size() {
        return keys.size();
    }

    /** How many dependencies, each pair counted once. */
    public int edges() {
        return edges;
    }

    /** The key of a job. */
    public String key(int job) {
        return keys.get(job);
    }

    /** What a job waits for, by position. */
    public List<Integer> parents(int job) {
        return Arrays.stream(parents[job]).boxed().toList();
    }
}
