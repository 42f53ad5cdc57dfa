package io.millrace.api.job;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.Attempt;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every start of a job and how it ended. */
@RegisterForReflection(registerFullHierarchy = true)
public record JobHistory(List<AttemptView> attempts) {

    /** One start of a job. */
    @RegisterForReflection(registerFullHierarchy = true)
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record AttemptView(
            int attempt,
            @Nullable String worker,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            String outcome,
            @Nullable String errorCode,
            @Nullable String excType,
            @Nullable String excMessage,
            @Nullable String traceback,
            @Nullable Double retryDelaySeconds) {}

    static JobHistory of(List<Attempt> attempts) {
        return new JobHistory(attempts.stream()
                .map(a -> new AttemptView(
                        a.attempt(),
                        a.worker(),
                        a.startedAt(),
                        a.finishedAt(),
                        a.outcome(),
                        a.errorCode(),
                        a.excType(),
                        a.excMessage(),
                        a.traceback(),
                        a.retryDelaySeconds()))
                .toList());
    }
}
