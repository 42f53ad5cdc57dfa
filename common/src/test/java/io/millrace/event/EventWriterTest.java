package io.millrace.event;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventWriterTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-03-01T23:59:59.007Z");

    private final EventWriter writer = new EventWriter();

    private JsonNode written(JobEvent event) throws Exception {
        return JSON.readTree(writer.write(event).take());
    }

    private static List<String> names(JsonNode event) {
        var names = new ArrayList<String>();
        event.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void aStartedJobIsToldWithItsWorkerAndNothingThatIsNotThere() throws Exception {
        var claim = aJob().ofTask("demo.echo").onQueue("jobs").onAttempt(2).claimed();

        JsonNode event = written(JobEvent.started(claim, "host-1", NOW));

        assertThat(names(event))
                .containsExactly("event", "job_id", "task", "queue", "state", "at", "attempt", "worker");
        assertThat(event.path("event").asText()).isEqualTo("job.started");
        assertThat(event.path("job_id").asText()).isEqualTo(claim.jobId().toString());
        assertThat(event.path("task").asText()).isEqualTo("demo.echo");
        assertThat(event.path("queue").asText()).isEqualTo("jobs");
        assertThat(event.path("state").asText()).isEqualTo("STARTED");
        assertThat(event.path("at").asText()).isEqualTo("2026-03-01T23:59:59.007Z");
        assertThat(event.path("attempt").asInt()).isEqualTo(2);
        assertThat(event.path("worker").asText()).isEqualTo("host-1");
    }

    @Test
    void aRetryIsToldWithItsErrorAndItsTime() throws Exception {
        var error = new JobError("task_failed", "IOException", "a \"quote\", a \\, a\nline and ü", "at …");
        var settled = new Settled(aJob().claimed(), new Transition.Retry(error, NOW.plusSeconds(61), 61));

        JsonNode event = written(JobEvent.settled(settled, JobState.RETRY, "host-1", NOW));

        assertThat(event.path("event").asText()).isEqualTo("job.retry");
        assertThat(event.path("next_retry_at").asText()).isEqualTo("2026-03-02T00:01:00.007Z");
        assertThat(event.path("error").path("code").asText()).isEqualTo("task_failed");
        assertThat(event.path("error").path("exc_type").asText()).isEqualTo("IOException");
        assertThat(event.path("error").path("exc_message").asText()).isEqualTo("a \"quote\", a \\, a\nline and ü");
    }

    @Test
    void aRetryOfWhatWasToBeRevokedIsTheEndOfIt() throws Exception {
        var error = new JobError("task_failed", "IOException", "no", null);
        var settled = new Settled(aJob().claimed(), new Transition.Retry(error, NOW.plusSeconds(61), 61));

        JsonNode event = written(JobEvent.settled(settled, JobState.REVOKED, "host-1", NOW));

        assertThat(event.path("event").asText()).isEqualTo("job.revoked");
        assertThat(event.path("state").asText()).isEqualTo("REVOKED");
        assertThat(event.has("next_retry_at")).isFalse();
    }

    @Test
    void aScheduledJobIsToldWithItsTime() throws Exception {
        JsonNode event = written(JobEvent.submitted(aJob().due(NOW).submitted()));

        assertThat(event.path("event").asText()).isEqualTo("job.scheduled");
        assertThat(event.path("due_at").asText()).isEqualTo("2026-03-01T23:59:59.007Z");
    }

    @Test
    void progressIsJsonOfItsOwn() throws Exception {
        JsonNode event = written(JobEvent.progressed(aJob().claimed(), "w", "{\"current\":1,\"total\":4}", NOW));

        assertThat(event.path("state").asText()).isEqualTo("PROGRESS");
        assertThat(event.path("progress").path("total").asInt()).isEqualTo(4);
    }

    @Test
    void batchAndProjectAreToldWhereThereAre() throws Exception {
        UUID batch = UUID.randomUUID();
        var subject = new Subject(UUID.randomUUID(), "t", "q", 0, batch, "p");

        JsonNode event = written(JobEvent.replayed(subject, NOW));

        assertThat(event.path("batch_id").asText()).isEqualTo(batch.toString());
        assertThat(event.path("project_id").asText()).isEqualTo("p");
    }

    @Test
    void eachEventIsALine() throws Exception {
        var one = JobEvent.started(aJob().claimed(), "w\u0000\r\n", NOW);
        var two = JobEvent.started(aJob().claimed(), "w", NOW.plusSeconds(3600));

        String[] lines = new String(writer.write(one).write(two).take(), StandardCharsets.UTF_8).split("\n", -1);

        assertThat(lines).hasSize(3);
        assertThat(lines[2]).isEmpty();
        assertThat(JSON.readTree(lines[0]).path("worker").asText()).isEqualTo("w\u0000\r\n");
        assertThat(JSON.readTree(lines[1]).path("at").asText()).isEqualTo("2026-03-02T00:59:59.007Z");
    }

    @Test
    void everyKindHasItsRowInTheDocuments() throws Exception {
        String table = Files.readString(Path.of("..", "docs", "events.md"));

        assertThat(EventKind.values())
                .allSatisfy(kind -> assertThat(table).contains("\n| `" + kind.wireName() + "` |"));
    }

    @Test
    void aLongMessageIsCut() throws Exception {
        var error = new JobError("task_failed", "E", "x".repeat(1_900), null);
        var settled = new Settled(aJob().claimed(), new Transition.Fail(error, false));

        JsonNode event = written(JobEvent.settled(settled, JobState.FAILURE, "w", NOW));

        assertThat(event.path("error").path("exc_message").asText())
                .hasSize(501)
                .endsWith("…");
    }
}
