package io.millrace.api.schedule;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Some schedules, and where the next ones begin. */
@RegisterForReflection(registerFullHierarchy = true)
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SchedulePage(
        List<ScheduleView> schedules,

        @Schema(description = "cursor of the next page, null on the last one") @Nullable
        String nextCursor) {}
