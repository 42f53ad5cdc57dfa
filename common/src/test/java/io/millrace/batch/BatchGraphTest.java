package io.millrace.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.BatchGraph.Checked;
import io.millrace.batch.BatchGraph.Flaw;
import io.millrace.batch.BatchGraph.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchGraphTest {

    private static Node node(String key, String... dependsOn) {
        return new Node(key, List.of(dependsOn), Set.of());
    }

    private static BatchGraph sound(List<Node> nodes) {
        return ((Checked.Sound) BatchGraph.check(nodes)).graph();
    }

    private static List<Flaw> flaws(Node... nodes) {
        return ((Checked.Flawed) BatchGraph.check(List.of(nodes))).flaws();
    }

    @Test
    void aDiamondIsAGraph() {
        var graph = sound(List.of(node("a"), node("b", "a"), node("c", "a"), node("d", "b", "c")));

        assertThat(graph.size()).isEqualTo(4);
        assertThat(graph.edges()).isEqualTo(4);
        assertThat(graph.parents(0)).isEmpty();
        assertThat(graph.parents(3)).containsExactly(1, 2);
    }

    @Test
    void aResultThatIsTakenIsADependencyAndCountsOnce() {
        var graph = sound(List.of(new Node("b", List.of("a", "a"), Set.of("a", "c")), node("a"), node("c")));

        assertThat(graph.parents(0)).containsExactly(1, 2);
        assertThat(graph.edges()).isEqualTo(2);
    }

    @Test
    void aCycleIsNamedInTheOrderOfItsDependencies() {
        assertThat(flaws(node("in"), node("a", "c", "in"), node("b", "a"), node("c", "b"), node("behind", "c")))
                .singleElement()
                .satisfies(flaw -> {
                    assertThat(flaw.field()).matches("jobs\\[[123]]\\.depends_on");
                    assertThat(flaw.message())
                            .startsWith("is part of a cycle of 3")
                            .containsAnyOf("a → b → c → a", "b → c → a → b", "c → a → b → c");
                });
    }

    @Test
    void aLongCycleIsNamedInPart() {
        var nodes = IntStream.range(0, 1_000)
                .mapToObj(i -> node("k" + i, "k" + (i + 999) % 1_000))
                .toArray(Node[]::new);

        assertThat(flaws(nodes).getFirst().message())
                .contains("cycle of 1000")
                .contains("…")
                .hasSizeLessThan(300);
    }

    @Test
    void everyUnknownKeyIsNamedWithItsPlace() {
        assertThat(flaws(node("a", "a", "x"), new Node("b", List.of(), Set.of("y"))))
                .extracting(Flaw::field)
                .containsExactly("jobs[0].depends_on[0]", "jobs[0].depends_on[1]", "jobs[1].args");
    }

    @Test
    void aKeyIsTakenOnce() {
        assertThat(flaws(node("a"), node("b"), node("a")))
                .containsExactly(new Flaw("jobs[2].key", "is the key of jobs[0] already"));
    }

    @Test
    void twoHundredThousandDependenciesAreCheckedInNoTime() {
        var nodes = new ArrayList<Node>();
        for (int i = 0; i < 10_001; i++) {
            int at = i;
            nodes.add(new Node(
                    "k" + i,
                    IntStream.range(Math.max(0, i - 20), i)
                            .mapToObj(parent -> "k" + parent)
                            .toList(),
                    at == 0 ? Set.of() : Set.of("k" + (at - 1))));
        }

        long began = System.nanoTime();
        var graph = sound(nodes);

        assertThat(graph.edges()).isGreaterThan(199_000);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aChainOfAHundredThousandNeedsNoStack() {
        var nodes = IntStream.range(0, 100_000)
                .mapToObj(i -> i == 0 ? node("k0") : node("k" + i, "k" + (i - 1)))
                .toList();

        assertThat(sound(nodes).size()).isEqualTo(100_000);
    }
}
