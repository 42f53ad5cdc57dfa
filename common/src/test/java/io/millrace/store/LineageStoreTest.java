package io.millrace.store;

import static io.millrace.testing.PipelineFixture.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.job.JobIds;
import io.millrace.store.LineageStore.Changed;
import io.millrace.store.LineageStore.Edge;
import io.millrace.store.LineageStore.Rebuilt;
import io.millrace.store.LineageStore.Relative;
import io.millrace.store.LineageStore.Said;
import io.millrace.testing.PipelineFixture;
import io.millrace.testing.RealDatabase;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lineage in a real PostgreSQL, held against what a recursive query says of the edges. */
@Tag("real")
class LineageStoreTest {

    private static final LineageStore.Steps QUIETLY = (_, _) -> {};
    private static final Relative FIRST = new Relative(-1, 0);

    private final Database database = RealDatabase.empty();
    private final LineageStore lineage = new LineageStore(database);
    private final JobQueries jobs = new JobQueries(database);
    private final JobIds ids = new JobIds();
    private long pipeline;
    private long other;

    @BeforeEach
    void twoPipelines() {
        PipelineFixture.registerTasks(database);
        var pipelines = new PipelineStore(database);
        pipeline = pipelines.create(named("a")).orElseThrow().id();
        other = pipelines.create(named("b")).orElseThrow().id();
    }

    // Shortest distances by levels; an address is not its own descendant.
    private static final String BY_RECURSION = """
            WITH RECURSIVE down (ancestor, descendant, depth) AS (
              SELECT DISTINCT source, target, 1 FROM lineage_edge
              UNION
              SELECT d.ancestor, e.target, d.depth + 1
              FROM down d JOIN lineage_edge e ON e.source = d.descendant
              WHERE d.depth < $1
            )
            SELECT ancestor || ' ' || descendant || ' ' || min(depth) AS row
            FROM down WHERE ancestor <> descendant GROUP BY ancestor, descendant ORDER BY 1
            """;

    private static final String STORED = """
            SELECT ancestor || ' ' || descendant || ' ' || depth AS row FROM lineage_closure ORDER BY 1
            """;

    /** @param longest no shortest way has more edges than this */
    private void isExact(int longest) {
        List<String> expected = database.list(BY_RECURSION, Tuple.of(longest), row -> row.getString("row"));
        assertThat(database.list(STORED, Tuple.tuple(), row -> row.getString("row")))
                .isEqualTo(expected);
    }

    private static Set<Edge> edges(long... ends) {
        var edges = new HashSet<Edge>();
        for (int i = 0; i < ends.length; i += 2) {
            edges.add(new Edge(ends[i], ends[i + 1]));
        }
        return edges;
    }

    private static UUID job(Changed changed) {
        if (changed instanceof Changed.Edges(var _, var job) && job != null) {
            return job;
        }
        throw new AssertionError("no job follows from " + changed);
    }

    /** Runs the job that has followed from a change. */
    private Rebuilt rebuilt(Changed changed) {
        UUID job = job(changed);
        return lineage.rebuild(job, connected(job), QUIETLY).orElseThrow();
    }

    private List<Long> connected(UUID job) {
        return new JsonObject(jobs.get(job).orElseThrow().args())
                .getJsonArray("connected_addresses").stream()
                        .map(address -> ((Number) address).longValue())
                        .toList();
    }

    @Test
    void aChangeAndTheJobThatFollowsAreOneTransaction() {
        var changed = lineage.add(pipeline, edges(1, 2, 2, 3));

        assertThat(changed)
                .isInstanceOfSatisfying(
                        Changed.Edges.class, edges -> assertThat(edges.edges()).isEqualTo(2));
        var job = jobs.get(job(changed)).orElseThrow();
        assertThat(job.task()).isEqualTo("address_lineage_closure_rebuild_task");
        assertThat(new JsonObject(job.args()))
                .isEqualTo(new JsonObject("{\"connected_addresses\": [1, 2, 3], \"pipeline_id\": " + pipeline + "}"));
        assertThat(lineage.add(pipeline, edges(1, 2))).isEqualTo(new Changed.Edges(0, null));
        assertThat(lineage.remove(pipeline, edges(7, 8))).isEqualTo(new Changed.Edges(0, null));
        assertThat(lineage.add(pipeline + 99, edges(1, 2))).isEqualTo(new Changed.NoPipeline());
    }

    @Test
    void diamondsAndCyclesAreFollowedOnce() {
        rebuilt(lineage.add(pipeline, edges(1, 2, 1, 3, 2, 4, 3, 4, 4, 5, 5, 2, 6, 6)));

        assertThat(lineage.descendants(1, FIRST, 10))
                .containsExactly(new Relative(2, 1), new Relative(3, 1), new Relative(4, 2), new Relative(5, 3));
        assertThat(lineage.descendants(2, FIRST, 10)).containsExactly(new Relative(4, 1), new Relative(5, 2));
        assertThat(lineage.ancestors(2, FIRST, 10))
                .containsExactly(new Relative(1, 1), new Relative(5, 1), new Relative(4, 2), new Relative(3, 3));
        assertThat(lineage.descendants(6, FIRST, 10)).isEmpty();
        isExact(6);
    }

    @Test
    void whatIsReachedIsListedAPageAtATime() {
        rebuilt(lineage.add(pipeline, edges(1, 2, 1, 3, 1, 4, 4, 5)));

        assertThat(lineage.descendants(1, FIRST, 2)).containsExactly(new Relative(2, 1), new Relative(3, 1));
        assertThat(lineage.descendants(1, new Relative(3, 1), 2))
                .containsExactly(new Relative(4, 1), new Relative(5, 2));
        assertThat(lineage.descendants(1, new Relative(5, 2), 2)).isEmpty();
    }

    @Test
    void anEdgeOfTwoPipelinesGoesWithTheSecond() {
        rebuilt(lineage.add(pipeline, edges(1, 2)));
        rebuilt(lineage.add(other, edges(1, 2)));

        rebuilt(lineage.remove(pipeline, edges(1, 2)));
        assertThat(lineage.descendants(1, FIRST, 10)).containsExactly(new Relative(2, 1));
        assertThat(lineage.edges(new Said(-1, -1, -1), 10)).containsExactly(new Said(1, 2, other));
        assertThat(lineage.edgesOf(pipeline, new Said(-1, -1, -1), 10)).isEmpty();

        rebuilt(lineage.remove(other, edges(1, 2)));
        assertThat(lineage.descendants(1, FIRST, 10)).isEmpty();
    }

    @Test
    void aSmallChangeTouchesLittle() {
        var chain = new HashSet<Edge>();
        for (int i = 0; i < 100; i++) {
            chain.add(new Edge(i, i + 1));
            chain.add(new Edge(1000 + i, 1001 + i));
        }
        assertThat(rebuilt(lineage.add(pipeline, chain)).added()).isEqualTo(2 * 5050);

        var end = rebuilt(lineage.add(pipeline, edges(100, 101)));

        assertThat(end).isEqualTo(new Rebuilt(1, 102, 101 * 102 / 2, 101, 0, 0));
        assertThat(rebuilt(lineage.add(pipeline, edges(0, 99))).changed())
                .as("two ends are nearer to the beginning, nothing else is")
                .isEqualTo(3);
        isExact(110);
    }

    @Test
    void oneRebuildMakesUpForAllChangesThatWait() {
        var first = lineage.add(pipeline, edges(1, 2));
        var second = lineage.add(other, edges(2, 3, 10, 11));
        var third = lineage.remove(pipeline, edges(1, 2));

        assertThat(rebuilt(second).changes()).isEqualTo(3);
        isExact(5);
        assertThat(rebuilt(first)).isEqualTo(new Rebuilt(0, 0, 0, 0, 0, 0));
        assertThat(rebuilt(third)).isEqualTo(new Rebuilt(0, 0, 0, 0, 0, 0));
    }

    @Test
    void whoeverAsksForARebuildWithoutAChangeGetsIt() {
        rebuilt(lineage.add(pipeline, edges(1, 2, 2, 3)));
        database.run("DELETE FROM lineage_closure", Tuple.tuple());
        database.run("INSERT INTO lineage_closure VALUES (1, 77, 3)", Tuple.tuple());

        var repaired = lineage.rebuild(ids.next(), List.of(1L, 2L, 3L), QUIETLY).orElseThrow();

        assertThat(repaired).isEqualTo(new Rebuilt(0, 3, 3, 3, 0, 1));
        isExact(5);
    }

    @Test
    void aRebuildThatEndsBadlyChangesNothingAndIsMadeUpForByTheNext() {
        var changed = lineage.add(pipeline, edges(1, 2));

        assertThatThrownBy(() -> lineage.rebuild(job(changed), List.of(1L, 2L), (_, _) -> {
                    throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        assertThat(lineage.descendants(1, FIRST, 10)).isEmpty();

        assertThat(rebuilt(lineage.add(pipeline, edges(5, 6))).changes()).isEqualTo(2);
        isExact(5);
    }

    @Test
    void whileOneRebuildsAnotherIsTurnedAway() throws Exception {
        var first = lineage.add(pipeline, edges(1, 2));
        var writing = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);

        try (var thread = Executors.newSingleThreadExecutor()) {
            Future<Optional<Rebuilt>> rebuild =
                    thread.submit(() -> lineage.rebuild(job(first), connected(job(first)), (_, _) -> {
                        writing.countDown();
                        await(goOn);
                    }));
            await(writing);
            // Edges are changed meanwhile without waiting, and are not lost.
            var second = lineage.add(pipeline, edges(2, 3));
            assertThat(lineage.rebuild(job(second), List.of(2L, 3L), QUIETLY)).isEmpty();
            goOn.countDown();
            assertThat(rebuild.get()).isPresent();
            assertThat(rebuilt(second).changes()).isEqualTo(1);
        }
        isExact(5);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Edge randomEdge(Random random, int addresses) {
        return new Edge(random.nextInt(addresses), random.nextInt(addresses));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomChangesOfRandomGraphsKeepItExact(long seed) {
        var random = new Random(seed);
        int addresses = 10 + random.nextInt(30);
        var present = new ArrayList<Edge>();
        for (int step = 0; step < 15; step++) {
            var added = new HashSet<Edge>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                added.add(randomEdge(random, addresses));
            }
            var gone = new HashSet<Edge>();
            for (int i = present.isEmpty() ? 0 : random.nextInt(6); i > 0; i--) {
                gone.add(present.get(random.nextInt(present.size())));
            }
            for (Changed changed : List.of(
                    lineage.add(pipeline, added),
                    gone.isEmpty() ? new Changed.NoPipeline() : lineage.remove(pipeline, gone))) {
                if (changed instanceof Changed.Edges(var _, var job) && job != null && random.nextInt(3) > 0) {
                    rebuilt(changed);
                }
            }
            present.addAll(added);
            present.removeAll(gone);
            lineage.rebuild(ids.next(), List.of(), QUIETLY);
            isExact(addresses);
        }
    }

    @Test
    void itIsExactAfterManyHaveChangedAndRebuiltAtOnce() throws Exception {
        var waiting = new ConcurrentLinkedQueue<UUID>();
        var writersDone = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(7)) {
            var writers = new ArrayList<Future<?>>();
            for (int writer = 0; writer < 4; writer++) {
                var random = new Random(writer);
                long of = writer % 2 == 0 ? pipeline : other;
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 60; i++) {
                        var some = new HashSet<Edge>();
                        for (int j = 0; j < 5; j++) {
                            some.add(randomEdge(random, 40));
                        }
                        Changed changed = random.nextInt(5) < 2 ? lineage.remove(of, some) : lineage.add(of, some);
                        if (changed instanceof Changed.Edges(var _, var job) && job != null) {
                            waiting.add(job);
                        }
                    }
                }));
            }
            var rebuilders = new ArrayList<Future<?>>();
            for (int i = 0; i < 3; i++) {
                rebuilders.add(threads.submit(() -> rebuildAll(waiting, writersDone)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            writersDone.set(true);
            for (Future<?> rebuilder : rebuilders) {
                rebuilder.get();
            }
        }
        isExact(40);
    }

    /** As workers do: whoever is turned away comes again. */
    private void rebuildAll(ConcurrentLinkedQueue<UUID> waiting, AtomicBoolean writersDone) {
        while (true) {
            boolean last = writersDone.get();
            UUID job = waiting.poll();
            if (job == null) {
                if (last) {
                    return;
                }
                Thread.onSpinWait();
            } else if (lineage.rebuild(job, connected(job), QUIETLY).isEmpty()) {
                waiting.add(job);
            }
        }
    }

    @Test
    void tenThousandEdgesAreRebuiltInSeconds() {
        // Ten layers of a thousand addresses, every address with one or two sources in the layer before.
        var random = new Random(7);
        var layers = new HashSet<Edge>();
        while (layers.size() < 10_000) {
            int layer = random.nextInt(9);
            layers.add(new Edge(layer * 1000L + random.nextInt(1000), (layer + 1) * 1000L + random.nextInt(1000)));
        }
        var changed = lineage.add(pipeline, layers);

        long start = System.nanoTime();
        var rebuilt = rebuilt(changed);
        var took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(took).as("%s", rebuilt).isLessThan(Duration.ofSeconds(20));
        isExact(10);
    }
}
