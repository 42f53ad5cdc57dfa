package io.millrace.pack.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.llm.Usage;
import io.millrace.pack.llm.ChatForm.UnreadableAnswer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked, and what is made of an answer, without any HTTP. */
class ChatFormsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    private static LlmRequest request(String parameters, boolean stream) throws JsonProcessingException {
        return new LlmRequest("m", "why?", (ObjectNode) json(parameters), 99, stream);
    }

    @Test
    void openAiIsAskedWithASystemMessageAndWhatTheParametersSay() throws Exception {
        JsonNode body = new OpenAiForm().body(request("{\"system\": \"Be brief.\", \"temperature\": 0.5}", false));

        assertThat(body).isEqualTo(json("""
                        {"temperature": 0.5, "model": "m",
                         "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "why?"}]}
                        """));
    }

    @Test
    void openAiSaysInAStreamWhatItHasCostOnlyIfItIsAsked() throws Exception {
        JsonNode body = new OpenAiForm().body(request("{}", true));

        assertThat(body.path("stream").asBoolean()).isTrue();
        assertThat(body.at("/stream_options/include_usage").asBoolean()).isTrue();
    }

    @Test
    void anthropicIsAlwaysToldHowManyTokensItMayUse() throws Exception {
        JsonNode body = new AnthropicForm().body(request("{\"system\": \"Be brief.\"}", false));

        assertThat(body).isEqualTo(json("""
                        {"system": "Be brief.", "model": "m", "max_tokens": 99,
                         "messages": [{"role": "user", "content": "why?"}]}
                        """));
    }

    @Test
    void allBlocksOfTextAreTheAnswer() throws Exception {
        LlmAnswer answer = new AnthropicForm().answer(json("""
                        {"content": [{"type": "thinking", "thinking": "…"}, {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
                        """));

        assertThat(answer.text()).isEqualTo("ab");
        assertThat(answer.usage()).isEqualTo(new Usage(0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[]", "1", "{\"choices\": []}", "{\"choices\": [{\"message\": {\"content\": null}}]}"})
    void whatIsNoAnswerIsUnreadable(String body) throws Exception {
        JsonNode read = json(body);

        assertThatThrownBy(() -> new OpenAiForm().answer(read)).isInstanceOf(UnreadableAnswer.class);
        assertThatThrownBy(() -> new AnthropicForm().answer(read)).isInstanceOf(UnreadableAnswer.class);
    }

    @Test
    void anErrorInAStreamIsNoAnswer() throws Exception {
        JsonNode error = json("{\"type\": \"error\", \"error\": {\"message\": \"Overloaded\"}}");

        assertThatThrownBy(() -> new OpenAiForm().answer(List.of(error))).hasMessageContaining("Overloaded");
        assertThatThrownBy(() -> new AnthropicForm().answer(List.of(error))).hasMessageContaining("Overloaded");
    }

    @Test
    void eventsAreReadWhateverTheirLinesEndWith() {
        assertThat(ServerSentEvents.data("event: a\r\ndata: {\"x\":1}\r\n\r\n: ping\n\ndata:{}\n\ndata: [DONE]\n\n"))
                .containsExactly("{\"x\":1}", "{}");
        assertThat(ServerSentEvents.count("data: 1\n\ndata: 2\n\n".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(2);
    }
}
