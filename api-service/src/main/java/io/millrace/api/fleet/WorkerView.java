package io.millrace.api.fleet;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.fleet.Pool;
import io.millrace.fleet.SlotRange;
import io.millrace.fleet.Wish;
import io.millrace.fleet.Worker;
import io.millrace.fleet.WorkerState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A worker process as the wire has it: what is in force, and what was asked and is not in force yet. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Worker")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record WorkerView(
        String workerId,
        String host,
        WorkerState state,

        @Schema(description = "It receives from these now") List<String> queues,

        @Schema(description = "Slots; those that runs have yet to leave are among them")
        int concurrency,

        @Schema(description = "The bounds between which it changes its slots by itself; null if it does not") @Nullable
        Autoscale autoscale,

        @Schema(description = "What was asked of it and is not in force yet; null if there is nothing") @Nullable
        Wanted wanted,

        @Schema(type = SchemaType.ARRAY, description = "What it runs now, a hundred at most: job_id, task, started_at")
        @JsonRawValue
        String active,

        @Schema(description = "How many jobs it runs now") int running,

        @Schema(description = "Hints it holds that wait for a slot")
        int reserved,

        @Schema(description = "The tasks it knows") List<String> registered,
        long processed,
        long failed,
        long retried,

        @Schema(description = "Threads that do not end although their jobs have been settled")
        int threadsStuck,

        Instant startedAt,
        double uptimeSeconds,
        Instant lastHeartbeat,
        String version,
        long memoryBytes) {

    /** Bounds of a pool. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "Autoscale")
    public record Autoscale(int max, int min) {

        static @Nullable Autoscale of(@Nullable SlotRange range) {
            return range == null || range.isFixed() ? null : new Autoscale(range.max(), range.min());
        }
    }

    /** A wish. What is null is as it was. */
    @RegisterForReflection(registerFullHierarchy = true)
    @Schema(name = "WorkerWanted")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Wanted(
            @Nullable Integer concurrency,
            @Nullable Autoscale autoscale,
            @Nullable List<String> queues,
            boolean shutdown) {

        static @Nullable Wanted of(@Nullable Wish wish) {
            if (wish == null) {
                return null;
            }
            SlotRange slots = wish.slots();
            return new Wanted(
                    slots == null || !slots.isFixed() ? null : Integer.valueOf(slots.max()),
                    Autoscale.of(slots),
                    wish.queues(),
                    wish.shutdown());
        }
    }

    static WorkerView of(Worker worker, Instant now) {
        Pool pool = worker.pool();
        Instant until = worker.state().alive() ? now : worker.lastHeartbeat();
        return new WorkerView(
                worker.id(),
                worker.host(),
                worker.state(),
                worker.queues(),
                pool.concurrency(),
                Autoscale.of(pool.range()),
                Wanted.of(worker.wanted()),
                worker.active(),
                pool.running(),
                pool.reserved(),
                worker.tasks(),
                worker.processed(),
                worker.failed(),
                worker.retried(),
                pool.stuck(),
                worker.startedAt(),
                Math.max(0, Duration.between(worker.startedAt(), until).toMillis() / 1000.0),
                worker.lastHeartbeat(),
                worker.version(),
                worker.memoryBytes());
    }
}
