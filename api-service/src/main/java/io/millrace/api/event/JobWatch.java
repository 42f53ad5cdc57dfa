package io.millrace.api.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.event.EventWriter;
import io.millrace.event.JobEvent;
import io.millrace.job.Job;
import io.millrace.store.JobQueries;
import io.millrace.store.StoreUnavailable;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job's row, looked at by a stream: for how it stands at first, and for an end whose event was lost. */
final class JobWatch {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /**
     * How a job stands.
     *
     * @param frame a server-sent event without an id, since it is nowhere on Kafka
     */
    record Standing(boolean finished, Frame frame) {}

    private final UUID id;
    private final JobQueries queries;
    private final Clock clock;

    JobWatch(UUID id, JobQueries queries, Clock clock) {
        this.id = id;
        this.queries = queries;
        this.clock = clock;
    }

    /** How it stands. Empty while PostgreSQL does not answer. */
    Optional<Standing> look() {
        try {
            return Optional.of(queries.get(id)
                    .map(job -> new Standing(job.state().finished(), frame(job)))
                    // Deleted since: there is nothing to tell any more.
                    .orElseGet(() -> new Standing(true, Frame.EMPTY)));
        } catch (StoreUnavailable e) {
            // The stream stays open, and looks again.
            return Optional.empty();
        }
    }

    private Frame frame(Job job) {
        byte[] line = new EventWriter()
                .write(JobEvent.standing(job, cause(job.error()), clock.instant()))
                .take();
        return Frame.of(null, line, 0, line.length - 1);
    }

    private static JobEvent.@Nullable Cause cause(@Nullable String error) {
        if (error == null) {
            return null;
        }
        try {
            JsonNode read = JSON.readTree(error);
            return new JobEvent.Cause(
                    read.path("code").asText(),
                    read.path("exc_type").asText(),
                    read.path("exc_message").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what PostgreSQL keeps as JSON is JSON", e);
        }
    }
}
