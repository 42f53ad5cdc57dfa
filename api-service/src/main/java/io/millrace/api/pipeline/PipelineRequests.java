package io.millrace.api.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.body.Body;
import io.millrace.api.body.JsonFields;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.pipeline.ExecutionChange;
import io.millrace.pipeline.ExecutionStatus;
import io.millrace.pipeline.Pipeline;
import io.millrace.store.LineageStore.Edge;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests about pipelines. What is wrong is collected, so that a caller hears of all of it at once. */
final class PipelineRequests {

    /** The most edges of one request. */
    static final int MAX_EDGES = 10_000;

    private static final int NAME_LENGTH = 200;
    private static final int ERROR_LENGTH = 2_000;
    private static final int MAX_METRICS = 100;
    private static final int MAX_SAMPLES = 1_000;

    /** Ten years: beyond that, nobody meant it. */
    private static final double LONGEST_SECONDS = 315_360_000;

    /** Numbers beyond this are no longer exact in every client. */
    private static final long MAX_ADDRESS = (1L << 53) - 1;

    /** How far another's clock may be ahead of ours. */
    private static final Duration CLOCKS_APART = Duration.ofMinutes(5);

    private static final Set<String> PIPELINE_FIELDS =
            Set.of("name", "freshness_seconds", "timeliness_seconds", "window", "min_samples", "threshold", "active");

    private final ObjectNode body;
    private final List<FieldError> errors = new ArrayList<>();

    private PipelineRequests(Body body, Set<String> fields) {
        this.body = JsonFields.object(body, fields);
    }

    /** A pipeline that is to be made. */
    static Pipeline.Settings newPipeline(Body body) {
        return pipeline(body, null);
    }

    /** What a pipeline is to be; what the request does not mention stays as it is. */
    static Pipeline.Settings changedPipeline(Body body, Pipeline.Settings before) {
        return pipeline(body, before);
    }

    private static Pipeline.Settings pipeline(Body body, Pipeline.@Nullable Settings before) {
        var in = new PipelineRequests(body, PIPELINE_FIELDS);
        var settings = new Pipeline.Settings(
                in.name(before),
                in.has("freshness_seconds") || before == null ? in.seconds("freshness_seconds") : before.freshness(),
                in.has("timeliness_seconds") || before == null ? in.seconds("timeliness_seconds") : before.timeliness(),
                in.has("window") || before == null ? in.samples("window") : before.window(),
                in.has("min_samples") || before == null ? in.samples("min_samples") : before.minSamples(),
                in.has("threshold") || before == null ? in.threshold() : before.threshold(),
                in.active(before));
        Integer window = settings.window();
        Integer minSamples = settings.minSamples();
        if (window != null && minSamples != null && minSamples > window) {
            in.error("min_samples", "must not be more than window, " + window);
        }
        in.refuse();
        return settings;
    }

    /** An execution that is to begin. */
    record NewExecution(@Nullable Long parentId, Instant startedAt) {}

    /** An execution that is to begin, now unless it says otherwise. */
    static NewExecution newExecution(Body body, Instant now) {
        var in = new PipelineRequests(body, Set.of("parent_id", "started_at"));
        JsonNode parent = in.body.path("parent_id");
        if (JsonFields.isThere(parent) && !isWhole(parent, 1, Long.MAX_VALUE)) {
            in.error("parent_id", "must be the id of an execution, or null");
        }
        Instant startedAt = in.time("started_at", now);
        in.refuse();
        return new NewExecution(
                JsonFields.isThere(parent) ? parent.longValue() : null, startedAt == null ? now : startedAt);
    }

    /** What an execution tells. */
    static ExecutionChange executionChange(Body body, Instant now) {
        var in = new PipelineRequests(body, Set.of("status", "metrics", "error", "finished_at"));
        ExecutionStatus status = in.status().orElse(null);
        var change = new ExecutionChange(status, in.metrics(), in.errorText(), in.time("finished_at", now));
        if (change.finishedAt() != null && !change.ends()) {
            in.error("finished_at", "goes with a status of success or failed");
        }
        if (in.body.isEmpty()) {
            in.error("", "must have status, metrics or error");
        }
        in.refuse();
        return change;
    }

    /** Edges of a pipeline. */
    record Edges(long pipelineId, Set<Edge> edges) {}

    /** Edges that are to be added or removed. */
    static Edges edges(Body body) {
        var in = new PipelineRequests(body, Set.of("pipeline_id", "edges"));
        JsonNode pipeline = in.body.path("pipeline_id");
        if (!isWhole(pipeline, 1, Long.MAX_VALUE)) {
            in.error("pipeline_id", "must be the id of a pipeline");
        }
        JsonNode edges = in.body.path("edges");
        var read = new LinkedHashSet<Edge>();
        if (!edges.isArray() || edges.isEmpty() || edges.size() > MAX_EDGES) {
            in.error("edges", "must be an array of 1 to " + MAX_EDGES + " pairs [source, target]");
        } else {
            for (int i = 0; i < edges.size(); i++) {
                JsonNode edge = edges.get(i);
                if (edge.size() == 2
                        && isWhole(edge.path(0), 0, MAX_ADDRESS)
                        && isWhole(edge.path(1), 0, MAX_ADDRESS)) {
                    read.add(new Edge(edge.path(0).longValue(), edge.path(1).longValue()));
                } else {
                    in.error("edges[" + i + "]", "must be a pair of addresses, whole numbers from 0 to " + MAX_ADDRESS);
                }
            }
        }
        in.refuse();
        return new Edges(pipeline.longValue(), read);
    }

    private boolean has(String field) {
        return body.has(field);
    }

    private String name(Pipeline.@Nullable Settings before) {
        JsonNode name = body.path("name");
        if (name.isMissingNode() && before != null) {
            return before.name();
        }
        String text = name.isTextual() ? name.textValue() : "";
        if (text.isBlank() || text.length() > NAME_LENGTH || text.indexOf('\u0000') >= 0) {
            error("name", "must be text of 1 to " + NAME_LENGTH + " characters");
        }
        return text;
    }

    private @Nullable Duration seconds(String field) {
        JsonNode seconds = body.path(field);
        if (!JsonFields.isThere(seconds)) {
            return null;
        }
        // Less than a millisecond would be none at all.
        if (!seconds.isNumber() || !(seconds.doubleValue() >= 0.001) || seconds.doubleValue() > LONGEST_SECONDS) {
            error(
                    field,
                    "must be a number of seconds greater than 0 and at most " + (long) LONGEST_SECONDS + ", or null");
            return null;
        }
        return Duration.ofMillis(Math.round(seconds.doubleValue() * 1000));
    }

    private @Nullable Integer samples(String field) {
        JsonNode samples = body.path(field);
        if (!JsonFields.isThere(samples)) {
            return null;
        }
        if (!isWhole(samples, 2, MAX_SAMPLES)) {
            error(field, "must be a whole number from 2 to " + MAX_SAMPLES + ", or null");
            return null;
        }
        return samples.intValue();
    }

    private @Nullable Double threshold() {
        JsonNode threshold = body.path("threshold");
        if (!JsonFields.isThere(threshold)) {
            return null;
        }
        if (!threshold.isNumber() || !(threshold.doubleValue() > 0) || threshold.doubleValue() > 1_000) {
            error("threshold", "must be a number greater than 0 and at most 1000, or null");
            return null;
        }
        return threshold.doubleValue();
    }

    private boolean active(Pipeline.@Nullable Settings before) {
        JsonNode active = body.path("active");
        if (!JsonFields.isThere(active)) {
            return before == null || before.active();
        }
        if (!active.isBoolean()) {
            error("active", "must be true or false");
        }
        return active.booleanValue();
    }

    private Optional<ExecutionStatus> status() {
        JsonNode status = body.path("status");
        if (!JsonFields.isThere(status)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ExecutionStatus.of(status.isTextual() ? status.textValue() : ""));
        } catch (IllegalArgumentException e) {
            error("status", "must be running, success or failed");
            return Optional.empty();
        }
    }

    private Map<String, Double> metrics() {
        JsonNode metrics = body.path("metrics");
        var read = new TreeMap<String, Double>();
        if (!JsonFields.isThere(metrics)) {
            return read;
        }
        if (!metrics.isObject() || metrics.size() > MAX_METRICS) {
            error("metrics", "must be an object of at most " + MAX_METRICS + " numbers by name");
            return read;
        }
        metrics.properties().forEach(metric -> {
            String name = metric.getKey();
            if (name.isBlank() || name.length() > NAME_LENGTH || name.indexOf('\u0000') >= 0) {
                error("metrics", "must have names of 1 to " + NAME_LENGTH + " characters");
            } else if (!metric.getValue().isNumber()
                    || !Double.isFinite(metric.getValue().doubleValue())) {
                error("metrics." + name, "must be a number");
            } else {
                // Minus zero is zero.
                read.put(name, metric.getValue().doubleValue() + 0.0);
            }
        });
        return read;
    }

    private @Nullable String errorText() {
        JsonNode text = body.path("error");
        if (!JsonFields.isThere(text)) {
            return null;
        }
        if (!text.isTextual() || text.textValue().indexOf('\u0000') >= 0) {
            error("error", "must be text, or null");
            return null;
        }
        String all = text.textValue();
        return all.length() <= ERROR_LENGTH ? all : all.substring(0, ERROR_LENGTH);
    }

    private @Nullable Instant time(String field, Instant now) {
        JsonNode time = body.path(field);
        if (!JsonFields.isThere(time)) {
            return null;
        }
        if (!time.isTextual() || time.textValue().isEmpty()) {
            error(field, "must be a time with its zone, such as 2026-01-31T12:00:00Z");
            return null;
        }
        Instant read = QueryParams.time(field, time.textValue(), errors);
        if (read != null && read.isAfter(now.plus(CLOCKS_APART))) {
            error(field, "must not be in the future");
        }
        return read;
    }

    private static boolean isWhole(JsonNode node, long min, long max) {
        return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= min && node.longValue() <= max;
    }

    private void error(String field, String message) {
        errors.add(new FieldError(field, message));
    }

    private void refuse() {
        QueryParams.refuse(errors);
    }
}
