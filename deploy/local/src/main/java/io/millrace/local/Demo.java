package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A small batch of real work, submitted and watched over HTTP as any user would: quick jobs, slow ones, some that fail once
 * and are retried, and the search for outliers in two real series.
 */
final class Demo {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final Set<String> FINISHED = Set.of("SUCCESS", "FAILURE", "REVOKED");
    private static final int SHOWN_CHARACTERS = 60;
    private static final String ANOMALIES = "detect_anomalies_task";

    private final ObjectMapper json = new ObjectMapper();
    private final DemoApi api;
    private final Consumer<String> says;

    Demo(String apiUrl, Consumer<String> says) {
        this.api = new DemoApi(apiUrl + "/api/v1");
        this.says = says;
    }

    /**
     * Runs the demo, a minute at most.
     *
     * @throws LocalFailure if a job was not accepted, or did not end well in time
     */
    void run() {
        ArrayNode batch = json.createArrayNode();
        smallJobs(batch);
        says.accept("\nThe demo: " + batch.size() + " jobs, submitted in bulk to " + api.address("/jobs/bulk"));
        List<String> ids = new ArrayList<>(submit(batch));
        PipelineDemo pipelines = new PipelineDemo(api, says);
        List<String> analyses = pipelines.tell();
        says.accept("and " + analyses.size() + " that follow from telling of two pipelines' executions");
        ids.addAll(analyses);
        Map<String, JsonNode> jobs = watch(ids);
        summary(jobs, pipelines);
    }

    private void smallJobs(ArrayNode batch) {
        for (int i = 1; i <= 8; i++) {
            batch.add(job("demo.echo", json.createObjectNode().put("message", "hello " + i)));
        }
        for (int i = 1; i <= 6; i++) {
            ObjectNode args = json.createObjectNode();
            args.putArray("values").add(i).add(10 * i).add(100 * i);
            batch.add(job("demo.add", args));
        }
        for (int i = 1; i <= 4; i++) {
            batch.add(job("demo.sleep", json.createObjectNode().put("seconds", i)));
        }
        for (int i = 1; i <= 2; i++) {
            ObjectNode failing = job("demo.fail", json.createObjectNode().put("times", 1));
            batch.add(failing.put("retry_delay", 1));
        }
    }

    private ObjectNode job(String task, ObjectNode args) {
        ObjectNode job = json.createObjectNode().put("task", task);
        job.set("args", args);
        return job;
    }

    private List<String> submit(ArrayNode batch) {
        JsonNode answer = api.post("/jobs/bulk", batch);
        for (JsonNode item : answer.path("items")) {
            if (!item.hasNonNull("job_id")) {
                throw new LocalFailure("The API refused job " + item.path("index") + ": " + item.path("error"));
            }
        }
        List<String> ids = answer.path("items")
                .valueStream()
                .map(item -> item.path("job_id").asText())
                .toList();
        if (ids.size() != batch.size()) {
            throw new LocalFailure("The API took " + ids.size() + " of " + batch.size() + " jobs: " + answer);
        }
        return ids;
    }

    /** Looks at every job until all have ended, and says how many are in which state whenever that changes. */
    private Map<String, JsonNode> watch(List<String> ids) {
        Instant start = Instant.now();
        Map<String, JsonNode> jobs = new LinkedHashMap<>();
        String last = "";
        while (true) {
            for (String id : ids) {
                JsonNode known = jobs.get(id);
                if (known == null || !finished(known)) {
                    jobs.put(id, api.get("/jobs/" + id));
                }
            }
            String counts = counts(jobs);
            Duration elapsed = Duration.between(start, Instant.now());
            if (!counts.equals(last)) {
                says.accept("  %5.1f s   %s".formatted(elapsed.toMillis() / 1_000.0, counts));
                last = counts;
            }
            if (jobs.values().stream().allMatch(Demo::finished) || elapsed.compareTo(LIMIT) > 0) {
                return jobs;
            }
            DemoApi.pause(LOOK_AGAIN);
        }
    }

    private static String counts(Map<String, JsonNode> jobs) {
        return jobs.values().stream()
                .collect(Collectors.groupingBy(Demo::state, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining("   "));
    }

    private void summary(Map<String, JsonNode> jobs, PipelineDemo pipelines) {
        says.accept("\n  %-24s %-9s %-8s %s".formatted("task", "state", "attempts", "result"));
        jobs.values().stream().filter(job -> !quiet(job)).forEach(this::line);
        pipelines.findings();
        long succeeded = jobs.values().stream()
                .filter(job -> state(job).equals("SUCCESS"))
                .count();
        if (succeeded < jobs.size()) {
            throw new LocalFailure(jobs.size() - succeeded + " of " + jobs.size() + " jobs did not end as expected.");
        }
        says.accept("\n  All " + succeeded + " jobs ended as expected.");
    }

    /** A year of a series; a hundred such lines tell nobody anything. */
    private static boolean quiet(JsonNode job) {
        return job.path("task").asText().equals(ANOMALIES) && state(job).equals("SUCCESS");
    }

    private void line(JsonNode job) {
        JsonNode shown = state(job).equals("SUCCESS") ? job.path("result") : job.path("error");
        String text = shown.isMissingNode() || shown.isNull() ? "" : shown.toString();
        boolean whole = text.length() <= SHOWN_CHARACTERS;
        says.accept("  %-24s %-9s %-8s %s"
                .formatted(
                        job.path("task").asText(),
                        state(job),
                        job.path("attempt").asText(),
                        whole ? text : text.substring(0, SHOWN_CHARACTERS) + "…"));
    }

    private static boolean finished(JsonNode job) {
        return FINISHED.contains(state(job));
    }

    private static String state(JsonNode job) {
        return job.path("state").asText();
    }
}
