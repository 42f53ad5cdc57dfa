package io.millrace.pack.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.llm.Usage;
import io.millrace.pack.RecordedContext;
import io.millrace.pack.llm.ProvidersConfig.Kind;
import io.millrace.worker.task.PermanentFailure;
import io.millrace.worker.task.RetryAfter;
import io.millrace.worker.task.TaskFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both forms against an API that misbehaves. */
class HttpProviderTest {

    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final int MAX_ANSWER = 100_000;

    private final FakeProvider fake = new FakeProvider();
    private final String url = fake.begin();
    private final RecordedContext context = new RecordedContext();

    @AfterEach
    void close() {
        fake.close();
    }

    private record Config(
            Kind kind, Optional<URI> baseUrl, Optional<String> apiKey, Optional<Path> apiKeyFile, Duration timeout)
            implements ProvidersConfig.ProviderConfig {}

    private HttpProvider provider(Kind kind, @Nullable String key, @Nullable Path file) {
        var config = new Config(
                kind, Optional.of(URI.create(url)), Optional.ofNullable(key), Optional.ofNullable(file), SHORT);
        return new HttpProvider("p", kind == Kind.OPENAI ? new OpenAiForm() : new AnthropicForm(), config, MAX_ANSWER);
    }

    private HttpProvider provider(Kind kind) {
        return provider(kind, FakeProvider.KEY, null);
    }

    private static LlmRequest asking(String query, boolean stream) {
        ObjectNode parameters =
                new ObjectMapper().createObjectNode().put("temperature", 0).put("system", "Be brief.");
        return new LlmRequest("gpt", query, parameters, 20, stream);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"OPENAI", "ANTHROPIC"})
    void anAnswerIsReadWithWhatItHasCost(Kind kind) throws Exception {
        LlmAnswer answer = provider(kind).ask(asking("hello", false), context);

        assertThat(answer.text()).isEqualTo("You said hello with ***");
        assertThat(answer.model()).isEqualTo("gpt-2026");
        assertThat(answer.finishReason()).isIn("stop", "end_turn");
        assertThat(answer.usage()).isEqualTo(new Usage(11, 7));
        assertThat(context.progress()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"OPENAI", "ANTHROPIC"})
    void anAnswerThatComesBitByBitTellsHowFarItIs(Kind kind) throws Exception {
        LlmAnswer answer = provider(kind).ask(asking("hello", true), context);

        assertThat(answer.text()).isEqualTo("You said hello with ***");
        assertThat(answer.usage()).isEqualTo(new Usage(11, 7));
        assertThat(context.progress()).hasSizeGreaterThan(2).allMatch(line -> line.endsWith("/20 answering"));
    }

    @ParameterizedTest
    @CsvSource({
        "x|429, HttpTooManyRequests",
        "x|500, HttpServerError",
        "x|503, HttpServiceUnavailable",
        "x|529, HttpServerError",
        "x|malformed, MalformedAnswer",
        "x|drop, HttpConnectionFailed",
        "x|slow:5000, HttpTimeout"
    })
    void whatMayPassIsTriedAgain(String query, String type) {
        Throwable thrown = catchThrowable(() -> provider(Kind.OPENAI).ask(asking(query, false), context));

        assertThat(thrown)
                .isInstanceOfSatisfying(
                        TaskFailure.class, failure -> assertThat(failure.type()).isEqualTo(type));
        assertSilent(thrown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x|429:3", "x|503:3", "x|529:3"})
    void whoWantsToBeLeftAloneIs(String query) {
        Throwable thrown = catchThrowable(() -> provider(Kind.ANTHROPIC).ask(asking(query, false), context));

        assertThat(thrown)
                .isInstanceOfSatisfying(
                        RetryAfter.class, later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(3)));
        assertSilent(thrown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x|400", "x|401", "x|404", "x|large"})
    void whatWillNotPassIsNot(String query) {
        Throwable thrown = catchThrowable(() -> provider(Kind.OPENAI).ask(asking(query, false), context));

        assertThat(thrown).isInstanceOf(PermanentFailure.class);
        assertSilent(thrown);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"OPENAI", "ANTHROPIC"})
    void aStreamThatBreaksOffIsNoAnswer(Kind kind) {
        assertThatThrownBy(() -> provider(kind).ask(asking("x|cut", true), context))
                .isInstanceOf(TaskFailure.class)
                .hasMessageContaining("ended before its end");
    }

    @Test
    void theKeyIsTakenOutHoweverItIsWritten() throws Exception {
        assertThat(provider(Kind.OPENAI)
                        .ask(asking("x|escaped", false), context)
                        .text())
                .isEqualTo("***");
        assertThatThrownBy(() -> provider(Kind.OPENAI).ask(asking("x|refused", false), context))
                .hasMessageEndingWith(": ***");
        assertThatThrownBy(() -> provider(Kind.OPENAI).ask(asking("x|cutoff", false), context))
                .hasMessageEndingWith("xxx***");
    }

    @Test
    void theKeyIsReadFromItsFileEachTime(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("key");
        Files.writeString(file, "old");
        HttpProvider provider = provider(Kind.OPENAI, null, file);

        assertThatThrownBy(() -> provider.ask(asking("a", false), context))
                .isInstanceOf(PermanentFailure.class)
                .hasMessageContaining("wrong key ***");

        Files.writeString(file, FakeProvider.KEY + "\n");

        assertThat(provider.ask(asking("a", false), context).text()).startsWith("You said a");
    }

    @Test
    void aKeyThatCannotBeAHeaderIsNotToldToAnybody() {
        assertThatThrownBy(() -> provider(Kind.OPENAI, "sk-with\na-line", null).ask(asking("a", false), context))
                .isInstanceOf(PermanentFailure.class)
                .hasMessageNotContaining("sk-with")
                .hasNoCause();
    }

    @Test
    void aKeyFileThatIsNotThereIsSaidWithoutItsPlace() throws IOException {
        Path nowhere = Files.createTempDirectory("llm").resolve("nothing");

        assertThatThrownBy(() -> provider(Kind.OPENAI, null, nowhere).ask(asking("a", false), context))
                .isInstanceOf(PermanentFailure.class)
                .hasMessage("the provider 'p' has a key file that cannot be read");
    }

    /** All that a run would be told with. */
    private static void assertSilent(Throwable thrown) {
        var trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(FakeProvider.KEY);
    }
}
