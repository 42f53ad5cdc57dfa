package io.millrace.pack.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.llm.Usage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** <a href="https://docs.anthropic.com/en/api/messages">Messages</a>, as Anthropic has them. */
final class AnthropicForm implements ChatForm {

    @Override
    public String path() {
        return "/v1/messages";
    }

    @Override
    public Map<String, String> credentials(String key) {
        return Map.of("x-api-key", key, "anthropic-version", "2023-06-01");
    }

    @Override
    public ObjectNode body(LlmRequest request) {
        ObjectNode body = request.parameters().deepCopy();
        body.put("model", request.model());
        // Not said is not allowed here.
        body.put("max_tokens", request.maxTokens());
        body.putArray("messages").addObject().put("role", "user").put("content", request.query());
        if (request.stream()) {
            body.put("stream", true);
        }
        return body;
    }

    @Override
    public LlmAnswer answer(JsonNode body) {
        if (!body.path("content").isArray()) {
            throw new UnreadableAnswer("it has no content");
        }
        var text = new StringBuilder();
        for (JsonNode block : body.path("content")) {
            text.append(block.path("text").asText(""));
        }
        return new LlmAnswer(
                text(body.path("id")),
                text(body.path("model")),
                text.toString(),
                text(body.path("stop_reason")),
                new Usage(
                        body.at("/usage/input_tokens").asLong(),
                        body.at("/usage/output_tokens").asLong()));
    }

    @Override
    public LlmAnswer answer(List<JsonNode> events) {
        var text = new StringBuilder();
        String id = null;
        String model = null;
        String stop = null;
        long input = 0;
        long output = 0;
        boolean whole = false;
        for (JsonNode event : events) {
            switch (event.path("type").asText()) {
                case "message_start" -> {
                    id = text(event.at("/message/id"));
                    model = text(event.at("/message/model"));
                    input = event.at("/message/usage/input_tokens").asLong();
                }
                case "content_block_delta" ->
                    text.append(event.at("/delta/text").asText(""));
                case "message_delta" -> {
                    stop = text(event.at("/delta/stop_reason"));
                    // Counted up from event to event, so the last one has all.
                    output = event.at("/usage/output_tokens").asLong(output);
                }
                case "message_stop" -> whole = true;
                case "error" ->
                    throw new UnreadableAnswer(
                            "it broke off: " + event.at("/error/message").asText());
                // Pings, and what there may be one day.
                default -> {}
            }
        }
        if (!whole) {
            throw new UnreadableAnswer("it ended before its end");
        }
        return new LlmAnswer(id, model, text.toString(), stop, new Usage(input, output));
    }

    private static @Nullable String text(JsonNode value) {
        return value.isTextual() ? value.asText() : null;
    }
}
