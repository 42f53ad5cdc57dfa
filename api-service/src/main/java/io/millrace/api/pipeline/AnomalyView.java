package io.millrace.api.pipeline;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.pipeline.Anomaly;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An anomaly as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Anomaly")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AnomalyView(
        long executionId,
        String metric,
        double value,
        double mean,
        double standardDeviation,

        @Schema(description = "null where the values before did not vary: then any other is infinitely far") @Nullable
        Double zScore,

        @Schema(description = "How many values it was compared with")
        int samples,

        Instant detectedAt) {

    static AnomalyView of(Anomaly anomaly) {
        double z = anomaly.score().z();
        return new AnomalyView(
                anomaly.executionId(),
                anomaly.metric(),
                anomaly.score().value(),
                anomaly.score().mean(),
                anomaly.score().standardDeviation(),
                Double.isInfinite(z) ? null : z,
                anomaly.samples(),
                anomaly.detectedAt());
    }

    /** Some anomalies, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AnomalyPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<AnomalyView> anomalies,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}
}
