package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The example index with made-up prices: they are fetched, the index is computed, and a report of it is made. */
final class MarketDemo {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Set<String> BATCH_RUNS = Set.of("PENDING", "RUNNING");
    private static final String INDEX = "trees";

    private final ObjectMapper json = new ObjectMapper();
    private final DemoApi api;
    private final Consumer<String> says;

    MarketDemo(String apiUrl, Consumer<String> says) {
        this.api = new DemoApi(apiUrl + "/api/v1");
        this.says = says;
    }

    /**
     * Runs the demo, a few seconds.
     *
     * @throws LocalFailure if a job was not accepted, or did not succeed in time
     */
    void run() {
        Instant limit = Instant.now().plus(LIMIT);
        says.accept("\nThe market index " + INDEX + ", with made-up prices");
        fetch(limit);
        succeeded("compute-index", json.createObjectNode(), limit);
        JsonNode index = api.get("/market/index/" + INDEX + "?from=2025-12-25");
        index.path("values")
                .forEach(day -> says.accept("  %s   %.2f"
                        .formatted(day.path("date").asText(), day.path("level").asDouble())));
        String report = succeeded("generate-report", json.createObjectNode(), limit)
                .path("job_id")
                .asText();
        says.accept("  A report of it: " + api.address("/market/reports/" + report));
    }

    private void fetch(Instant limit) {
        JsonNode refresh = succeeded("refresh-market-data", json.createObjectNode(), limit);
        String batch = refresh.path("result").path("batch_id").asText("");
        if (batch.isEmpty()) {
            return;
        }
        String status = "PENDING";
        while (BATCH_RUNS.contains(status)) {
            pause(limit, () -> "");
            status = api.get("/batches/" + batch).path("status").asText();
        }
        if (!status.equals("COMPLETED")) {
            throw new LocalFailure("The batch of prices " + batch + " ended as " + status + ".");
        }
    }

    /** Submits a job about the index and waits for it. */
    private JsonNode succeeded(String what, ObjectNode body, Instant limit) {
        JsonNode job = api.post("/background/" + what, body.put("index", INDEX));
        String id = job.path("job_id").asText();
        while (job.path("finished_at").isNull()) {
            pause(limit, () -> " " + what + ": " + api.why(id));
            job = api.get("/jobs/" + id);
        }
        if (!job.path("state").asText().equals("SUCCESS")) {
            throw new LocalFailure(what + " ended as " + job.path("state") + ": " + job.path("error"));
        }
        return job;
    }

    private static void pause(Instant limit, Supplier<String> why) {
        if (Instant.now().isAfter(limit)) {
            throw new LocalFailure(
                    "The demo of the market did not end within " + LIMIT.toSeconds() + " s." + why.get());
        }
        DemoApi.pause(LOOK_AGAIN);
    }
}
