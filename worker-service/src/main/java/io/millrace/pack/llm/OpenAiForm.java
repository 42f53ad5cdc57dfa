package io.millrace.pack.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.llm.Usage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * <a href="https://platform.openai.com/docs/api-reference/chat">Chat completions</a>, as OpenAI has them and vLLM, Ollama,
 * llama.cpp and others as well.
 */
final class OpenAiForm implements ChatForm {

    @Override
    public String path() {
        return "/v1/chat/completions";
    }

    @Override
    public Map<String, String> credentials(String key) {
        return Map.of("Authorization", "Bearer " + key);
    }

    @Override
    public ObjectNode body(LlmRequest request) {
        ObjectNode body = request.parameters().deepCopy();
        JsonNode system = body.remove("system");
        body.put("model", request.model());
        ArrayNode messages = body.putArray("messages");
        if (system != null && !system.isNull()) {
            messages.addObject().put("role", "system").put("content", system.asText());
        }
        messages.addObject().put("role", "user").put("content", request.query());
        if (request.stream()) {
            body.put("stream", true);
            // Without this a stream says nothing of what it has cost.
            body.putObject("stream_options").put("include_usage", true);
        }
        return body;
    }

    @Override
    public LlmAnswer answer(JsonNode body) {
        JsonNode choice = body.path("choices").path(0);
        JsonNode text = choice.at("/message/content");
        if (!text.isTextual()) {
            throw new UnreadableAnswer("it has no choices[0].message.content");
        }
        return new LlmAnswer(
                text(body.path("id")),
                text(body.path("model")),
                text.asText(),
                text(choice.path("finish_reason")),
                usage(body.path("usage")));
    }

    @Override
    public LlmAnswer answer(List<JsonNode> events) {
        var text = new StringBuilder();
        String id = null;
        String model = null;
        String finish = null;
        Usage usage = new Usage(0, 0);
        for (JsonNode event : events) {
            if (event.has("error")) {
                throw new UnreadableAnswer(
                        "it broke off: " + event.at("/error/message").asText());
            }
            JsonNode choice = event.path("choices").path(0);
            text.append(choice.at("/delta/content").asText(""));
            id = id == null ? text(event.path("id")) : id;
            model = model == null ? text(event.path("model")) : model;
            finish = choice.path("finish_reason").isTextual()
                    ? choice.path("finish_reason").asText()
                    : finish;
            usage = event.path("usage").isObject() ? usage(event.path("usage")) : usage;
        }
        if (finish == null) {
            throw new UnreadableAnswer("it ended before its end");
        }
        return new LlmAnswer(id, model, text.toString(), finish, usage);
    }

    private static Usage usage(JsonNode usage) {
        return new Usage(
                usage.path("prompt_tokens").asLong(),
                usage.path("completion_tokens").asLong());
    }

    private static @Nullable String text(JsonNode value) {
        return value.isTextual() ? value.asText() : null;
    }
}
