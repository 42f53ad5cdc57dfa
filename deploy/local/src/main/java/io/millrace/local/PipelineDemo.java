package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Two real series as pipelines, a year an execution: each success is compared with the years before it, by a job that
 * follows from telling it. A hundred years of the Nile's flow, and the life expectancy of the United States.
 */
final class PipelineDemo {

    private record Example(String series, String title, double threshold) {}

    private static final List<Example> EXAMPLES = List.of(
            new Example("nile", "The annual flow of the Nile at Aswan", 2.5),
            new Example("life-expectancy", "Life expectancy at birth in the United States", 3));

    private final ObjectMapper json = new ObjectMapper();
    private final DemoApi api;
    private final Consumer<String> says;
    private final Map<Example, Long> pipelines = new HashMap<>();
    private final Map<Long, Integer> years = new HashMap<>();

    PipelineDemo(DemoApi api, Consumer<String> says) {
        this.api = api;
        this.says = says;
    }

    /** Tells of every year as an execution. @return the jobs that look for anomalies in them */
    List<String> tell() {
        List<String> jobs = new ArrayList<>();
        for (Example example : EXAMPLES) {
            Series series = Series.shipped(example.series());
            long pipeline = create(example);
            pipelines.put(example, pipeline);
            series.values().forEach((year, value) -> jobs.add(tell(pipeline, year, series.metric(), value)));
        }
        return jobs;
    }

    private long create(Example example) {
        ObjectNode body = json.createObjectNode()
                .put("name", example.series() + "-" + Instant.now().toEpochMilli())
                .put("window", 30)
                .put("min_samples", 10)
                .put("threshold", example.threshold());
        return api.send("POST", "/pipelines", body).path("id").asLong();
    }

    private String tell(long pipeline, int year, String metric, double value) {
        ObjectNode begins = json.createObjectNode().put("started_at", year + "-01-01T00:00:00Z");
        long execution = api.send("POST", "/pipelines/" + pipeline + "/executions", begins)
                .path("id")
                .asLong();
        years.put(execution, year);
        ObjectNode ends =
                json.createObjectNode().put("status", "success").put("finished_at", (year + 1) + "-01-01T00:00:00Z");
        ends.putObject("metrics").put(metric, value);
        return api.send("PATCH", "/pipelines/executions/" + execution, ends)
                .path("analysis_job_id")
                .asText();
    }

    /** Says what was found. */
    void findings() {
        for (Example example : EXAMPLES) {
            long pipeline = pipelines.getOrDefault(example, 0L);
            says.accept("\n  %s (pipeline %d), each year against the thirty before it:"
                    .formatted(example.title(), pipeline));
            for (JsonNode anomaly :
                    api.get("/pipelines/" + pipeline + "/anomalies").path("anomalies")) {
                says.accept("    %d   %.1f   mean %.1f   standard deviation %.1f   z %+.2f   anomaly"
                        .formatted(
                                years.getOrDefault(anomaly.path("execution_id").asLong(), 0),
                                anomaly.path("value").asDouble(),
                                anomaly.path("mean").asDouble(),
                                anomaly.path("standard_deviation").asDouble(),
                                anomaly.path("z_score").asDouble()));
            }
        }
    }
}
