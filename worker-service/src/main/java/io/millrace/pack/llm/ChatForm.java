package io.millrace.pack.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** How an HTTP API wants to be asked, and how its answers are read. Pure functions of what is given. */
interface ChatForm {

    /** Where it is asked, behind the base URL. */
    String path();

    /** The headers that say who asks. */
    Map<String, String> credentials(String key);

    /** The body of a request. */
    ObjectNode body(LlmRequest request);

    /** Reads an answer that came whole. @throws UnreadableAnswer if it is none */
    LlmAnswer answer(JsonNode body);

    /** Reads an answer from the events it came in. @throws UnreadableAnswer if they are none, or not all */
    LlmAnswer answer(List<JsonNode> events);

    /** What an API has answered cannot be read as what was asked for. */
    final class UnreadableAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnreadableAnswer(String message) {
            super(message);
        }
    }
}
