package io.millrace.fleet;

import java.util.List;

/**
 * What a worker says of itself with each sign of life.
 *
 * @param queues the queues it receives from
 * @param active what it runs now, as JSON text
 * @param processed jobs settled since it started
 * @param failed of those, the ones that ended in FAILURE
 * @param retried of those, the ones that will run again
 * @param memoryBytes what its process has in memory
 */
public record Heartbeat(
        String workerId,
        WorkerState state,
        List<String> queues,
        Pool pool,
        String active,
        long processed,
        long failed,
        long retried,
        long memoryBytes) {}
