package io.millrace.api.job;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.Job;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.trace.TraceContext;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A job as the wire has it. Columns that are JSON go out as they are; where there is nothing, they are the JSON text
 * {@code null}, because Quarkus's generated serializers write nothing at all for a raw value that is absent.
 */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Job")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record JobView(
        UUID jobId,
        String task,
        @Schema(type = SchemaType.OBJECT) @JsonRawValue String args,
        String queue,
        int priority,
        JobState state,
        @Schema(description = "Starts so far") int attempt,
        int maxRetries,

        @Schema(type = SchemaType.OBJECT, description = "current, total, percent, status, current_step") @JsonRawValue
        String progress,

        @Schema(description = "What the task returned, any JSON") @JsonRawValue
        String result,

        @Nullable Failure error,
        @Nullable String worker,
        @Nullable String traceId,
        @Nullable String projectId,
        @Nullable UUID batchId,
        @Nullable UUID parentId,
        @Nullable UUID rootId,
        List<String> tags,
        @Nullable String callbackUrl,
        Instant createdAt,
        @Nullable Instant eta,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Instant expiresAt,
        @Nullable Instant nextRetryAt,
        @Nullable Instant resultExpiresAt,
        @Nullable Double softTimeLimit,
        @Nullable Double timeLimit) {

    private static final String NOTHING = "null";

    /** Why the last attempt failed, and how many have. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "JobFailure")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Failure(
            String excType,
            String excMessage,
            int retryCount,
            int maxRetries,
            @Nullable String traceback) {}

    /** A job that has just been accepted. */
    static JobView of(NewJob job) {
        return new JobView(
                job.id(),
                job.task(),
                job.args(),
                job.queue(),
                job.priority(),
                job.state(),
                0,
                job.maxRetries(),
                NOTHING,
                NOTHING,
                null,
                null,
                TraceContext.shown(job.traceId()),
                job.projectId(),
                null,
                null,
                null,
                job.tags(),
                job.callbackUrl(),
                job.createdAt(),
                job.dueAt(),
                null,
                null,
                job.expiresAt(),
                null,
                null,
                job.softTimeLimitSeconds(),
                job.timeLimitSeconds());
    }

    /** A job as its row stands. A result that is no longer to be kept is not shown, whether or not it is still there. */
    static JobView of(Job job, Instant now) {
        Instant forgotten = job.resultExpiresAt();
        return new JobView(
                job.id(),
                job.task(),
                job.args(),
                job.queue(),
                job.priority(),
                job.reportedState(),
                job.attempt(),
                job.maxRetries(),
                orNothing(job.progress()),
                forgotten != null && forgotten.isBefore(now) ? NOTHING : orNothing(job.result()),
                failure(job),
                job.workerId(),
                job.traceId(),
                job.projectId(),
                job.batchId(),
                job.parentId(),
                job.rootId(),
                job.tags(),
                job.callbackUrl(),
                job.createdAt(),
                job.eta(),
                job.startedAt(),
                job.finishedAt(),
                job.expiresAt(),
                job.state() == JobState.RETRY ? job.dueAt() : null,
                forgotten,
                job.softTimeLimit(),
                job.timeLimit());
    }

    private static String orNothing(@Nullable String json) {
        return json == null ? NOTHING : json;
    }

    private static @Nullable Failure failure(Job job) {
        if (job.error() == null) {
            return null;
        }
        var error = new JsonObject(job.error());
        return new Failure(
                error.getString("exc_type", ""),
                error.getString("exc_message", ""),
                retries(job),
                job.maxRetries(),
                error.getString("traceback"));
    }

    /** How often it has been tried again, or will be: the failure that was the last one is no retry. */
    private static int retries(Job job) {
        return job.state() == JobState.FAILURE ? Math.max(0, job.failures() - 1) : job.failures();
    }
}
