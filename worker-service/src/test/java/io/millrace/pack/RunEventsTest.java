package io.millrace.pack;

import static io.millrace.pack.ScriptedTask.script;
import static io.millrace.testing.BatchFixture.aBatch;
import static io.millrace.testing.JobFixture.aJob;
import static io.millrace.testing.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.batch.NewBatch;
import io.millrace.batch.OnParentFailure;
import io.millrace.dispatch.EventTopic;
import io.millrace.dispatch.HintEmitter;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.store.BatchStore;
import io.millrace.store.ControlStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.testing.JobFixture;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a worker tells of its runs, read from Kafka. */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@TestProfile(QuickWorker.class)
class RunEventsTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    JobStore store;

    @Inject
    BatchStore batches;

    @Inject
    JobQueries queries;

    @Inject
    ControlStore control;

    @Inject
    HintEmitter hints;

    @Inject
    MeterRegistry metrics;

    @Inject
    ScriptedTask scripted;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    private KafkaConsumer<byte[], byte[]> topic;
    private final List<JsonNode> heard = new ArrayList<>();

    @BeforeEach
    void somebodyListens() {
        topic = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var partition = List.of(new TopicPartition(EventTopic.NAME, 0));
        topic.assign(partition);
        topic.seekToBeginning(partition);
    }

    @AfterEach
    void close() {
        topic.close();
    }

    private NewJob submit(JobFixture fixture) {
        NewJob job = fixture.submitted();
        store.submit(List.of(job));
        hints.emit(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)));
        return job;
    }

    /** The events of a job, up to one of this name. */
    private List<JsonNode> eventsUntil(NewJob job, String name) throws Exception {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (true) {
            List<JsonNode> its = heard.stream()
                    .filter(event ->
                            event.path("job_id").asText().equals(job.id().toString()))
                    .toList();
            if (names(its).contains(name)) {
                return its;
            }
            assertThat(System.nanoTime()).as("heard only %s", its).isLessThan(deadline);
            for (var record : topic.poll(Duration.ofMillis(100))) {
                for (String line : new String(record.value(), StandardCharsets.UTF_8)
                        .lines()
                        .toList()) {
                    heard.add(JSON.readTree(line));
                }
            }
        }
    }

    private static List<String> names(List<JsonNode> events) {
        return events.stream().map(event -> event.path("event").asText()).toList();
    }

    @Test
    void a_run_is_told_from_its_start_over_its_progress_to_its_success() throws Exception {
        var job = submit(aJob().ofTask("demo.sleep").withArgs("{\"seconds\": 1}"));

        List<JsonNode> events = eventsUntil(job, "job.succeeded");

        assertThat(names(events)).startsWith("job.started", "job.progress").endsWith("job.progress", "job.succeeded");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.path("task").asText()).isEqualTo("demo.sleep");
            assertThat(event.path("queue").asText()).isEqualTo("default");
            assertThat(event.path("attempt").asInt()).isEqualTo(1);
            assertThat(event.path("worker").asText()).isNotEmpty();
            assertThat(event.path("at").asText()).endsWith("Z");
        });
        assertThat(events.get(events.size() - 2)
                        .path("progress")
                        .path("percent")
                        .asDouble())
                .isEqualTo(100);
        // Of its twenty steps the last is written in any case, and the others a few times a second at most.
        List<Instant> told = events.stream()
                .filter(event -> event.path("event").asText().equals("job.progress"))
                .map(event -> Instant.parse(event.path("at").asText()))
                .toList();
        for (int i = 1; i < told.size() - 1; i++) {
            assertThat(Duration.between(told.get(i - 1), told.get(i)))
                    .as("%s", told)
                    .isGreaterThanOrEqualTo(Duration.ofMillis(249));
        }
    }

    @Test
    void a_failure_that_will_be_retried_is_told_with_its_error_and_its_time() throws Exception {
        var job = submit(aJob().ofTask("demo.fail")
                .withArgs("{\"times\": 1, \"exc_type\": \"Flaky\"}")
                .withRetryDelay(LONG));

        JsonNode retry = eventsUntil(job, "job.retry").getLast();

        assertThat(retry.path("state").asText()).isEqualTo("RETRY");
        assertThat(retry.path("error").path("exc_type").asText()).isEqualTo("Flaky");
        assertThat(retry.path("next_retry_at").asText()).endsWith("Z");
    }

    @Test
    void a_failure_for_good_is_told() throws Exception {
        var job = submit(aJob().ofTask("demo.fail")
                .withArgs("{\"times\": 1, \"exc_type\": \"Flaky\"}")
                .withMaxRetries(0));

        List<JsonNode> events = eventsUntil(job, "job.failed");

        assertThat(names(events)).containsExactly("job.started", "job.failed");
        assertThat(events.getLast().path("error").path("code").asText()).isEqualTo("task_failed");
    }

    @Test
    void a_run_that_may_finish_after_a_revocation_and_fails_is_told_as_revoked() throws Exception {
        var job = submit(aJob().ofTask(ScriptedTask.NAME)
                .withArgs(script("hold until released, fail Flaky"))
                .withRetryDelay(LONG));
        eventsUntil(job, "job.started");
        control.revoke(job.id(), false);
        scripted.release(job.id());

        List<JsonNode> events = eventsUntil(job, "job.revoked");

        assertThat(names(events)).doesNotContain("job.retry");
        assertThat(queries.get(job.id()).orElseThrow().state()).isEqualTo(JobState.REVOKED);
    }

    @Test
    void what_an_end_brings_about_in_its_batch_is_told() throws Exception {
        NewBatch batch = aBatch().with(
                        "a",
                        aJob().ofTask("demo.fail").withArgs("{\"times\": 9}").withMaxRetries(0))
                .with("b", "a")
                .onParentFailure(OnParentFailure.RUN)
                .with("c", "b")
                .submitted();
        List<NewJob> jobs = batch.jobs().stream().map(NewBatch.Member::job).toList();
        batches.submit(batch);
        hints.emit(List.of(new Hint(jobs.getFirst().id(), 0, "default", 5, null)));

        JsonNode cancelled = eventsUntil(jobs.get(1), "job.revoked").getLast();
        assertThat(cancelled.path("error").path("code").asText()).isEqualTo("parent_failed");
        assertThat(cancelled.path("batch_id").asText()).isEqualTo(batch.id().toString());
        // It waited for one that was cancelled, and nobody looks for lost hints here.
        assertThat(names(eventsUntil(jobs.get(2), "job.succeeded")))
                .containsExactly("job.unblocked", "job.started", "job.succeeded");
    }

    private double refused() {
        return metrics.get("millrace.writes.refused").counter().count();
    }

    @Test
    void a_write_that_does_not_hold_tells_nothing() throws Exception {
        double before = refused();
        var lost = submit(aJob().ofTask(SelfRevokingTask.NAME));
        soon().until(() -> refused() > before);

        // Ends are told in the order in which they are recorded: once this one is heard, the other would have been.
        var after = submit(aJob().ofTask("demo.noop"));
        eventsUntil(after, "job.succeeded");

        assertThat(names(eventsUntil(lost, "job.started"))).containsExactly("job.started");
    }
}
