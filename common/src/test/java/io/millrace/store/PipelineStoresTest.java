package io.millrace.store;

import static io.millrace.testing.PipelineFixture.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.job.JobFilter;
import io.millrace.pipeline.Anomaly;
import io.millrace.pipeline.ExecutionChange;
import io.millrace.pipeline.ExecutionStatus;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineExecution;
import io.millrace.pipeline.ZScore;
import io.millrace.store.ExecutionStore.Begun;
import io.millrace.store.ExecutionStore.Changed;
import io.millrace.testing.PipelineFixture;
import io.millrace.testing.RealDatabase;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pipelines, executions and anomalies, in a real PostgreSQL. */
@Tag("real")
class PipelineStoresTest {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MICROS);

    private final Database database = RealDatabase.empty();
    private final PipelineStore pipelines = new PipelineStore(database);
    private final ExecutionStore executions = new ExecutionStore(database);
    private final AnomalyStore anomalies = new AnomalyStore(database);
    private final JobQueries jobs = new JobQueries(database);

    @BeforeEach
    void tasks() {
        PipelineFixture.registerTasks(database);
    }

    private Pipeline pipeline(String name) {
        return pipelines.create(named(name)).orElseThrow();
    }

    private PipelineExecution begun(long pipeline, @Nullable Long parent) {
        return begun(pipeline, parent, NOW);
    }

    private PipelineExecution begun(long pipeline, @Nullable Long parent, Instant at) {
        return executions.begin(pipeline, parent, at) instanceof Begun.Execution(var execution) ? execution : fail();
    }

    private static <T> T fail() {
        throw new AssertionError("it has not begun");
    }

    private static ExecutionChange success(Map<String, Double> metrics) {
        return new ExecutionChange(ExecutionStatus.SUCCESS, metrics, null, null);
    }

    private PipelineExecution succeeded(long pipeline, Map<String, Double> metrics) {
        return executions.change(begun(pipeline, null).id(), success(metrics), NOW)
                        instanceof Changed.Execution(var execution)
                ? execution
                : fail();
    }

    private List<String> submitted() {
        return jobs.list(JobFilter.ALL, null, false, 100).stream()
                .map(job -> job.task() + " " + job.args())
                .toList();
    }

    @Test
    void aNameIsThatOfOnePipeline() {
        var first = pipeline("a");
        var second = pipeline("b");

        assertThat(pipelines.create(named("a"))).isEmpty();
        assertThat(pipelines.update(second.id(), named("a"))).isEmpty();
        assertThat(pipelines.list(0, null, 10)).containsExactly(first, second);
        assertThat(pipelines.list(0, "b", 10)).containsExactly(second);
        assertThat(pipelines.list(first.id(), null, 10)).containsExactly(second);
    }

    @Test
    void whatIsExpectedOfAPipelineIsKeptAndChanged() {
        var settings = new Pipeline.Settings("a", Duration.ofSeconds(90), Duration.ofMillis(1500), 20, 5, 2.5, false);
        var made = pipelines.create(settings).orElseThrow();

        assertThat(made.settings()).isEqualTo(settings);
        assertThat(pipelines.update(made.id(), named("b")).orElseThrow().settings())
                .isEqualTo(named("b"));
        assertThat(pipelines.get(made.id()).orElseThrow().settings()).isEqualTo(named("b"));
    }

    @Test
    void anExecutionAndTheJobThatFollowsAreOneTransaction() {
        var pipeline = pipeline("a");

        var parent = begun(pipeline.id(), null);
        var child = begun(pipeline.id(), parent.id());

        assertThat(child.depth()).isEqualTo(1);
        assertThat(submitted())
                .containsExactlyInAnyOrder(
                        "pipeline_execution_closure_maintain_task {\"execution_id\": " + parent.id() + "}",
                        "pipeline_execution_closure_maintain_task {\"parent_id\": " + parent.id()
                                + ", \"execution_id\": " + child.id() + "}");
        assertThat(executions.begin(pipeline.id() + 1, null, NOW)).isInstanceOf(Begun.NoPipeline.class);
        assertThat(executions.begin(pipeline.id(), child.id() + 1, NOW)).isInstanceOf(Begun.NoParent.class);
        assertThat(submitted()).hasSize(2);
    }

    @Test
    void withoutATaskThatFollowsNothingIsWrittenDown() {
        var pipeline = pipeline("a");
        var execution = begun(pipeline.id(), null);
        database.run("DELETE FROM task", Tuple.tuple());

        assertThatThrownBy(() -> executions.begin(pipeline.id(), null, NOW))
                .isInstanceOfSatisfying(
                        PgException.class, e -> assertThat(e.getSqlState()).isEqualTo("MR001"));
        assertThatThrownBy(() -> executions.change(execution.id(), success(Map.of()), NOW))
                .isInstanceOf(PgException.class);

        assertThat(executions.of(pipeline.id(), Long.MAX_VALUE, List.of(), 10)).containsExactly(execution);
    }

    @Test
    void aSuccessIsAnalysedOnceHoweverOftenItIsTold() {
        var execution = begun(pipeline("a").id(), null);
        executions.change(execution.id(), new ExecutionChange(null, Map.of("updates", 3.0), null, null), NOW);

        var told = success(Map.of("inserts", 7.0));
        assertThat(executions.change(execution.id(), told, NOW))
                .isInstanceOfSatisfying(Changed.Execution.class, changed -> {
                    assertThat(changed.execution().status()).isEqualTo(ExecutionStatus.SUCCESS);
                    assertThat(changed.execution().metrics()).isEqualTo(Map.of("inserts", 7.0, "updates", 3.0));
                    assertThat(changed.execution().finishedAt()).isEqualTo(NOW);
                    assertThat(changed.execution().analysisJobId()).isNotNull();
                });
        assertThat(executions.change(execution.id(), told, NOW.plusSeconds(1))).isInstanceOf(Changed.ToldBefore.class);
        assertThat(executions.change(execution.id(), success(Map.of("inserts", 8.0)), NOW))
                .isInstanceOf(Changed.Ended.class);
        assertThat(executions.change(execution.id() + 1, told, NOW)).isInstanceOf(Changed.NoExecution.class);

        assertThat(submitted().stream().filter(job -> job.startsWith("detect_anomalies_task")))
                .containsExactly("detect_anomalies_task {\"pipeline_id\": " + execution.pipelineId()
                        + ", \"pipeline_execution_id\": " + execution.id() + "}");
    }

    @Test
    void aFailureIsNotAnalysedAndChangesNoData() {
        var pipeline = pipeline("a");
        var execution = begun(pipeline.id(), null);

        executions.change(
                execution.id(),
                new ExecutionChange(ExecutionStatus.FAILED, Map.of("inserts", 1.0), "no disk", null),
                NOW);

        var failed = executions.get(execution.id()).orElseThrow();
        assertThat(failed.error()).isEqualTo("no disk");
        assertThat(failed.analysisJobId()).isNull();
        assertThat(pipelines.get(pipeline.id()).orElseThrow().modified())
                .isEqualTo(new Pipeline.Modified(null, null, null));
    }

    @Test
    void aPipelineKnowsWhenItsDataWereChangedLast() {
        var pipeline = pipeline("a");
        var late = begun(pipeline.id(), null, NOW.minusSeconds(100));

        executions.change(begun(pipeline.id(), null).id(), success(Map.of("inserts", 1.0, "updates", 0.0)), NOW);
        executions.change(
                late.id(),
                new ExecutionChange(
                        ExecutionStatus.SUCCESS,
                        Map.of("inserts", 5.0, "soft_deletes", 2.0),
                        null,
                        NOW.minusSeconds(50)),
                NOW);

        assertThat(pipelines.get(pipeline.id()).orElseThrow().modified())
                .isEqualTo(new Pipeline.Modified(NOW, null, NOW.minusSeconds(50)));
    }

    @Test
    void stalenessIsToldOnceAndNotOfDataThatHaveChangedMeanwhile() {
        var pipeline = pipelines
                .create(new Pipeline.Settings("a", Duration.ofSeconds(1), null, null, null, null, true))
                .orElseThrow();
        pipelines.create(new Pipeline.Settings("b", Duration.ofSeconds(1), null, null, null, null, false));
        pipeline("c");

        assertThat(pipelines.freshnessExpected(0, 10)).containsExactly(pipeline);
        assertThat(pipelines.becameStale(pipeline.id(), NOW.minusSeconds(999), NOW))
                .as("judged by another change than the last")
                .isFalse();
        assertThat(pipelines.becameStale(pipeline.id(), pipeline.createdAt(), NOW))
                .isTrue();
        assertThat(pipelines.becameStale(pipeline.id(), pipeline.createdAt(), NOW))
                .isFalse();
        assertThat(pipelines.get(pipeline.id()).orElseThrow().staleSince()).isEqualTo(NOW);
        pipelines.becameFresh(pipeline.id());
        assertThat(pipelines.becameStale(pipeline.id(), pipeline.createdAt(), NOW))
                .isTrue();
    }

    @Test
    void executionsAreComparedWithTheSuccessesBeforeThem() {
        var pipeline = pipeline("a");
        succeeded(pipeline.id(), Map.of("n", 1.0));
        succeeded(pipeline.id(), Map.of("n", 2.0));
        succeeded(pipeline("b").id(), Map.of("n", 99.0));
        begun(pipeline.id(), null);
        succeeded(pipeline.id(), Map.of("n", 3.0));
        var judged = succeeded(pipeline.id(), Map.of("n", 4.0));
        succeeded(pipeline.id(), Map.of("n", 5.0));

        assertThat(executions.metricsBefore(judged, 2)).containsExactly(Map.of("n", 3.0), Map.of("n", 2.0));
        assertThat(executions.metricsBefore(judged, 10)).hasSize(3);
    }

    private static Anomaly anomaly(PipelineExecution execution, String metric, double value, double z, Instant at) {
        return new Anomaly(execution.pipelineId(), execution.id(), metric, new ZScore(value, 1, 1, z), 10, at);
    }

    @Test
    void anomaliesAreWhatWasFoundLastAndNewsOnce() {
        var pipeline = pipeline("a");
        var execution = succeeded(pipeline.id(), Map.of());
        var a = anomaly(execution, "a", 5, 4, NOW);
        var b = anomaly(execution, "b", 9, Double.POSITIVE_INFINITY, NOW);

        assertThat(anomalies.record(execution, List.of(a, b))).containsExactly(a, b);
        var again = anomaly(execution, "b", 9, 8, NOW.plusSeconds(60));
        var c = anomaly(execution, "c", 0, -3.5, NOW.plusSeconds(60));
        assertThat(anomalies.record(execution, List.of(again, c))).containsExactly(c);

        assertThat(anomalies.of(pipeline.id(), null, null, null, 10))
                .containsExactly(c, anomaly(execution, "b", 9, 8, NOW));
        anomalies.record(execution, List.of());
        assertThat(anomalies.of(pipeline.id(), null, null, null, 10)).isEmpty();
    }

    @Test
    void anomaliesAreListedAPageAtATimeTheNewestExecutionFirst() {
        var pipeline = pipeline("a");
        var all = new ArrayList<Anomaly>();
        for (int i = 0; i < 3; i++) {
            var execution = succeeded(pipeline.id(), Map.of());
            var found = List.of(
                    anomaly(execution, "x", 9, -4, NOW), anomaly(execution, "y", 9, Double.POSITIVE_INFINITY, NOW));
            anomalies.record(execution, found);
            all.addAll(found);
        }
        Collections.reverse(all);

        var first = anomalies.of(pipeline.id(), null, null, null, 3);
        assertThat(first).isEqualTo(all.subList(0, 3));
        assertThat(anomalies.of(
                        pipeline.id(),
                        new AnomalyStore.Place(
                                first.getLast().executionId(), first.getLast().metric()),
                        null,
                        null,
                        10))
                .isEqualTo(all.subList(3, 6));
        assertThat(anomalies.of(pipeline.id(), null, "x", null, 10)).hasSize(3);
        assertThat(anomalies.of(pipeline.id(), null, null, first.getFirst().executionId(), 10))
                .hasSize(2);
    }

    private static final String TRUE_HIERARCHY = """
            WITH RECURSIVE down (ancestor, descendant, depth) AS (
              SELECT id, id, 0 FROM pipeline_execution
              UNION ALL
              SELECT d.ancestor, e.id, d.depth + 1 FROM down d JOIN pipeline_execution e ON e.parent_id = d.descendant
            )
            SELECT ancestor || ' ' || descendant || ' ' || depth AS row FROM down ORDER BY 1
            """;

    private static final String STORED_HIERARCHY = """
            SELECT ancestor_id || ' ' || descendant_id || ' ' || depth AS row FROM execution_closure ORDER BY 1
            """;

    private List<String> rows(String query) {
        return database.list(query, Tuple.tuple(), row -> row.getString("row"));
    }

    @Test
    void theHierarchyIsExactInWhateverOrderAndByHoweverManyItIsEntered() throws Exception {
        var pipeline = pipeline("a");
        var random = new Random(42);
        var ids = new ArrayList<Long>();
        for (int i = 0; i < 200; i++) {
            // Deep for a part, broad for the rest.
            Long parent = ids.isEmpty() || random.nextInt(20) == 0
                    ? null
                    : i < 60 ? ids.getLast() : ids.get(random.nextInt(ids.size()));
            ids.add(begun(pipeline.id(), parent).id());
        }
        var order = new ArrayList<>(ids);
        order.addAll(ids.subList(0, 50));
        Collections.shuffle(order, random);

        try (var threads = Executors.newFixedThreadPool(8)) {
            for (Future<Integer> done : threads.invokeAll(order.stream()
                    .<Callable<Integer>>map(id -> () -> executions.enter(id))
                    .toList())) {
                done.get();
            }
        }

        assertThat(rows(STORED_HIERARCHY)).isEqualTo(rows(TRUE_HIERARCHY)).hasSizeGreaterThan(500);
        assertThat(executions.enter(ids.getLast())).isZero();
    }

    @Test
    void relativesAreListedTheNearestFirstAPageAtATime() {
        var pipeline = pipeline("a");
        var root = begun(pipeline.id(), null);
        var left = begun(pipeline.id(), root.id());
        var right = begun(pipeline.id(), root.id());
        var leaf = begun(pipeline.id(), left.id());
        Stream.of(leaf, right, root, left).forEach(execution -> executions.enter(execution.id()));

        var page = executions.descendants(root.id(), 0, 0, 2);
        assertThat(page)
                .extracting(relative -> relative.execution().id(), ExecutionStore.Relative::distance)
                .containsExactly(tuple(left.id(), 1), tuple(right.id(), 1));
        assertThat(executions.descendants(root.id(), 1, right.id(), 2))
                .extracting(relative -> relative.execution().id())
                .containsExactly(leaf.id());
        assertThat(executions.ancestors(leaf.id(), 0, 0, 10))
                .extracting(relative -> relative.execution().id())
                .containsExactly(left.id(), root.id());
        assertThat(executions.ancestors(leaf.id(), 1, left.id(), 10))
                .extracting(relative -> relative.execution().id())
                .containsExactly(root.id());
    }

    @Test
    void aHierarchyHasABottom() {
        var pipeline = pipeline("a");
        var parent = begun(pipeline.id(), null);
        parent = begun(pipeline.id(), parent.id());
        database.run(
                "UPDATE pipeline_execution SET depth = $2 WHERE id = $1",
                Tuple.of(parent.id(), ExecutionStore.MAX_DEPTH));

        assertThat(executions.begin(pipeline.id(), parent.id(), NOW)).isInstanceOf(Begun.TooDeep.class);
    }

    @Test
    void executionsWhoseTimeIsLimitedAreFoundByTheirEndOrBecauseTheyRun() {
        var timed = pipelines
                .create(new Pipeline.Settings("a", null, Duration.ofSeconds(10), null, null, null, true))
                .orElseThrow();
        var untimed = pipeline("b");
        succeeded(untimed.id(), Map.of());
        begun(untimed.id(), null);
        var ended = new ArrayList<Long>();
        for (int i = 0; i < 5; i++) {
            var execution = begun(timed.id(), null, NOW.minusSeconds(600));
            executions.change(
                    execution.id(),
                    new ExecutionChange(ExecutionStatus.SUCCESS, Map.of(), null, NOW.minusSeconds(i < 2 ? 300 : 30)),
                    NOW);
            ended.add(execution.id());
        }
        var running = begun(timed.id(), null);

        var lately = executions.endedSince(NOW.minusSeconds(60), 0, 2);
        assertThat(lately).extracting(found -> found.execution().id()).containsExactly(ended.get(2), ended.get(3));
        assertThat(lately).allSatisfy(found -> {
            assertThat(found.pipeline()).isEqualTo("a");
            assertThat(found.expected()).isEqualTo(Duration.ofSeconds(10));
        });
        assertThat(executions.endedSince(NOW.minusSeconds(30), ended.get(3), 10))
                .extracting(found -> found.execution().id())
                .containsExactly(ended.get(4));
        assertThat(executions.stillRunning(0, 10))
                .extracting(found -> found.execution().id())
                .containsExactly(running.id());
        assertThat(executions.noteLate(List.of(running.id(), ended.getFirst()), NOW))
                .hasSize(2);
        assertThat(executions.noteLate(List.of(running.id(), ended.getLast()), NOW))
                .containsExactly(ended.getLast());
        assertThat(executions.noteLate(List.of(), NOW)).isEmpty();
    }
}
