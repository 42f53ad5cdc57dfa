package io.millrace.api.callback;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.callback.Callback;
import io.millrace.callback.CallbackStatus;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A callback as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Callback")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CallbackView(
        @Schema(description = "what receivers see as webhook-id")
        UUID callbackId,

        @Schema(description = "the job it tells of, null where it is a batch") @Nullable
        UUID jobId,

        @Schema(description = "the batch it tells of, null where it is a job") @Nullable
        UUID batchId,

        @Schema(description = "such as job.succeeded") String event,
        String url,
        CallbackStatus status,
        int attempts,

        @Schema(description = "what the receiver answered the last time, null where it gave no answer") @Nullable
        Integer lastResponseStatus,

        @Schema(description = "why the last attempt was none, null where it was not") @Nullable
        String lastError,

        Instant happenedAt,
        @Nullable Instant lastAttemptAt,

        @Schema(description = "null where it is tried as soon as there is a slot, or no more") @Nullable
        Instant nextAttemptAt,

        @Nullable Instant deliveredAt,
        @Schema(description = "the job that delivers it") UUID deliveryJobId) {

    static CallbackView of(Callback callback) {
        return new CallbackView(
                callback.id(),
                callback.jobId(),
                callback.batchId(),
                callback.event(),
                callback.url(),
                callback.status(),
                callback.attempts(),
                callback.lastStatus(),
                callback.lastError(),
                callback.happenedAt(),
                callback.lastAttemptAt(),
                callback.nextAttemptAt(),
                callback.deliveredAt(),
                callback.deliveryId());
    }

    /** Some callbacks, and where the next ones begin. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "CallbackPage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Page(
            List<CallbackView> callbacks,

            @Schema(description = "cursor of the next page, null on the last one") @Nullable
            String nextCursor) {

        /** Reads a page of what a store has, one more than is shown to see whether there are more. */
        static Page read(@Nullable String limit, @Nullable String cursor, Read read) {
            var errors = new ArrayList<FieldError>();
            int most = QueryParams.limit(limit, errors);
            UUID after = QueryParams.after(cursor, UUID::fromString, errors);
            QueryParams.refuse(errors);
            List<Callback> found = read.page(after, most + 1);
            List<Callback> shown = found.size() > most ? found.subList(0, most) : found;
            return new Page(
                    shown.stream().map(CallbackView::of).toList(),
                    found.size() > most
                            ? QueryParams.cursor(shown.getLast().id().toString())
                            : null);
        }
    }

    /** Asks a store for callbacks behind one of them. */
    interface Read {
        List<Callback> page(@Nullable UUID after, int limit);
    }
}
