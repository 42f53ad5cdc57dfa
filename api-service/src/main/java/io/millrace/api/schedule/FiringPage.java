package io.millrace.api.schedule;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.JobState;
import io.millrace.store.ScheduleStore.PastTick;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What became of some ticks, the newest first, and where the next ones begin. */
@RegisterForReflection(registerFullHierarchy = true)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record FiringPage(
        List<FiringView> firings,

        @Schema(description = "cursor of the next page, null on the last one") @Nullable
        String nextCursor) {

    /** A tick of the past. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Firing")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record FiringView(
            Instant fireTime,

            @Schema(
                    description =
                            "fired; missed: too late, or a later one stands for it; overlap: the previous job had not finished; manual: somebody asked for it",
                    enumeration = {"fired", "missed", "overlap", "manual"})
            String outcome,

            @Nullable UUID jobId,

            @Schema(description = "What has become of its job, null where it is no longer kept") @Nullable
            JobState jobState,

            @Schema(description = "When this was decided") Instant firedAt) {

        static FiringView of(PastTick tick) {
            return new FiringView(
                    tick.fireTime(),
                    tick.outcome().name().toLowerCase(Locale.ROOT),
                    tick.jobId(),
                    tick.jobState(),
                    tick.firedAt());
        }
    }
}
