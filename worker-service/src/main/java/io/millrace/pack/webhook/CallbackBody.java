package io.millrace.pack.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.millrace.batch.Batch;
import io.millrace.callback.Callback;
import io.millrace.job.Job;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a callback says: {@code type}, {@code timestamp} and {@code data}, as Standard Webhooks advises, and
 * {@code success} for those who only want to know that. What has happened stands in the callback itself; what came of it
 * is read from the job as it stands, unless the job has run again since. No arguments and no stack traces: both may hold
 * what is not for the receiver.
 */
final class CallbackBody {

    private final long maxResult;
    private final String apiUrl;
    private final Set<String> resultAsData;
    private final ObjectMapper mapper = JsonMapper.builder().build();

    /**
     * @param maxResult bytes of a result that is sent along
     * @param apiUrl what {@code /api/v1} is put behind
     * @param resultAsData tasks whose bare result is the data
     */
    CallbackBody(long maxResult, String apiUrl, Set<String> resultAsData) {
        this.maxResult = maxResult;
        this.apiUrl = apiUrl;
        this.resultAsData = resultAsData;
    }

    /** Tells of a job; null if it is no longer kept. */
    String ofJob(Callback callback, @Nullable Job job, Instant now) {
        ObjectNode body = envelope(callback, callback.event().equals("job.succeeded"));
        boolean asItEnded = job != null && callback.happenedAt().equals(job.finishedAt());
        if (job != null && resultAsData.contains(job.task())) {
            body.put("job_id", job.id().toString());
            if (asItEnded) {
                result(body, "data", job, now);
                error(body, job);
            }
            return write(body);
        }
        ObjectNode data = body.putObject("data");
        data.put("job_id", String.valueOf(callback.jobId()));
        data.put("state", state(callback.event()));
        if (job != null) {
            data.put("task", job.task());
            data.put("queue", job.queue());
            put(data, "project_id", job.projectId());
            put(data, "batch_id", job.batchId());
            put(data, "trace_id", job.traceId());
            if (!job.tags().isEmpty()) {
                var tags = data.putArray("tags");
                job.tags().forEach(tags::add);
            }
        }
        if (job != null && asItEnded) {
            data.put("attempt", job.attempt());
            put(data, "created_at", job.createdAt());
            put(data, "started_at", job.startedAt());
            result(data, "result", job, now);
            error(data, job);
        }
        data.put("finished_at", callback.happenedAt().toString());
        return write(body);
    }

    /** Tells of a batch; null if it is no longer kept. */
    String ofBatch(Callback callback, @Nullable Batch batch) {
        ObjectNode body = envelope(callback, callback.event().equals("batch.completed"));
        ObjectNode data = body.putObject("data");
        data.put("batch_id", String.valueOf(callback.batchId()));
        data.put("status", state(callback.event()));
        if (batch != null) {
            put(data, "name", batch.name());
            put(data, "project_id", batch.projectId());
            put(data, "created_at", batch.createdAt());
            put(data, "started_at", batch.startedAt());
            if (callback.happenedAt().equals(batch.finishedAt())) {
                ObjectNode counts = data.putObject("counts");
                counts.put("total", batch.counts().total());
                counts.put("completed", batch.counts().completed());
                counts.put("failed", batch.counts().failed());
                counts.put("cancelled", batch.counts().cancelled());
            }
        }
        data.put("finished_at", callback.happenedAt().toString());
        return write(body);
    }

    private ObjectNode envelope(Callback callback, boolean success) {
        ObjectNode body = mapper.createObjectNode();
        body.put("type", callback.event());
        body.put("timestamp", callback.happenedAt().toString());
        body.put("success", success);
        return body;
    }

    private static String state(String event) {
        return switch (event) {
            case "job.succeeded" -> "SUCCESS";
            case "job.failed" -> "FAILURE";
            case "job.revoked" -> "REVOKED";
            default -> event.substring(event.indexOf('.') + 1).toUpperCase(Locale.ROOT);
        };
    }

    private void result(ObjectNode into, String field, Job job, Instant now) {
        Instant expires = job.resultExpiresAt();
        if (job.result() == null || expires == null || !now.isBefore(expires)) {
            return;
        }
        // Its length first: a large one is not worth counting.
        boolean small =
                job.result().length() <= maxResult && job.result().getBytes(StandardCharsets.UTF_8).length <= maxResult;
        if (small) {
            into.putRawValue(field, new RawValue(job.result()));
        } else {
            into.put("result_url", apiUrl + "/api/v1/jobs/" + job.id() + "/result");
        }
    }

    private void error(ObjectNode into, Job job) {
        if (job.error() == null) {
            return;
        }
        JsonNode error;
        try {
            error = mapper.readTree(job.error());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
        }
        ObjectNode told = into.putObject("error");
        for (String field : new String[] {"code", "exc_type", "exc_message"}) {
            if (error.hasNonNull(field)) {
                told.put(field, error.get(field).asText());
            }
        }
    }

    private static void put(ObjectNode into, String field, @Nullable Object value) {
        if (value != null) {
            into.put(field, value.toString());
        }
    }

    private String write(ObjectNode body) {
        try {
            return mapper.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }
}
