package io.millrace.pack;

import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.PipelineFixture.named;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dispatch.HintEmitter;
import io.millrace.job.Attempt;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.local.Series;
import io.millrace.pipeline.Anomaly;
import io.millrace.pipeline.ExecutionChange;
import io.millrace.pipeline.ExecutionStatus;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineExecution;
import io.millrace.queue.Hint;
import io.millrace.store.AnomalyStore;
import io.millrace.store.ExecutionStore;
import io.millrace.store.ExecutionStore.Begun;
import io.millrace.store.ExecutionStore.Changed;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.store.LimitStore;
import io.millrace.store.LineageStore;
import io.millrace.store.PipelineStore;
import io.millrace.store.TaskStore;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tasks of pipelines through a whole worker. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(PipelineTasksTest.FewQueues.class)
class PipelineTasksTest {

    public static final class FewQueues implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "millrace.worker.concurrency", "8",
                    "millrace.worker.queues", "celery",
                    "millrace.pipeline.window", "40");
        }
    }

    @Inject
    JobStore jobs;

    @Inject
    JobQueries queries;

    @Inject
    HintEmitter hints;

    @Inject
    TaskStore tasks;

    @Inject
    LimitStore limits;

    @Inject
    PipelineStore pipelines;

    @Inject
    ExecutionStore executions;

    @Inject
    AnomalyStore anomalies;

    @Inject
    LineageStore lineage;

    private NewJob submit(String task, String args) {
        NewJob job = aJob().ofTask(task).onQueue("celery").withArgs(args).submitted();
        jobs.submit(List.of(job));
        hint(job.id(), job.priority());
        return job;
    }

    private void hint(UUID job, int priority) {
        hints.emit(List.of(new Hint(job, 0, "celery", priority, null)));
    }

    private Job await(UUID job, Predicate<Job> condition) {
        return soon().until(
                        () -> {
                            // As a scheduler does, which there is none of here: what waits for its rate is called when
                            // there is room. What pipelines have submitted themselves is left alone.
                            hints.emit(
                                    limits.callParked(limits.inForce(), "", 100).hints());
                            return queries.get(job).orElseThrow();
                        },
                        condition);
    }

    private JsonObject result(String task, String args) {
        Job ended = await(submit(task, args).id(), now -> now.state().finished());
        assertThat(ended.state()).as("%s", ended).isEqualTo(JobState.SUCCESS);
        return new JsonObject(String.valueOf(ended.result()));
    }

    private Pipeline pipeline(Pipeline.Settings settings) {
        return pipelines.create(settings).orElseThrow();
    }

    private static String unique(String name) {
        return name + "-" + UUID.randomUUID();
    }

    private PipelineExecution begun(Pipeline pipeline, @Nullable Long parent, Instant at) {
        if (executions.begin(pipeline.id(), parent, at) instanceof Begun.Execution(var execution)) {
            return execution;
        }
        throw new AssertionError("it has not begun");
    }

    private PipelineExecution ended(PipelineExecution execution, Map<String, Double> metrics, Instant at) {
        var change = new ExecutionChange(ExecutionStatus.SUCCESS, metrics, null, at);
        if (executions.change(execution.id(), change, at) instanceof Changed.Execution(var changed)) {
            return changed;
        }
        throw new AssertionError("it has not ended");
    }

    private static Instant newYear(int year) {
        return LocalDate.of(year, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** The years of a series in which an analysis has found something. */
    private Set<Integer> found(String name, double threshold) {
        Series series = Series.shipped(name);
        Pipeline pipeline = pipeline(new Pipeline.Settings(unique(name), null, null, 30, null, threshold, true));
        var years = new HashMap<Long, Integer>();
        UUID last = null;
        for (var value : series.values().entrySet()) {
            var begun = begun(pipeline, null, newYear(value.getKey()));
            var ended = ended(begun, Map.of(series.metric(), value.getValue()), newYear(value.getKey() + 1));
            years.put(ended.id(), value.getKey());
            // There is no scheduler here that would write their hints.
            UUID job = ended.analysisJobId();
            if (job != null) {
                hint(job, 5);
                last = job;
            }
        }
        assertThat(last).isNotNull();
        for (var execution : executions.of(pipeline.id(), Long.MAX_VALUE, List.of(), 200)) {
            UUID job = execution.analysisJobId();
            assertThat(job).isNotNull();
            if (job != null) {
                await(job, now -> now.state() == JobState.SUCCESS);
            }
        }
        return anomalies.of(pipeline.id(), null, null, null, 100).stream()
                .map(Anomaly::executionId)
                .map(id -> years.getOrDefault(id, 0))
                .collect(Collectors.toSet());
    }

    @Test
    void theDroughtAndTheFloodOfTheNileAndTheInfluenzaAreFound() throws Exception {
        assertThat(found("nile", 2.5)).containsExactlyInAnyOrder(1913, 1964);
        assertThat(found("life-expectancy", 3)).containsExactlyInAnyOrder(1918);
    }

    @Test
    void anAnalysisSaysWhatItHasLookedAt() throws Exception {
        Pipeline pipeline = pipeline(new Pipeline.Settings(unique("p"), null, null, null, 3, null, true));
        for (double inserts : new double[] {100, 101, 99, 100}) {
            ended(begun(pipeline, null, Instant.now()), Map.of("inserts", inserts, "constant", 7.0), Instant.now());
        }
        var last = ended(
                begun(pipeline, null, Instant.now()),
                Map.of("inserts", 100.5, "constant", 8.0, "new", 1.0),
                Instant.now());
        String args = "{\"pipeline_id\": %d, \"pipeline_execution_id\": %d}".formatted(pipeline.id(), last.id());

        var result = result("detect_anomalies_task", args);

        assertThat(result.getJsonArray("anomalies"))
                .singleElement()
                .isEqualTo(
                        new JsonObject(
                                "{\"metric\": \"constant\", \"value\": 8.0, \"mean\": 7.0, \"standard_deviation\": 0.0, \"z_score\": null, \"samples\": 4}"));
        assertThat(result.getJsonArray("usual").getJsonObject(0).getString("metric"))
                .isEqualTo("inserts");
        assertThat(result.getJsonArray("unjudged")).containsExactly("new");
        assertThat(result.getValue("reason")).isNull();
        assertThat(anomalies.of(pipeline.id(), null, null, null, 10))
                .singleElement()
                .satisfies(anomaly -> assertThat(anomaly.score().z()).isInfinite());
        // Running it again changes nothing.
        result("detect_anomalies_task", args);
        assertThat(anomalies.of(pipeline.id(), null, null, null, 10)).hasSize(1);
    }

    private Job failed(String task, String args) {
        return await(submit(task, args).id(), now -> now.state() == JobState.FAILURE);
    }

    @Test
    void whatMakesNoSenseFailsAtOnceAsAValidationError() throws Exception {
        Pipeline pipeline = pipeline(named(unique("p")));
        var running = begun(pipeline, null, Instant.now());
        Pipeline other = pipeline(named(unique("p")));
        String analyse = "{\"pipeline_id\": %d, \"pipeline_execution_id\": %d}";

        for (Job job : List.of(
                failed("detect_anomalies_task", analyse.formatted(999_999_999, running.id())),
                failed("detect_anomalies_task", analyse.formatted(pipeline.id(), 999_999_999)),
                failed("detect_anomalies_task", analyse.formatted(other.id(), running.id())),
                failed("detect_anomalies_task", analyse.formatted(pipeline.id(), running.id())),
                failed(
                        "address_lineage_closure_rebuild_task",
                        "{\"connected_addresses\": [1], \"pipeline_id\": 999999999}"),
                failed("pipeline_execution_closure_maintain_task", "{\"execution_id\": 999999999}"),
                failed(
                        "pipeline_execution_closure_maintain_task",
                        "{\"execution_id\": " + running.id() + ", \"parent_id\": 5}"))) {
            assertThat(new JsonObject(String.valueOf(job.error())).getString("exc_type"))
                    .isEqualTo("ValidationError");
            assertThat(queries.history(job))
                    .singleElement()
                    .extracting(Attempt::errorCode)
                    .isEqualTo("validation_error");
        }
        var refused = failed("timeliness_check_task", "{\"lookback_minutes\": 0}");
        assertThat(String.valueOf(refused.error())).contains("invalid_args");
    }

    @Test
    void staleDataAreFoundToldOnceAndForgottenWhenTheyAreFresh() throws Exception {
        Pipeline stale =
                pipeline(new Pipeline.Settings(unique("stale"), Duration.ofMinutes(10), null, null, null, null, true));
        Pipeline fresh =
                pipeline(new Pipeline.Settings(unique("fresh"), Duration.ofMinutes(10), null, null, null, null, true));
        Instant anHourAgo = Instant.now().minusSeconds(3600);
        ended(begun(stale, null, anHourAgo), Map.of("soft_deletes", 1.0), anHourAgo);
        ended(begun(fresh, null, Instant.now()), Map.of("updates", 1.0), Instant.now());

        var report = result("freshness_check_task", "{}");

        assertThat(report.getInteger("checked")).isEqualTo(2);
        assertThat(report.getInteger("fresh")).isEqualTo(1);
        assertThat(report.getInteger("newly_stale")).isEqualTo(1);
        var listed = report.getJsonArray("pipelines").getJsonObject(0);
        assertThat(listed.getLong("pipeline_id")).isEqualTo(stale.id());
        assertThat(listed.getString("last_change")).isEqualTo("soft_delete");
        assertThat(listed.getLong("age_seconds")).isBetween(3600L, 3700L);
        assertThat(pipelines.get(stale.id()).orElseThrow().staleSince()).isNotNull();
        assertThat(pipelines.get(fresh.id()).orElseThrow().staleSince()).isNull();

        var again = result("freshness_check_task", "{}");
        assertThat(again.getInteger("stale")).isEqualTo(1);
        assertThat(again.getInteger("newly_stale")).isZero();

        ended(begun(stale, null, Instant.now()), Map.of("inserts", 1.0), Instant.now());
        assertThat(result("freshness_check_task", "{}").getInteger("stale")).isZero();
        assertThat(pipelines.get(stale.id()).orElseThrow().staleSince()).isNull();
    }

    @Test
    void lateAndOverdueExecutionsAreFoundWithinTheLookback() throws Exception {
        Pipeline pipeline =
                pipeline(new Pipeline.Settings(unique("timed"), null, Duration.ofMinutes(5), null, null, null, true));
        Instant now = Instant.now();
        var late = ended(begun(pipeline, null, now.minusSeconds(1200)), Map.of(), now.minusSeconds(600));
        ended(begun(pipeline, null, now.minusSeconds(120)), Map.of(), now);
        ended(begun(pipeline, null, now.minusSeconds(9999)), Map.of(), now.minusSeconds(5400));
        var overdue = begun(pipeline, null, now.minusSeconds(86_400));
        begun(pipeline, null, now);

        var report = result("timeliness_check_task", "{}");

        assertThat(report.getInteger("lookback_minutes")).isEqualTo(60);
        assertThat(report.getInteger("on_time")).isEqualTo(1);
        assertThat(report.getInteger("late")).isEqualTo(1);
        assertThat(report.getInteger("running")).isEqualTo(1);
        assertThat(report.getInteger("overdue")).isEqualTo(1);
        assertThat(report.getInteger("newly_late")).isEqualTo(2);
        assertThat(executions.get(late.id()).orElseThrow().lateAt()).isNotNull();
        assertThat(executions.get(overdue.id()).orElseThrow().lateAt()).isNotNull();

        var longer = result("timeliness_check_task", "{\"lookback_minutes\": 120}");
        assertThat(longer.getInteger("late")).isEqualTo(2);
        assertThat(longer.getInteger("newly_late")).isEqualTo(1);
    }

    @Test
    void theClosuresAreMaintained() throws Exception {
        Pipeline pipeline = pipeline(named(unique("p")));
        var parent = begun(pipeline, null, Instant.now());
        var child = begun(pipeline, parent.id(), Instant.now());
        long a = UUID.randomUUID().getMostSignificantBits() >>> 20;

        var entered = result(
                "pipeline_execution_closure_maintain_task",
                "{\"execution_id\": %d, \"parent_id\": %d}".formatted(child.id(), parent.id()));
        assertThat(entered.getInteger("added")).isEqualTo(2);
        assertThat(executions.descendants(parent.id(), 0, 0, 10)).hasSize(1);

        lineage.add(pipeline.id(), Set.of(new LineageStore.Edge(a, a + 1), new LineageStore.Edge(a + 1, a + 2)));
        var rebuilt = result(
                "address_lineage_closure_rebuild_task",
                "{\"connected_addresses\": [%d], \"pipeline_id\": %d}".formatted(a, pipeline.id()));
        assertThat(rebuilt.getInteger("added")).isEqualTo(3);
        assertThat(lineage.descendants(a, new LineageStore.Relative(-1, 0), 10))
                .containsExactly(new LineageStore.Relative(a + 1, 1), new LineageStore.Relative(a + 2, 2));
    }

    @Test
    void everyTaskSaysWhatTheirSystemAsksFor() {
        var byName = tasks.all().stream().collect(Collectors.toMap(task -> task.name(), task -> task));

        Map.of(
                        "detect_anomalies_task", "15/s 60",
                        "freshness_check_task", "1/s 60",
                        "timeliness_check_task", "1/s 60",
                        "address_lineage_closure_rebuild_task", "1/s 60",
                        "pipeline_execution_closure_maintain_task", "10/s 30")
                .forEach((name, said) -> {
                    var task = Objects.requireNonNull(byName.get(name));
                    assertThat(task.rateLimit() + " " + task.retry().delay().toSeconds())
                            .as(name)
                            .isEqualTo(said);
                    assertThat(task.retry().maxRetries()).isEqualTo(3);
                    assertThat(task.retry().factor()).isEqualTo(2);
                    assertThat(task.queue()).isEqualTo("celery");
                });
    }
}
