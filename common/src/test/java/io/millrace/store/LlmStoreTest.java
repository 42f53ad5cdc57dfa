package io.millrace.store;

import static io.millrace.testing.LlmFixture.scripted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.document.Document;
import io.millrace.document.DocumentFormat;
import io.millrace.job.Job;
import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.llm.LlmCall;
import io.millrace.llm.LlmConfig;
import io.millrace.llm.Usage;
import io.millrace.testing.LlmFixture;
import io.millrace.testing.RealDatabase;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Configurations, calls, results of functions and documents, in a real PostgreSQL. */
@Tag("real")
class LlmStoreTest {

    private static final JobWishes NONE = new JobWishes(null, null, null, null);

    private final Database database = RealDatabase.empty();
    private final LlmStore store = new LlmStore(database);
    private final FunctionStore functions = new FunctionStore(database);
    private final DocumentStore documents = new DocumentStore(database);
    private final JobQueries jobs = new JobQueries(database);

    @BeforeEach
    void theTask() {
        LlmFixture.registerTask(database);
    }

    private static LlmCall.New call(LlmConfig config) {
        return new LlmCall.New(config.id(), config.version(), "why?", null, null);
    }

    @Test
    void theSameNameAgainMakesTheNextVersionAndTheFirstStays() {
        LlmConfig first = store.addVersion(scripted("a"));
        LlmConfig second = store.addVersion(new LlmConfig.New(null, "a", "openai", "gpt", "{\"temperature\": 0.5}"));
        LlmConfig other = store.addVersion(scripted("b"));

        assertThat(first.version()).isEqualTo(1);
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.id()).isEqualTo(first.id()).isNotEqualTo(other.id());
        assertThat(store.config(first.id(), null)).contains(second);
        assertThat(store.config(first.id(), 1)).contains(first);
        assertThat(store.config(first.id(), 3)).isEmpty();
        assertThat(store.configs(0, null, null, 10)).containsExactly(second, other);
        assertThat(store.configs(0, "b", null, 10)).containsExactly(other);
        assertThat(store.configs(first.id(), null, null, 10)).containsExactly(other);
    }

    @Test
    void aNameIsOneOfItsProject() {
        LlmConfig ours = store.addVersion(new LlmConfig.New("p", "a", "scripted", "m", "{}"));
        LlmConfig everybodys = store.addVersion(scripted("a"));

        assertThat(everybodys.version()).isEqualTo(1);
        assertThat(ours.servesProject("p")).isTrue();
        assertThat(ours.servesProject("q")).isFalse();
        assertThat(ours.servesProject(null)).isFalse();
        assertThat(everybodys.servesProject("q")).isTrue();
        assertThat(store.configs(0, null, "p", 10)).containsExactly(ours);
    }

    @Test
    void versionsMadeAtOnceHaveNumbersInARow() throws Exception {
        int many = 60;
        List<Callable<Integer>> posts = Stream.<Callable<Integer>>generate(
                        () -> () -> store.addVersion(scripted("busy")).version())
                .limit(many)
                .toList();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var versions = threads.invokeAll(posts).stream()
                    .map(Future::resultNow)
                    .sorted()
                    .toList();

            assertThat(versions)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, many).boxed().toList());
        }
    }

    @Test
    void aVersionNeverChanges() {
        store.addVersion(scripted("a"));

        assertThatThrownBy(() -> database.run("UPDATE llm_config_version SET model = 'other'", Tuple.tuple()))
                .isInstanceOf(PgException.class)
                .hasMessageContaining("never changes");
    }

    @Test
    void aCallIsThereWithItsJobBeforeAnybodyRunsIt() {
        LlmConfig config = store.addVersion(scripted("a"));

        var submitted = store.submit(
                new LlmCall.New(config.id(), 1, "why?", "p", "o"),
                new JobWishes("https://example.org/hook", "trace", "p", null));

        Job job = jobs.get(submitted.jobId()).orElseThrow();
        assertThat(job.state()).isEqualTo(JobState.PENDING);
        assertThat(job.queue()).isEqualTo("high_priority");
        assertThat(job.priority()).isEqualTo(9);
        assertThat(job.callbackUrl()).isEqualTo("https://example.org/hook");
        assertThat(job.traceId()).isEqualTo("trace");
        assertThat(job.projectId()).isEqualTo("p");
        var args = new JsonObject(job.args());
        assertThat(args.getString("function_path")).isEqualTo("llm.call");
        assertThat(args.getJsonObject("request_data").getString("query")).isEqualTo("why?");
        LlmCall call = store.call(job.id()).orElseThrow();
        assertThat(call.configId()).isEqualTo(config.id());
        assertThat(call.organizationId()).isEqualTo("o");
        assertThat(call.usage()).isNull();
    }

    @Test
    void withoutAWorkerThatKnowsTheTaskThereIsNoCallEither() {
        LlmConfig config = store.addVersion(scripted("a"));
        database.run("DELETE FROM task", Tuple.tuple());

        assertThatThrownBy(() -> store.submit(call(config), NONE)).isInstanceOf(PgException.class);
        assertThat(database.list("SELECT 1 FROM llm_call", Tuple.tuple(), row -> 1))
                .isEmpty();
    }

    @Test
    void theSameKeyIsTheSameCall() {
        LlmConfig config = store.addVersion(scripted("a"));
        var keyed = new JobWishes(null, null, null, "k");

        var first = store.submit(call(config), keyed);
        var again = store.submit(call(config), keyed);

        assertThat(first.isNew()).isTrue();
        assertThat(again.isNew()).isFalse();
        assertThat(again.jobId()).isEqualTo(first.jobId());
        assertThatThrownBy(() -> store.submit(new LlmCall.New(config.id(), 1, "else", null, null), keyed))
                .isInstanceOf(PgException.class)
                .hasMessageContaining("idempotency_key_reused");
    }

    @Test
    void whatACallHasCostIsNotedAlsoOfOneThatWasSubmittedByItself() {
        LlmConfig config = store.addVersion(scripted("a"));
        UUID posted = store.submit(call(config), NONE).jobId();
        UUID byItself = new JobIds().next();

        store.answered(posted, config, null, null, new Usage(3, 4));
        store.answered(byItself, config, "p", "o", new Usage(5, 6));

        assertThat(store.call(posted).orElseThrow().usage()).isEqualTo(new Usage(3, 4));
        assertThat(store.call(posted).orElseThrow().answeredAt()).isNotNull();
        assertThat(store.call(byItself).orElseThrow().usage()).isEqualTo(new Usage(5, 6));
    }

    @Test
    void whatAFunctionHasReturnedIsKeptOnceForEachProjectAndForgottenWhenItIsOld() {
        UUID task = new JobIds().next();
        functions.returned(null, "f", "1", task, "{\"a\": 1}");
        functions.returned(null, "f", "1", task, "{\"a\": 2}");
        functions.returned("p", "f", "1", task, "{\"a\": 3}");

        assertThat(functions.result(null, "f", "1")).contains("{\"a\": 1}");
        assertThat(functions.result("p", "f", "1")).contains("{\"a\": 3}");
        assertThat(functions.result("q", "f", "1")).isEmpty();
        assertThat(functions.result(null, "g", "1")).isEmpty();
        assertThat(functions.forget(Duration.ofHours(1), 10)).isZero();
        assertThat(functions.forget(Duration.ZERO, 1)).isEqualTo(1);
        assertThat(functions.forget(Duration.ZERO, 10)).isEqualTo(1);
    }

    @Test
    void aDocumentIsKeptWithItsJobTransformedAndForgotten() {
        UUID id = new JobIds().next();
        byte[] source = "<p>hi".getBytes(StandardCharsets.UTF_8);

        UUID job = documents.add(
                new Document.New(id, "p", "n", null, DocumentFormat.HTML, source, DocumentFormat.TEXT),
                new JobWishes(null, null, "p", null));

        assertThat(new JsonObject(jobs.get(job).orElseThrow().args()).getBoolean("isolated"))
                .isTrue();
        Document given = documents.get(id).orElseThrow();
        assertThat(given.format()).isEqualTo(DocumentFormat.HTML);
        assertThat(given.sourceBytes()).isEqualTo(5);
        assertThat(documents.source(id).orElseThrow().bytes()).isEqualTo(source);
        assertThat(documents.content(id)).isEmpty();

        documents.transformed(id, "hi");

        assertThat(documents.content(id)).contains("hi");
        assertThat(documents.get(id).orElseThrow().contentCharacters()).isEqualTo(2);
        assertThat(documents.forget(Duration.ofHours(1), 10)).isZero();
        assertThat(documents.forget(Duration.ofHours(-1), 10)).isEqualTo(1);
    }

    @Test
    void aDocumentThatIsToBeFetchedHasNothingUntilItIs() {
        UUID id = new JobIds().next();
        documents.add(
                new Document.New(id, null, null, "https://example.org/a", null, null, DocumentFormat.MARKDOWN), NONE);

        assertThat(documents.get(id).orElseThrow().format()).isNull();
        assertThat(documents.source(id)).isEmpty();

        documents.fetched(id, new Document.Source(DocumentFormat.PDF, new byte[] {1}));

        assertThat(documents.source(id).orElseThrow().format()).isEqualTo(DocumentFormat.PDF);
    }
}
