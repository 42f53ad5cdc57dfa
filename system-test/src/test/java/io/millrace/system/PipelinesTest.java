package io.millrace.system;

import static io.millrace.system.Stack.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.local.Component;
import io.millrace.local.Series;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pipeline monitoring as a user sees it: told over HTTP, found by workers, also where one is killed meanwhile. */
@Tag("real")
@ExtendWith(StackExtension.class)
class PipelinesTest {

    private static final Duration SOON = Duration.ofMinutes(2);

    private final Stack stack;
    private final String name = "p" + UUID.randomUUID().toString().replace("-", "");

    PipelinesTest(Stack stack) {
        this.stack = stack;
    }

    private JsonNode answered(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return stack.parse(response.body());
    }

    private long pipeline(String settings) {
        return answered(
                        stack.post("/pipelines", "{\"name\": \"" + name + UUID.randomUUID() + "\"" + settings + "}"),
                        201)
                .path("id")
                .asLong();
    }

    private long begun(long pipeline, String body) {
        return answered(stack.post("/pipelines/" + pipeline + "/executions", body), 201)
                .path("id")
                .asLong();
    }

    private JsonNode told(long execution, String body) {
        return answered(stack.patch("/pipelines/executions/" + execution, body), 200);
    }

    /** Tells of each year as an execution. @return the years by executions */
    private Map<Long, Integer> tell(long pipeline, Series series) {
        var years = new HashMap<Long, Integer>();
        series.values().forEach((year, value) -> {
            long execution = begun(pipeline, "{\"started_at\": \"" + year + "-01-01T00:00:00Z\"}");
            told(
                    execution,
                    "{\"status\": \"success\", \"finished_at\": \"%d-12-31T00:00:00Z\", \"metrics\": {\"%s\": %s}}"
                            .formatted(year, series.metric(), value));
            years.put(execution, year);
        });
        return years;
    }

    private Set<Integer> found(long pipeline, Map<Long, Integer> years) {
        return stack.get("/pipelines/" + pipeline + "/anomalies?limit=500")
                .path("anomalies")
                .valueStream()
                .map(anomaly -> years.getOrDefault(anomaly.path("execution_id").asLong(), 0))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void everyAnalysisHasSucceeded(long pipeline) {
        for (JsonNode execution :
                stack.get("/pipelines/" + pipeline + "/executions?limit=500").path("executions")) {
            JsonNode job = stack.job(execution.path("analysis_job_id").asText());
            assertThat(job.path("state").asText()).as("%s", job).isEqualTo("SUCCESS");
        }
    }

    @Test
    void what_is_known_to_be_unusual_is_found_although_a_worker_is_killed_in_the_middle() {
        long nile = pipeline(", \"threshold\": 2.5");
        long life = pipeline(", \"threshold\": 3");
        var years = tell(nile, Series.shipped("nile"));
        stack.kill9(Component.WORKER);
        years.putAll(tell(life, Series.shipped("life-expectancy")));
        stack.up();

        eventually(SOON, () -> {
            everyAnalysisHasSucceeded(nile);
            everyAnalysisHasSucceeded(life);
        });
        assertThat(found(nile, years)).containsExactly(1913, 1964);
        assertThat(found(life, years)).containsExactly(1918);
    }

    private Map<Long, Integer> reached(String path, String list) {
        var depths = new HashMap<Long, Integer>();
        String cursor = "";
        while (true) {
            JsonNode page = stack.get(path + "?limit=500" + cursor);
            for (JsonNode each : page.path(list)) {
                long id = each.path(each.has("address") ? "address" : "execution_id")
                        .asLong();
                assertThat(depths.put(id, each.path("depth").asInt()))
                        .as("%d twice", id)
                        .isNull();
            }
            if (!page.hasNonNull("next_cursor")) {
                return depths;
            }
            cursor = "&cursor=" + page.path("next_cursor").asText();
        }
    }

    private static Map<Long, Integer> bfs(Map<Long, Set<Long>> edges, long start) {
        var depths = new HashMap<Long, Integer>(Map.of(start, 0));
        var queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty()) {
            long here = queue.remove();
            for (long there : edges.getOrDefault(here, Set.of())) {
                if (depths.putIfAbsent(there, depths.getOrDefault(here, 0) + 1) == null) {
                    queue.add(there);
                }
            }
        }
        depths.remove(start);
        return depths;
    }

    @Test
    void lineage_of_many_small_changes_is_exact_in_the_end() {
        long pipeline = pipeline("");
        long base = UUID.randomUUID().getMostSignificantBits() >>> 24 << 8;
        var random = new Random(3);
        var edges = new HashMap<Long, Set<Long>>();
        for (int i = 0; i < 60; i++) {
            var added = new HashSet<String>();
            for (int j = 0; j < 4; j++) {
                long source = base + random.nextInt(60);
                long target = base + random.nextInt(60);
                edges.computeIfAbsent(source, _ -> new HashSet<>()).add(target);
                added.add("[" + source + "," + target + "]");
            }
            answered(stack.post("/lineage", "{\"pipeline_id\": " + pipeline + ", \"edges\": " + added + "}"), 202);
        }

        eventually(SOON, () -> {
            for (long address = base; address < base + 60; address++) {
                assertThat(reached("/lineage/" + address + "/descendants", "descendants"))
                        .isEqualTo(bfs(edges, address));
            }
        });
    }

    @Test
    void executions_know_their_descendants() {
        long pipeline = pipeline("");
        long root = begun(pipeline, "{}");
        long child = begun(pipeline, "{\"parent_id\": " + root + "}");
        long leaf = begun(pipeline, "{\"parent_id\": " + child + "}");

        eventually(
                SOON,
                () -> assertThat(reached("/pipelines/executions/" + root + "/descendants", "descendants"))
                        .isEqualTo(Map.of(child, 1, leaf, 2)));
        assertThat(reached("/pipelines/executions/" + leaf + "/ancestors", "ancestors"))
                .isEqualTo(Map.of(child, 1, root, 2));
    }

    @Test
    void stale_and_late_pipelines_are_found() {
        long pipeline = pipeline(", \"freshness_seconds\": 0.5, \"timeliness_seconds\": 0.5");
        long late = begun(pipeline, "{\"started_at\": \"2020-01-01T00:00:00Z\"}");
        told(
                late,
                "{\"status\": \"success\", \"finished_at\": \"2020-01-02T00:00:00Z\", \"metrics\": {\"inserts\": 5}}");
        long overdue = begun(pipeline, "{\"started_at\": \"2020-01-01T00:00:00Z\"}");

        assertThat(answered(stack.post("/schedules/freshness_check/run", ""), 202)
                        .path("task")
                        .asText())
                .isEqualTo("freshness_check_task");
        answered(stack.post("/schedules/timeliness_check/run", ""), 202);

        eventually(SOON, () -> {
            assertThat(stack.get("/pipelines/" + pipeline).hasNonNull("stale_since"))
                    .isTrue();
            assertThat(stack.get("/pipelines/executions/" + overdue).hasNonNull("late_at"))
                    .isTrue();
        });
        assertThat(stack.get("/pipelines/executions/" + late).hasNonNull("late_at"))
                .as("it has ended before the lookback")
                .isFalse();
    }
}
