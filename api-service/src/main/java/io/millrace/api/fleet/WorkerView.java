package io.millrace.api.fleet;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.fleet.Worker;
import io.millrace.fleet.WorkerState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A worker process as the wire has it. */
@RegisterForReflection(registerFullHierarchy = true)
@Schema(name = "Worker")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record WorkerView(
        String workerId,
        String host,
        WorkerState state,
        List<String> queues,
        int concurrency,

        @Schema(type = SchemaType.ARRAY, description = "What it runs now: job_id, task, started_at") @JsonRawValue
        String active,

        long processed,
        long failed,
        long retried,
        Instant startedAt,
        Instant lastHeartbeat,
        String version,
        long memoryBytes) {

    static WorkerView of(Worker worker) {
        return new WorkerView(
                worker.id(),
                worker.host(),
                worker.state(),
                worker.queues(),
                worker.concurrency(),
                worker.active(),
                worker.processed(),
                worker.failed(),
                worker.retried(),
                worker.startedAt(),
                worker.lastHeartbeat(),
                worker.version(),
                worker.memoryBytes());
    }
}
