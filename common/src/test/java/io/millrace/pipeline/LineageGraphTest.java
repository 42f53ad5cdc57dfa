package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.ClosureDelta.Row;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineageGraphTest {

    private static LineageGraph graph(long[]... edges) {
        long[] sources = new long[edges.length];
        long[] targets = new long[edges.length];
        for (int i = 0; i < edges.length; i++) {
            sources[i] = edges[i][0];
            targets[i] = edges[i][1];
        }
        return LineageGraph.of(sources, targets);
    }

    private static long[] edge(long source, long target) {
        return new long[] {source, target};
    }

    private static Map<Long, Integer> from(LineageGraph graph, long address) {
        var reach = graph.from(address);
        var depths = new HashMap<Long, Integer>();
        for (int i = 0; i < reach.size(); i++) {
            assertThat(depths.put(reach.addresses()[i], reach.depths()[i])).isNull();
        }
        return depths;
    }

    @Test
    void aDiamondCountsItsEndOnceAtTheShortestDistance() {
        var diamond = graph(edge(1, 2), edge(1, 3), edge(2, 4), edge(3, 4), edge(4, 5), edge(1, 5));

        assertThat(from(diamond, 1)).isEqualTo(Map.of(2L, 1, 3L, 1, 4L, 2, 5L, 1));
        assertThat(from(diamond, 4)).isEqualTo(Map.of(5L, 1));
    }

    @Test
    void aCycleEndsAndNobodyIsTheirOwnDescendant() {
        var cycle = graph(edge(1, 2), edge(2, 3), edge(3, 1), edge(7, 7));

        assertThat(from(cycle, 1)).isEqualTo(Map.of(2L, 1, 3L, 2));
        assertThat(from(cycle, 3)).isEqualTo(Map.of(1L, 1, 2L, 2));
        assertThat(from(cycle, 7)).isEmpty();
    }

    @Test
    void nothingIsReachedFromWhereNoEdgeBegins() {
        assertThat(from(graph(edge(1, 2)), 2)).isEmpty();
        assertThat(from(graph(edge(1, 2)), 3)).isEmpty();
        assertThat(from(graph(), 3)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void itSaysWhatFloydAndWarshallSay(int seed) {
        var random = new Random(seed);
        int addresses = 5 + random.nextInt(40);
        int[][] distance = new int[addresses][addresses];
        long[][] edges = new long[random.nextInt(3 * addresses)][];
        for (int[] row : distance) {
            Arrays.fill(row, 1_000_000);
        }
        for (int i = 0; i < edges.length; i++) {
            int source = random.nextInt(addresses);
            int target = random.nextInt(addresses);
            edges[i] = edge(source, target);
            distance[source][target] = 1;
        }
        for (int k = 0; k < addresses; k++) {
            for (int i = 0; i < addresses; i++) {
                for (int j = 0; j < addresses; j++) {
                    distance[i][j] = Math.min(distance[i][j], distance[i][k] + distance[k][j]);
                }
            }
        }
        var graph = graph(edges);
        for (int i = 0; i < addresses; i++) {
            var expected = new HashMap<Long, Integer>();
            for (int j = 0; j < addresses; j++) {
                if (i != j && distance[i][j] < 1_000_000) {
                    expected.put((long) j, distance[i][j]);
                }
            }
            assertThat(from(graph, i)).as("from %d", i).isEqualTo(expected);
        }
    }

    @Test
    void onlyWhatIsNotRightIsTouched() {
        var graph = graph(edge(1, 2), edge(2, 3), edge(1, 4));

        var delta = ClosureDelta.between(1, Map.of(2L, 1, 3L, 1, 9L, 4), graph.from(1));

        assertThat(delta)
                .isEqualTo(new ClosureDelta(
                        List.of(new Row(1, 4, 1)), List.of(new Row(1, 3, 2)), List.of(new Row(1, 9, 4))));
        assertThat(ClosureDelta.between(1, Map.of(2L, 1, 3L, 2, 4L, 1), graph.from(1)))
                .isEqualTo(new ClosureDelta(List.of(), List.of(), List.of()));
    }
}
