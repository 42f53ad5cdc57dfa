package io.millrace.pack.llm;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.dispatch.EventTopic;
import io.millrace.dispatch.HintEmitter;
import io.millrace.document.Document;
import io.millrace.document.DocumentFormat;
import io.millrace.job.Attempt;
import io.millrace.job.Job;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.llm.LlmCall;
import io.millrace.llm.LlmConfig;
import io.millrace.llm.Usage;
import io.millrace.pack.QuickWorker;
import io.millrace.pack.SchedulersPart;
import io.millrace.queue.Hint;
import io.millrace.store.Database;
import io.millrace.store.DocumentStore;
import io.millrace.store.DueStore;
import io.millrace.store.JobQueries;
import io.millrace.store.JobStore;
import io.millrace.store.JobWishes;
import io.millrace.store.LlmStore;
import io.millrace.testing.RealStack;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls, functions and documents through a whole worker, with real PostgreSQL and Kafka, against a provider that
 * misbehaves as it is told. What the scheduler does elsewhere, handing out what is due, is done here while waiting.
 */
@Tag("real")
@QuarkusTest
@QuarkusTestResource(RealStack.class)
@QuarkusTestResource(FakeProvider.class)
@TestProfile(QuickWorker.class)
class LlmRunsTest {

    private static final JobIds IDS = new JobIds();

    @Inject
    SchedulersPart scheduler;

    @Inject
    LlmStore llm;

    @Inject
    DocumentStore documents;

    @Inject
    JobStore jobs;

    @Inject
    JobQueries queries;

    @Inject
    DueStore due;

    @Inject
    Database database;

    @Inject
    HintEmitter hints;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String kafka;

    /** Lets a stream go on that is held; put here by {@link FakeProvider}. */
    @Nullable
    Semaphore goesOn;

    private final LinkedBlockingQueue<String> calledBack = new LinkedBlockingQueue<>();
    private HttpServer receiver;

    @BeforeEach
    void aReceiverAndAWorkerThatIsReady() throws Exception {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                calledBack.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(204, -1);
            }
        });
        receiver.start();
    }

    @AfterEach
    void close() {
        receiver.stop(0);
    }

    private Job ended(UUID job) {
        return scheduler.until(
                () -> queries.get(job).orElseThrow(), now -> now.state().finished());
    }

    private LlmConfig config(String provider, String parameters) {
        return llm.addVersion(new LlmConfig.New(null, "c" + UUID.randomUUID(), provider, "gpt", parameters));
    }

    private UUID call(LlmConfig config, String query, @Nullable String callback) {
        return llm.submit(
                        new LlmCall.New(config.id(), config.version(), query, null, null),
                        new JobWishes(callback, "trace-1", null, null))
                .jobId();
    }

    /** Runs a function by a job of its own. */
    private UUID submit(String task, @Nullable String project, JsonObject args) {
        var fixture = aJob().ofTask(task)
                .onQueue(task.equals("execute_low_priority_task") ? "low_priority" : "high_priority")
                .withRetryDelay(Duration.ofMillis(20))
                .withArgs(args.encode());
        NewJob job = (project == null ? fixture : fixture.ofProject(project)).submitted();
        jobs.submit(List.of(job));
        hints.emit(List.of(new Hint(job.id(), 0, job.queue(), job.priority(), null)));
        return job.id();
    }

    private static JsonObject calling(LlmConfig config, String query) {
        return new JsonObject()
                .put("function_path", "llm.call")
                .put(
                        "request_data",
                        new JsonObject()
                                .put(
                                        "config",
                                        new JsonObject().put("id", config.id()).put("version", config.version()))
                                .put("query", query));
    }

    private static JsonObject result(Job job) {
        assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.SUCCESS);
        return new JsonObject(String.valueOf(job.result()));
    }

    private static String failure(Job job) {
        assertThat(job.state()).isEqualTo(JobState.FAILURE);
        return new JsonObject(String.valueOf(job.error())).getString("exc_type");
    }

    private String receiverUrl() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "scripted"})
    void aCallIsAnsweredAndItsCallbackSaysWhatItsCallersExpect(String provider) throws Exception {
        UUID job = call(config(provider, "{}"), "hello " + provider, receiverUrl());

        JsonObject result = result(ended(job));

        assertThat(result.getJsonObject("response").getString("text")).contains("hello " + provider);
        assertThat(result.getJsonObject("usage").getLong("total_tokens")).isPositive();
        LlmCall noted = llm.call(job).orElseThrow();
        assertThat(noted.usage())
                .extracting(Usage::totalTokens)
                .isEqualTo(result.getJsonObject("usage").getLong("total_tokens"));
        scheduler.until(calledBack::size, size -> size == 1);
        var told = new JsonObject(calledBack.take());
        assertThat(told.getBoolean("success")).isTrue();
        assertThat(told.getJsonObject("data")).isEqualTo(result);
        assertThat(told.getString("job_id")).isEqualTo(job.toString());
    }

    @Test
    void aFailureIsToldInTheSameShape() throws Exception {
        UUID job = call(config("openai", "{}"), "no|400", receiverUrl());

        assertThat(failure(ended(job))).isEqualTo("HttpClientError");

        scheduler.until(calledBack::size, size -> size == 1);
        var told = new JsonObject(calledBack.take());
        assertThat(told.getBoolean("success")).isFalse();
        assertThat(told.containsKey("data")).isFalse();
        assertThat(told.getJsonObject("error").getString("exc_type")).isEqualTo("HttpClientError");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a|429:1,500,malformed", "b|drop,503", "c|slow:6000"})
    void whatMayPassIsTriedAgain(String query) throws Exception {
        UUID job = call(config(query.contains("slow") ? "impatient" : "openai", "{}"), query, null);

        Job ended = ended(job);

        assertThat(result(ended).getJsonObject("usage").getLong("input_tokens")).isEqualTo(11);
        assertThat(ended.failures()).isEqualTo(query.split(",").length);
        if (query.contains("429:1")) {
            Attempt first = queries.history(ended).getFirst();
            assertThat(first.retryDelaySeconds()).isGreaterThan(0.9);
        }
    }

    @Test
    void aStreamTellsHowFarItIs() throws Exception {
        UUID job = call(config("openai", "{\"stream\": true, \"max_tokens\": 30}"), "a b c d e f g h i j|held", null);

        Job seen = scheduler.until(() -> queries.get(job).orElseThrow(), now -> now.progress() != null);
        Objects.requireNonNull(goesOn).release();

        assertThat(String.valueOf(seen.progress())).contains("answering", "\"total\"");
        assertThat(result(ended(job)).getJsonObject("response").getString("text"))
                .contains("a b c d e");
    }

    @Test
    void theScriptedProviderFailsAsItIsToldAndAnswersThen() throws Exception {
        UUID job = call(
                config("scripted", "{\"script\": [\"429:0\", \"500\", \"malformed\"], \"answer\": \"42\"}"), "q", null);

        Job ended = ended(job);

        assertThat(ended.failures()).isEqualTo(3);
        assertThat(result(ended).getJsonObject("response").getString("text")).isEqualTo("42");
    }

    @Test
    void whatNobodyCanDoIsNotTriedAgain() throws Exception {
        UUID provider = call(config("nobody", "{}"), "q", null);
        UUID function = submit(
                "execute_low_priority_task", null, new JsonObject().put("function_path", "java.lang.Runtime.exec"));
        UUID configuration = submit(
                "execute_high_priority_task",
                null,
                calling(config("scripted", "{}"), "q")
                        .put("request_data", new JsonObject().put("config", new JsonObject().put("id", 987_654))));
        UUID data = submit(
                "execute_high_priority_task",
                null,
                new JsonObject().put("function_path", "llm.call").put("request_data", "text"));

        assertThat(failure(ended(provider))).isEqualTo("UnknownProvider");
        assertThat(failure(ended(function))).isEqualTo("UnknownFunction");
        assertThat(failure(ended(configuration))).isEqualTo("UnknownConfig");
        assertThat(failure(ended(data))).isEqualTo("InvalidArgs");
        assertThat(List.of(provider, function, configuration, data))
                .allSatisfy(job ->
                        assertThat(queries.get(job).orElseThrow().attempt()).isEqualTo(1));
        assertThat(String.valueOf(ended(function).error())).contains("documents.transform", "llm.call");
    }

    @Test
    void theSameJobIdIsDoneOnceInItsProject() throws Exception {
        LlmConfig config = config("openai", "{\"max_tokens\": 5}");
        String query = "once " + UUID.randomUUID();
        JsonObject args = calling(config, query).put("job_id", "order-7").put("organization_id", 12);

        JsonObject first = result(ended(submit("execute_high_priority_task", "p", args)));
        JsonObject again = result(
                ended(submit("execute_low_priority_task", "p", args.copy().put("project_id", "p"))));
        JsonObject elsewhere = calling(config, "else " + query).put("job_id", "order-7");
        JsonObject others = result(ended(submit("execute_low_priority_task", "q", elsewhere)));

        assertThat(again).isEqualTo(first);
        assertThat(database.list("SELECT job_id FROM llm_call WHERE project_id = 'p'", Tuple.tuple(), row -> 1))
                .hasSize(1);
        assertThat(others.getJsonObject("response").getString("text")).contains("else once");
    }

    @Test
    void nobodyReachesIntoAnotherProject() throws Exception {
        LlmConfig ours = llm.addVersion(new LlmConfig.New("p", "c" + UUID.randomUUID(), "scripted", "m", "{}"));

        UUID config = submit("execute_high_priority_task", "q", calling(ours, "q"));
        UUID project =
                submit("execute_high_priority_task", "q", calling(ours, "q").put("project_id", "p"));

        assertThat(failure(ended(config))).isEqualTo("UnknownConfig");
        assertThat(failure(ended(project))).isEqualTo("InvalidArgs");
    }

    @Test
    void aDocumentIsTransformedAndKept() throws Exception {
        UUID id = IDS.next();
        UUID unused = documents.add(
                new Document.New(
                        id,
                        null,
                        null,
                        null,
                        DocumentFormat.HTML,
                        "<h1>Mill</h1><p>race".getBytes(StandardCharsets.UTF_8),
                        DocumentFormat.MARKDOWN),
                new JobWishes(null, null, null, null));
        // A process for it cannot be started out of a test, so a job does it that asks for none.
        database.run("DELETE FROM job WHERE id = $1", Tuple.of(unused));

        UUID job = submit(
                "execute_high_priority_task",
                null,
                new JsonObject()
                        .put("function_path", "documents.transform")
                        .put("request_data", new JsonObject().put("document_id", id.toString())));

        assertThat(result(ended(job)).getString("content_url")).endsWith(id + "/content");
        assertThat(documents.content(id)).contains("# Mill\n\nrace\n");
    }

    @Test
    void theKeyIsInNoRowNoEventAndNoLog() throws Exception {
        var logged = new ConcurrentLinkedQueue<String>();
        Handler ear = ear(logged);
        Logger.getLogger("").addHandler(ear);
        try {
            ended(call(config("openai", "{}"), "told", receiverUrl()));
            ended(call(config("anthropic", "{\"stream\": true}"), "told bit by bit", null));
            ended(call(config("openai", "{}"), "refused|400", receiverUrl()));
            ended(call(config("anthropic", "{}"), "ill|500,500,500,500", null));
            ended(call(config("openai", "{}"), "garbled|malformed,malformed,malformed,malformed", null));
            scheduler.until(calledBack::size, size -> size == 2);
        } finally {
            Logger.getLogger("").removeHandler(ear);
        }

        assertThat(logged).isNotEmpty().noneMatch(line -> line.contains(FakeProvider.KEY));
        assertThat(calledBack).noneMatch(body -> body.contains(FakeProvider.KEY));
        assertThat(rows()).isNotEmpty().noneMatch(row -> row.contains(FakeProvider.KEY));
        assertThat(events()).isNotEmpty().noneMatch(event -> event.contains(FakeProvider.KEY));
    }

    private static Handler ear(ConcurrentLinkedQueue<String> logged) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getMessage() + " "
                        + List.of(line.getParameters() == null ? new Object[0] : line.getParameters()) + " "
                        + line.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    /** Every row of every table there is, as text. */
    private List<String> rows() {
        var rows = new ArrayList<String>();
        List<String> tables = database.list(
                "SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = current_schema()",
                Tuple.tuple(), row -> row.getString("name"));
        for (String table : tables) {
            rows.addAll(database.list(
                    "SELECT t::text AS row FROM " + table + " t", Tuple.tuple(), row -> row.getString("row")));
        }
        return rows;
    }

    private List<String> events() {
        try (var topic = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", kafka),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partition = List.of(new TopicPartition(EventTopic.NAME, 0));
            topic.assign(partition);
            topic.seekToBeginning(partition);
            var events = new ArrayList<String>();
            long end = topic.endOffsets(partition).getOrDefault(partition.getFirst(), 0L);
            while (topic.position(partition.getFirst()) < end) {
                topic.poll(Duration.ofMillis(200))
                        .forEach(record -> events.add(new String(record.value(), StandardCharsets.UTF_8)));
            }
            return events;
        }
    }
}
