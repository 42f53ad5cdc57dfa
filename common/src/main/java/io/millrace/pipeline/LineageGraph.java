package io.millrace.pipeline;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Edges between addresses, ready to be asked what can be reached from where. Cycles and diamonds are what they are: an
 * address counts once, at its shortest distance, and never as its own descendant. Belongs to one thread.
 */
public final class LineageGraph {

    private final long[] addresses;

    /** The edges of address i are {@code targets[first[i]]} to {@code targets[first[i + 1] - 1]}. */
    private final int[] first;

    private final int[] targets;

    /** In which walk an address was met last: so that nothing needs to be cleared between two walks. */
    private final int[] metIn;

    private final int[] depths;
    private final int[] order;
    private int walk;

    /** What can be reached, the nearest first. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared: it is read once.
    public record Reach(long[] addresses, int[] depths) {
        private static final Reach NOTHING = new Reach(new long[0], new int[0]);

        public int size() {
            return addresses.length;
        }
    }

    private LineageGraph(long[] addresses, int[] first, int[] targets) {
        this.addresses = addresses;
        this.first = first;
        this.targets = targets;
        this.metIn = new int[addresses.length];
        this.depths = new int[addresses.length];
        this.order = new int[addresses.length];
    }

    /** The graph of these edges, each from the source to the target at the same index. */
    public static LineageGraph of(long[] sources, long[] targets) {
        if (sources.length != targets.length) {
            throw new IllegalArgumentException(sources.length + " sources and " + targets.length + " targets");
        }
        long[] addresses = LongStream.concat(Arrays.stream(sources), Arrays.stream(targets))
                .sorted()
                .distinct()
                .toArray();
        int[] first = new int[addresses.length + 1];
        for (long source : sources) {
            first[Arrays.binarySearch(addresses, source) + 1]++;
        }
        for (int i = 0; i < addresses.length; i++) {
            first[i + 1] += first[i];
        }
        int[] next = Arrays.copyOf(first, addresses.length);
        int[] byIndex = new int[targets.length];
        for (int i = 0; i < sources.length; i++) {
            int source = Arrays.binarySearch(addresses, sources[i]);
            byIndex[next[source]++] = Arrays.binarySearch(addresses, targets[i]);
        }
        return new LineageGraph(addresses, first, byIndex);
    }

    /** What can be reached from an address; nothing, if no edge begins there. */
    public Reach from(long address) {
        int start = Arrays.binarySearch(addresses, address);
        if (start < 0) {
            return Reach.NOTHING;
        }
        walk++;
        metIn[start] = walk;
        depths[start] = 0;
        order[0] = start;
        int met = 1;
        for (int done = 0; done < met; done++) {
            int here = order[done];
            for (int edge = first[here]; edge < first[here + 1]; edge++) {
                int there = targets[edge];
                if (metIn[there] != walk) {
                    metIn[there] = walk;
                    depths[there] = depths[here] + 1;
                    order[met++] = there;
                }
            }
        }
        var found = new Reach(new long[met - 1], new int[met - 1]);
        for (int i = 1; i < met; i++) {
            found.addresses()[i - 1] = addresses[order[i]];
            found.depths()[i - 1] = depths[order[i]];
        }
        return found;
    }
}
