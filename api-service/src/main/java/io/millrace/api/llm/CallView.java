package io.millrace.api.llm;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.job.DomainStatus;
import io.millrace.job.Job;
import io.millrace.llm.LlmCall;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A call as the wire has it: how it stands, and what its callback says or will say. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "LlmCall")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CallView(
        UUID jobId,

        @Schema(description = "pending, processing, success or failed")
        String status,

        @Schema(description = "null until it has ended") @Nullable
        Boolean success,

        @Schema(type = SchemaType.OBJECT, description = "response and usage, as long as the result is kept")
        @JsonRawValue
        String data,

        @Nullable Failure error,
        @Nullable UsageView usage,
        Config config,

        @Schema(description = "What was asked, as long as its job is kept") @Nullable
        String query,

        @Nullable String projectId,
        @Nullable String organizationId,
        Instant createdAt,
        @Nullable Instant answeredAt) {

    private static final String NOTHING = "null";

    /** The configuration that the call is made with. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LlmConfigVersion")
    public record Config(long id, int version) {}

    /** Why it has failed. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LlmFailure")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Failure(String code, String excType, String excMessage) {}

    /** What it has cost, in tokens. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LlmUsage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record UsageView(long inputTokens, long outputTokens, long totalTokens) {}

    /** @param job null if it is no longer kept */
    static CallView of(LlmCall call, @Nullable Job job, Instant now) {
        DomainStatus status = status(call, job);
        return new CallView(
                call.jobId(),
                status.wireName(),
                switch (status) {
                    case PENDING, PROCESSING -> null;
                    case SUCCESS -> true;
                    case FAILED -> false;
                },
                job == null ? NOTHING : data(job, now),
                job == null || job.error() == null ? null : failure(new JsonObject(job.error())),
                call.usage() == null
                        ? null
                        : new UsageView(
                                call.usage().inputTokens(),
                                call.usage().outputTokens(),
                                call.usage().totalTokens()),
                new Config(call.configId(), call.configVersion()),
                job == null ? null : query(new JsonObject(job.args())),
                call.projectId(),
                call.organizationId(),
                call.createdAt(),
                call.answeredAt());
    }

    private static @Nullable String query(JsonObject args) {
        return args.getValue("request_data") instanceof JsonObject request
                        && request.getValue("query") instanceof String query
                ? query
                : null;
    }

    private static DomainStatus status(LlmCall call, @Nullable Job job) {
        if (job != null) {
            return DomainStatus.of(job.state());
        }
        return call.answeredAt() == null ? DomainStatus.FAILED : DomainStatus.SUCCESS;
    }

    private static String data(Job job, Instant now) {
        Instant forgotten = job.resultExpiresAt();
        return job.result() == null || forgotten == null || forgotten.isBefore(now) ? NOTHING : job.result();
    }

    private static Failure failure(JsonObject error) {
        return new Failure(
                error.getString("code", ""), error.getString("exc_type", ""), error.getString("exc_message", ""));
    }

    /** Some calls, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "LlmCallPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<CallView> calls,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {}

    /** A call as it is posted; for the documentation only. */
    @Schema(name = "NewLlmCall")
    record Posted(
            Config config,
            String query,
            @Nullable String callback_url,
            @Nullable String project_id,
            @Nullable String organization_id,
            @Nullable String trace_id,
            @Nullable String idempotency_key) {}

    /** A call that was accepted. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "AcceptedLlmCall")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Accepted(UUID jobId, String status) {}
}
