package io.millrace.fleet;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker process as its row shows it.
 *
 * @param queues the queues it receives from
 * @param tasks the tasks it knows
 * @param active what it runs now, as JSON text: an array of {@code {job_id, task, started_at}}
 * @param wanted what was asked of it and is not in force yet, null if there is nothing
 */
public record Worker(
        String id,
        String host,
        String version,
        WorkerState state,
        List<String> queues,
        List<String> tasks,
        Pool pool,
        String active,
        long processed,
        long failed,
        long retried,
        Instant startedAt,
        Instant lastHeartbeat,
        long memoryBytes,
        @Nullable Wish wanted) {}
