package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/**
 * A call of a language model that is at first too busy and then not well: the scripted provider, so that it needs no account
 * anywhere. A configuration is stored, the call is answered with the id of its job, and its end has an answer and its cost.
 */
final class LlmDemo {

    private static final int SECONDS = 30;

    private final ObjectMapper json = new ObjectMapper();
    private final DemoApi api;
    private final Consumer<String> says;

    LlmDemo(String apiUrl, Consumer<String> says) {
        this.api = new DemoApi(apiUrl + "/api/v1");
        this.says = says;
    }

    /** Runs the demo. @throws LocalFailure if the call was not answered */
    void run() {
        JsonNode config = api.post("/configs", config());
        ObjectNode call = json.createObjectNode().put("query", "What is AI?");
        call.putObject("config")
                .put("id", config.path("id").asLong())
                .put("version", config.path("version").asInt());
        String job = api.post("/llm/call", call).path("job_id").asText();
        says.accept("\nA language model: asked by job " + job + " with configuration " + config.path("id")
                + ", version " + config.path("version"));
        JsonNode ended = await(job);
        JsonNode attempts = api.get("/jobs/" + job + "/history").path("attempts");
        for (JsonNode attempt : attempts) {
            says.accept("  attempt %s  %-8s %s"
                    .formatted(
                            attempt.path("attempt").asText(),
                            attempt.path("outcome").asText(),
                            attempt.path("exc_message").asText("").replace("null", "")));
        }
        if (!ended.path("success").asBoolean()) {
            throw new LocalFailure("The call was not answered: " + ended.path("error"));
        }
        says.accept("  \"" + ended.at("/data/response/text").asText() + "\"");
        says.accept("  for " + ended.at("/data/usage/total_tokens").asText() + " tokens");
    }

    private ObjectNode config() {
        ObjectNode config = json.createObjectNode()
                .put("name", "demo")
                .put("provider", "scripted")
                .put("model", "parrot");
        ObjectNode parameters = config.putObject("parameters");
        parameters.putArray("script").add("429:1").add("500");
        parameters.put("stream", true);
        parameters.put("answer", "Whatever has not been done yet. Ask me again in ten years.");
        return config;
    }

    private JsonNode await(String job) {
        for (int i = 0; i < SECONDS; i++) {
            JsonNode call = api.get("/llm/calls/" + job);
            if (!call.path("success").isNull()) {
                return call;
            }
            JsonNode _ = api.get("/jobs/" + job + "?wait=1");
        }
        throw new LocalFailure("The call was not answered within " + SECONDS + " s. " + api.why(job));
    }
}
