package io.millrace.pack.llm;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.llm.LlmConfig;
import io.millrace.llm.Usage;
import io.millrace.pack.function.Function;
import io.millrace.pack.function.FunctionCall;
import io.millrace.store.LlmStore;
import io.millrace.worker.task.PermanentFailure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a model: finds the configuration, asks its provider, notes what it has cost. */
@Singleton
class LlmCallFunction implements Function {

    private final LlmStore store;
    private final Providers providers;
    private final int maxTokens;
    private final MeterRegistry metrics;
    private final ObjectMapper json = JsonMapper.builder().build();

    LlmCallFunction(LlmStore store, Providers providers, ProvidersConfig config, MeterRegistry metrics) {
        this.store = store;
        this.providers = providers;
        this.maxTokens = config.maxTokens();
        this.metrics = metrics;
    }

    @Override
    public String path() {
        return LlmStore.FUNCTION;
    }

    /** What somebody who has asked gets, and what a callback has as its data. */
    @RegisterForReflection(registerFullHierarchy = true)
    record Answered(Response response, Tokens usage) {}

    /** What the model has said. */
    @RegisterForReflection(registerFullHierarchy = true)
    record Response(
            String text,
            @Nullable String id,
            String provider,
            String model,
            @JsonProperty("finish_reason") @Nullable String finishReason) {}

    /** What it has cost. */
    @RegisterForReflection(registerFullHierarchy = true)
    record Tokens(
            @JsonProperty("input_tokens") long input,
            @JsonProperty("output_tokens") long output,
            @JsonProperty("total_tokens") long total) {
        static Tokens of(Usage usage) {
            return new Tokens(usage.inputTokens(), usage.outputTokens(), usage.totalTokens());
        }
    }

    @Override
    public Answered execute(FunctionCall call) throws InterruptedException {
        JsonNode wanted = json.valueToTree(call.requestData());
        LlmConfig config = config(wanted.path("config"), call.projectId());
        LlmAnswer answer = providers.named(config.provider()).ask(request(config, query(wanted)), call.context());
        store.answered(call.taskId(), config, call.projectId(), call.organizationId(), answer.usage());
        count(config, answer.usage());
        return new Answered(
                new Response(
                        // PostgreSQL has no zero bytes in texts.
                        answer.text().replace("\0", ""),
                        answer.id(),
                        config.provider(),
                        answer.model() == null ? config.model() : answer.model(),
                        answer.finishReason()),
                Tokens.of(answer.usage()));
    }

    private LlmConfig config(JsonNode wanted, @Nullable String project) {
        JsonNode version = wanted.path("version");
        return store.config(wanted.path("id").asLong(-1), version.isIntegralNumber() ? version.asInt() : null)
                .filter(found -> found.servesProject(project))
                .orElseThrow(() -> new PermanentFailure("UnknownConfig", "there is no configuration " + wanted));
    }

    private static String query(JsonNode wanted) {
        JsonNode query = wanted.path("query");
        if (!query.isTextual() || query.asText().isBlank()) {
            throw new PermanentFailure("InvalidArgs", "request_data.query must be a string that says something");
        }
        return query.asText();
    }

    private LlmRequest request(LlmConfig config, String query) {
        ObjectNode parameters;
        try {
            parameters = json.readValue(config.parameters(), ObjectNode.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
        }
        JsonNode stream = parameters.remove("stream");
        int most = parameters.path("max_tokens").asInt(maxTokens);
        return new LlmRequest(
                config.model(), query, parameters, Math.max(1, most), stream != null && stream.asBoolean());
    }

    /** Providers are configured, so the labels are bounded. */
    private void count(LlmConfig config, Usage usage) {
        for (var part : Map.of("input", usage.inputTokens(), "output", usage.outputTokens())
                .entrySet()) {
            Counter.builder("millrace.llm.tokens")
                    .description("Tokens that calls of language models have cost")
                    .tag("provider", config.provider())
                    .tag("direction", part.getKey())
                    .register(metrics)
                    .increment(part.getValue());
        }
    }
}
