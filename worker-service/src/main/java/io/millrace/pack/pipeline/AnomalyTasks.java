package io.millrace.pack.pipeline;

import static io.millrace.pack.pipeline.ClassifiedFailure.classified;

import io.millrace.pipeline.Alarms;
import io.millrace.pipeline.Anomaly;
import io.millrace.pipeline.Detection;
import io.millrace.pipeline.Detection.Finding;
import io.millrace.pipeline.DetectionRule;
import io.millrace.pipeline.ExecutionStatus;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineExecution;
import io.millrace.pipeline.ZScore;
import io.millrace.store.AnomalyStore;
import io.millrace.store.ExecutionStore;
import io.millrace.store.PipelineAlarms;
import io.millrace.store.PipelineStore;
import io.millrace.worker.task.Task;
import io.millrace.worker.task.TaskContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Positive;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks for anomalies in what executions of pipelines report. */
@Singleton
class AnomalyTasks {

    private static final String STATUS = "Processing anomaly detection...";

    private final PipelineStore pipelines;
    private final ExecutionStore executions;
    private final AnomalyStore anomalies;
    private final PipelineAlarms alarms;
    private final DetectionRule forAll;
    private final Clock clock;

    AnomalyTasks(
            PipelineStore pipelines,
            ExecutionStore executions,
            AnomalyStore anomalies,
            PipelineAlarms alarms,
            DetectionConfig config,
            Clock clock) {
        this.pipelines = pipelines;
        this.executions = executions;
        this.anomalies = anomalies;
        this.alarms = alarms;
        this.forAll = new DetectionRule(config.window(), config.minSamples(), config.threshold());
        this.clock = clock;
    }

    @RegisterForReflection(registerFullHierarchy = true)
    record Execution(@Positive long pipelineId, @Positive long pipelineExecutionId) {}

    /** @param zScore null where the values before did not vary, and this one differs */
    @RegisterForReflection(registerFullHierarchy = true)
    record Judged(
            String metric,
            double value,
            double mean,
            double standardDeviation,
            @Nullable Double zScore,
            int samples) {
        static Judged of(String metric, ZScore score, int samples) {
            return new Judged(
                    metric,
                    score.value(),
                    score.mean(),
                    score.standardDeviation(),
                    Double.isInfinite(score.z()) ? null : score.z(),
                    samples);
        }
    }

    /**
     * @param usual metrics that are not unusual
     * @param unjudged metrics of which there are too few values before
     * @param reason why nothing could be said, null where anything could
     */
    @RegisterForReflection(registerFullHierarchy = true)
    record Analysis(
            long pipelineId,
            long pipelineExecutionId,
            List<Judged> anomalies,
            List<Judged> usual,
            List<String> unjudged,
            @Nullable String reason) {}

    /** Compares each metric of a successful execution with that of the executions before it. */
    @Task(
            name = "detect_anomalies_task",
            maxRetries = 3,
            retryDelay = "60s",
            rateLimit = "15/s",
            softTimeLimit = "60s",
            timeLimit = "90s")
    Analysis detectAnomalies(Execution args, TaskContext context) throws Exception {
        return classified(() -> analyse(args, context));
    }

    private Analysis analyse(Execution args, TaskContext context) {
        context.progress(25, 100, STATUS, "Loading executions");
        Pipeline pipeline = pipelines
                .get(args.pipelineId())
                .orElseThrow(() -> new ValidationError("there is no pipeline " + args.pipelineId()));
        PipelineExecution execution = executions
                .get(args.pipelineExecutionId())
                .filter(found -> found.pipelineId() == args.pipelineId())
                .orElseThrow(() -> new ValidationError(
                        "pipeline " + args.pipelineId() + " has no execution " + args.pipelineExecutionId()));
        if (execution.status() != ExecutionStatus.SUCCESS) {
            throw new ValidationError("execution " + execution.id() + " has not succeeded, it is "
                    + execution.status().wireName());
        }
        DetectionRule rule = pipeline.rule(forAll);
        List<Map<String, Double>> history = executions.metricsBefore(execution, rule.window());
        context.progress(75, 100, STATUS, "Calculating z-scores");
        List<Finding> findings = Detection.judge(execution.metrics(), history, rule);
        note(pipeline, execution, findings, rule);
        return analysis(args, findings, rule);
    }

    private void note(Pipeline pipeline, PipelineExecution execution, List<Finding> findings, DetectionRule rule) {
        Instant now = clock.instant();
        List<Anomaly> found = new ArrayList<>();
        for (Finding finding : findings) {
            if (finding instanceof Finding.Unusual(var metric, var score, var samples)) {
                found.add(new Anomaly(pipeline.id(), execution.id(), metric, score, samples, now));
            }
        }
        List<Anomaly> news = anomalies.record(execution, found);
        if (!news.isEmpty()) {
            alarms.tell(Alarms.anomalies(pipeline.settings().name(), news, rule.threshold()));
        }
    }

    private static Analysis analysis(Execution args, List<Finding> findings, DetectionRule rule) {
        var unusual = new ArrayList<Judged>();
        var usual = new ArrayList<Judged>();
        var unjudged = new ArrayList<String>();
        for (Finding finding : findings) {
            switch (finding) {
                case Finding.Unusual(var metric, var score, var samples) ->
                    unusual.add(Judged.of(metric, score, samples));
                case Finding.Usual(var metric, var score, var samples) -> usual.add(Judged.of(metric, score, samples));
                case Finding.TooFewSamples(var metric, var _) -> unjudged.add(metric);
            }
        }
        String reason = null;
        if (findings.isEmpty()) {
            reason = "the execution has told no metrics";
        } else if (unjudged.size() == findings.size()) {
            reason = "fewer than " + rule.minSamples() + " executions before it";
        }
        return new Analysis(args.pipelineId(), args.pipelineExecutionId(), unusual, usual, unjudged, reason);
    }
}
