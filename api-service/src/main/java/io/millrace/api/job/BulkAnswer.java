package io.millrace.api.job;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.api.job.BulkSubmission.Item;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.Problems;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of the submissions of one bulk request, written without an object a row. */
final class BulkAnswer {

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final int BYTES_A_JOB = 66;

    private final List<Item> items;
    private final Map<UUID, RuntimeException> refused;
    private final Map<UUID, UUID> before;

    /**
     * An answer, in the order of the submissions.
     *
     * @param refused jobs that were good but which the database did not take
     * @param before jobs that stand for others, which were there before
     */
    BulkAnswer(List<Item> items, Map<UUID, RuntimeException> refused, Map<UUID, UUID> before) {
        this.items = items;
        this.refused = refused;
        this.before = before;
    }

    byte[] json() {
        var out = new ByteArrayOutputStream(64 + items.size() * BYTES_A_JOB);
        int rejected = (int) items.stream().filter(Item.Bad.class::isInstance).count() + refused.size();
        try (JsonGenerator json = JSON.getFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("accepted", items.size() - rejected);
            json.writeNumberField("rejected", rejected);
            json.writeArrayFieldStart("items");
            for (int i = 0; i < items.size(); i++) {
                json.writeStartObject();
                json.writeNumberField("index", i);
                write(json, items.get(i));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing memory cannot fail", e);
        }
        return out.toByteArray();
    }

    private void write(JsonGenerator json, Item item) throws IOException {
        switch (item) {
            case Item.Bad(var problem) -> json.writePOJOField("error", problem.body());
            case Item.Good(var job) -> {
                Problem problem = problem(job.id());
                UUID first = before.isEmpty() ? null : before.get(job.id());
                if (first != null) {
                    json.writeStringField("job_id", first.toString());
                    json.writeBooleanField("duplicate", true);
                } else if (problem == null) {
                    json.writeStringField("job_id", job.id().toString());
                } else {
                    json.writePOJOField("error", problem.body());
                }
            }
        }
    }

    private @Nullable Problem problem(UUID id) {
        RuntimeException why = refused.isEmpty() ? null : refused.get(id);
        return why == null ? null : Problems.of(why);
    }
}
