package io.millrace.api.dashboard;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.store.DashboardStore.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Failures by what is the same in them, the most frequent first. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "FailureGroups")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record FailureGroups(
        @Schema(description = "How many failed jobs were looked at: the newest ones")
        int failures,

        @Schema(description = "The oldest of them; null where there is none") @Nullable
        Instant since,

        List<Group> groups) {

    private static final int MOST_GROUPS = 100;

    /** Failures of one fingerprint. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "FailureGroup")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Group(
            String task,
            String excType,

            @Schema(description = "The message, with a star for what varies")
            String pattern,

            int count,
            Instant firstAt,
            Instant lastAt,

            @Schema(description = "The last message as it was")
            String lastMessage,

            UUID lastJobId) {

        private Group with(Instant earlier) {
            return new Group(task, excType, pattern, count + 1, earlier, lastAt, lastMessage, lastJobId);
        }
    }

    /** @param failures the last one first */
    static FailureGroups of(List<Failure> failures) {
        var groups = new LinkedHashMap<Fingerprint, Group>();
        for (Failure failure : failures) {
            String type = failure.excType() == null ? "" : failure.excType();
            String message = failure.excMessage() == null ? "" : failure.excMessage();
            var fingerprint = Fingerprint.of(failure.task(), type, message);
            groups.merge(
                    fingerprint,
                    new Group(
                            failure.task(),
                            type,
                            fingerprint.pattern(),
                            1,
                            failure.finishedAt(),
                            failure.finishedAt(),
                            message,
                            failure.jobId()),
                    (before, one) -> before.with(one.firstAt()));
        }
        return new FailureGroups(
                failures.size(),
                failures.isEmpty() ? null : failures.getLast().finishedAt(),
                groups.values().stream()
                        .sorted(Comparator.comparingInt(Group::count).reversed())
                        .limit(MOST_GROUPS)
                        .toList());
    }
}
