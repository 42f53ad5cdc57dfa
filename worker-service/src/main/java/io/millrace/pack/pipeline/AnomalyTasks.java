package io.millrace.pack.pipeline;

import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.Task;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.validation.constraints.Positive;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for anomalies in what pipelines report. Pipeline 1 is the annual flow of the Nile at Aswan; its executions are
 * the years 1871 to 1970.
 */
@Singleton
class AnomalyTasks {

    private static final int NILE = 1;

    /** Fewer values than this say nothing about what is usual. */
    private static final int MIN_SAMPLES = 10;

    private static final int WINDOW = 30;

    /** Beyond so many standard deviations a value is an anomaly: for a normal distribution, one in 80. */
    private static final double THRESHOLD = 2.5;

    private final Series nile = Series.shipped("nile");

    @RegisterForReflection(registerFullHierarchy = true)
    record Execution(@Positive int pipelineId, @Positive int pipelineExecutionId) {}

    @RegisterForReflection(registerFullHierarchy = true)
    record Anomaly(String metric, double value, double mean, double standardDeviation, double zScore) {}

    /** @param reason why nothing could be said, null where the execution was analysed */
    @RegisterForReflection(registerFullHierarchy = true)
    record Analysis(
            int pipelineId,
            int pipelineExecutionId,
            int samples,
            @Nullable Double zScore,
            List<Anomaly> anomalies,
            @Nullable String reason) {}

    /** Compares an execution's metric with those of the executions before it. */
    @Task(name = "detect_anomalies_task", maxRetries = 3, retryDelay = "60s", rateLimit = "15/s")
    Analysis detectAnomalies(Execution args) {
        if (args.pipelineId() != NILE) {
            throw new PermanentFailure("there is no pipeline " + args.pipelineId());
        }
        Double value = nile.values().get(args.pipelineExecutionId());
        if (value == null) {
            throw new PermanentFailure(
                    "pipeline " + args.pipelineId() + " has no execution " + args.pipelineExecutionId());
        }
        double[] sample = nile.before(args.pipelineExecutionId(), WINDOW);
        if (sample.length < MIN_SAMPLES) {
            return new Analysis(
                    args.pipelineId(),
                    args.pipelineExecutionId(),
                    sample.length,
                    null,
                    List.of(),
                    "fewer than " + MIN_SAMPLES + " executions before it");
        }
        var score = ZScore.of(value, sample);
        var anomalies = Math.abs(score.z()) > THRESHOLD
                ? List.of(new Anomaly(nile.metric(), score.value(), score.mean(), score.standardDeviation(), score.z()))
                : List.<Anomaly>of();
        return new Analysis(args.pipelineId(), args.pipelineExecutionId(), sample.length, score.z(), anomalies, null);
    }
}
