package io.millrace.fleet;

/**
 * What a worker says of itself with each sign of life.
 *
 * @param active what it runs now, as JSON text
 * @param processed jobs settled since it started
 * @param failed of those, the ones that ended in FAILURE
 * @param retried of those, the ones that will run again
 */
public record Heartbeat(
        String workerId,
        WorkerState state,
        int concurrency,
        String active,
        long processed,
        long failed,
        long retried,
        long memoryBytes) {}
