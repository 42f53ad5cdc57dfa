package io.millrace.pack;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/**
 * The worker as it is, but quicker to try again, and with whom it calls back on the same machine. Tests that can live with
 * one another's jobs share it, since every profile costs a start of the worker, of PostgreSQL and of Kafka.
 */
public final class QuickWorker implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.ofEntries(
                Map.entry("millrace.worker.concurrency", "8"),
                Map.entry("millrace.worker.queues", "default,high_priority,low_priority,webhooks"),
                Map.entry("millrace.webhooks.allow-unsigned", "true"),
                Map.entry("millrace.webhooks.allow", "127.0.0.1"),
                Map.entry("millrace.tasks.execute_high_priority_task.retry-delay", "20ms"),
                Map.entry("millrace.tasks.refresh_market_data_chunk.retry-delay", "20ms"),
                Map.entry("millrace.tasks.refresh_market_data_chunk.rate-limit", "1000/s"),
                Map.entry("millrace.tasks.compute_index.retry-delay", "20ms"),
                Map.entry("millrace.market.chunk-size", "2"));
    }
}
