package io.millrace.api.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event as it was heard on Kafka: what streams are filtered by, and what every stream writes.
 *
 * @param batchId,projectId empty where the job has none
 */
record HeardEvent(
        EventId id,
        String jobId,
        String task,
        String queue,
        String state,
        String batchId,
        String projectId,
        Frame frame) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Set<String> ENDS = Set.of("SUCCESS", "FAILURE", "REVOKED");

    /** Whether the job has ended by it. */
    boolean ends() {
        return ENDS.contains(state);
    }

    /** The events of a record, one a line. What is no event is left out. */
    static List<HeardEvent> read(int partition, long offset, byte[] value) {
        var events = new ArrayList<HeardEvent>();
        int index = 0;
        for (int from = 0; from < value.length; index++) {
            int to = from;
            while (to < value.length && value[to] != '\n') {
                to++;
            }
            HeardEvent event = readLine(new EventId(partition, offset, index), value, from, to);
            if (event != null) {
                events.add(event);
            }
            from = to + 1;
        }
        return events;
    }

    private static @Nullable HeardEvent readLine(EventId id, byte[] value, int from, int to) {
        String jobId = "";
        String task = "";
        String queue = "";
        String state = "";
        String batchId = "";
        String projectId = "";
        try (JsonParser parser = JSON.createParser(value, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                switch (name) {
                    case "job_id" -> jobId = parser.getText();
                    case "task" -> task = parser.getText();
                    case "queue" -> queue = parser.getText();
                    case "state" -> state = parser.getText();
                    case "batch_id" -> batchId = parser.getText();
                    // The text of a null is "null", which may well be the name of a project.
                    case "project_id" ->
                        projectId = parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText();
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            // Somebody else's line on our topic; those who watch jobs cannot use it.
            return null;
        }
        return jobId.isEmpty()
                ? null
                : new HeardEvent(id, jobId, task, queue, state, batchId, projectId, Frame.of(id, value, from, to));
    }
}
