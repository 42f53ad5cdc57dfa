package io.millrace.fleet;

import java.time.Instant;
import java.util.List;

/**
 * A worker process as its row shows it.
 *
 * @param active what it runs now, as JSON text: an array of {@code {job_id, task, started_at}}
 */
public record Worker(
        String id,
        String host,
        String version,
        WorkerState state,
        List<String> queues,
        int concurrency,
        String active,
        long processed,
        long failed,
        long retried,
        Instant startedAt,
        Instant lastHeartbeat,
        long memoryBytes) {}
