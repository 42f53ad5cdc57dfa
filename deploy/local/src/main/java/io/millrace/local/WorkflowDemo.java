package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Fifty workflows of the simulated remote API in four batches: one completes, one fails, one is cancelled on the way, and
 * one meets everything that can go wrong and ends mixed.
 */
final class WorkflowDemo {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final ObjectMapper json = new ObjectMapper();
    private final DemoApi api;
    private final DemoApi simulator;
    private final Consumer<String> says;

    WorkflowDemo(String apiUrl, int simulatorPort, Consumer<String> says) {
        this.api = new DemoApi(apiUrl + "/api/v1/workflows");
        this.simulator = new DemoApi("http://127.0.0.1:" + simulatorPort);
        this.says = says;
    }

    private record Batch(String name, String expected, String id) {}

    /**
     * Runs the demo, a minute and a half at most.
     *
     * @throws LocalFailure if a batch was not accepted, or ended otherwise than it should
     */
    void run() {
        JsonNode before = seen();
        List<Batch> batches = List.of(
                submit("portfolio that completes", "COMPLETED", completing(20)),
                submit("portfolio that fails", "FAILED", failing(10)),
                submit("portfolio that is cancelled", "CANCELLED", endless(10)),
                submit("portfolio with every trouble", "MIXED", troubled()));
        says.accept("\nRemote workflows: 50 in 4 batches, submitted to " + api.address("/batches"));
        Map<Batch, JsonNode> ended = watch(batches);
        says.accept("\n  %-30s %-10s %9s %7s %9s".formatted("batch", "status", "completed", "failed", "cancelled"));
        boolean asExpected = true;
        for (var entry : ended.entrySet()) {
            JsonNode counts = entry.getValue().path("counts");
            String status = entry.getValue().path("status").asText();
            asExpected &= status.equals(entry.getKey().expected());
            says.accept("  %-30s %-10s %9d %7d %9d"
                    .formatted(
                            entry.getKey().name(),
                            status,
                            counts.path("completed").asInt(),
                            counts.path("failed").asInt(),
                            counts.path("cancelled").asInt()));
        }
        JsonNode after = seen();
        says.accept(
                "  The remote side has started %d workflows for %d submissions, was polled %d times and made %d faults."
                        .formatted(
                                since(before, after, "workflows"),
                                since(before, after, "submissions"),
                                since(before, after, "polls"),
                                since(before, after, "faults")));
        if (!asExpected) {
            throw new LocalFailure("A batch of workflows ended otherwise than it should.");
        }
    }

    private ArrayNode completing(int count) {
        ArrayNode jobs = json.createArrayNode();
        for (int i = 1; i <= count; i++) {
            job(jobs, "account " + i).put("polls", 2 + i % 3);
        }
        return jobs;
    }

    private ArrayNode failing(int count) {
        ArrayNode jobs = json.createArrayNode();
        for (int i = 1; i <= count; i++) {
            job(jobs, "account " + i).put("outcome", "failed").put("polls", 2);
        }
        return jobs;
    }

    private ArrayNode endless(int count) {
        ArrayNode jobs = json.createArrayNode();
        for (int i = 1; i <= count; i++) {
            job(jobs, "account " + i).put("outcome", "stuck");
        }
        return jobs;
    }

    /** Faults before and after the fact, on submission and on polls; two are refused, one fails, one is cancelled over there. */
    private ArrayNode troubled() {
        ArrayNode jobs = json.createArrayNode();
        job(jobs, "unavailable at first").putArray("submit").add("503");
        job(jobs, "throttled").putArray("submit").add("429:1");
        job(jobs, "the answer is lost").putArray("submit").add("lost");
        job(jobs, "the answer is malformed").putArray("submit").add("malformed");
        job(jobs, "polls time out").putArray("poll").add("drop").add("ok").add("503");
        job(jobs, "polls are throttled").putArray("poll").add("429:1");
        job(jobs, "refused").putArray("submit").add("422");
        job(jobs, "forgotten").putArray("poll").add("ok").add("404");
        job(jobs, "fails").put("outcome", "failed");
        job(jobs, "cancelled by the remote side").put("outcome", "cancelled");
        return jobs;
    }

    private ObjectNode job(ArrayNode jobs, String name) {
        ObjectNode job = jobs.addObject().put("name", name);
        return job.putObject("payload").put("model", "catastrophe").putObject("simulate");
    }

    private Batch submit(String name, String expected, ArrayNode jobs) {
        ObjectNode body = json.createObjectNode().put("name", name);
        body.set("jobs", jobs);
        JsonNode answer = api.post("/batches", body);
        return new Batch(name, expected, answer.path("batch_id").asText());
    }

    private Map<Batch, JsonNode> watch(List<Batch> batches) {
        Instant start = Instant.now();
        Map<Batch, JsonNode> now = new LinkedHashMap<>();
        String last = "";
        boolean cancelled = false;
        while (true) {
            for (Batch batch : batches) {
                now.put(batch, api.get("/batches/" + batch.id()));
            }
            Duration elapsed = Duration.between(start, Instant.now());
            String line = line(now);
            if (!line.equals(last)) {
                says.accept("  %5.1f s   %s".formatted(elapsed.toMillis() / 1_000.0, line));
                last = line;
            }
            Batch toCancel = batches.get(2);
            if (!cancelled && status(now, toCancel).equals("RUNNING") && elapsed.toSeconds() >= 3) {
                JsonNode _ = api.send(
                        HttpRequest.newBuilder(URI.create(api.address("/batches/" + toCancel.id() + "/cancel")))
                                .POST(HttpRequest.BodyPublishers.noBody()));
                cancelled = true;
            }
            if (now.values().stream().allMatch(batch -> batch.hasNonNull("finished_at"))
                    || elapsed.compareTo(LIMIT) > 0) {
                return now;
            }
            DemoApi.pause(LOOK_AGAIN);
        }
    }

    private static String status(Map<Batch, JsonNode> now, Batch batch) {
        JsonNode seen = now.get(batch);
        return seen == null ? "" : seen.path("status").asText();
    }

    private static String line(Map<Batch, JsonNode> now) {
        return now.values().stream()
                .map(batch -> batch.path("status").asText() + " "
                        + (batch.at("/counts/total").asInt()
                                - batch.at("/counts/active").asInt())
                        + "/" + batch.at("/counts/total").asInt())
                .collect(Collectors.joining("   "));
    }

    private JsonNode seen() {
        return simulator.get("/simulator").path("seen");
    }

    private static long since(JsonNode before, JsonNode after, String what) {
        return after.path(what).asLong() - before.path(what).asLong();
    }
}
