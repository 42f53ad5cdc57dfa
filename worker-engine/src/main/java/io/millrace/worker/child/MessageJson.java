package io.millrace.worker.child;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.Outcome;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;

/** A message as JSON: {@code {"message": "ended", "outcome": "failed", "body": {…}}}. */
@RegisterForReflection(
        targets = {
            Claim.class,
            JobError.class,
            Outcome.Succeeded.class,
            Outcome.Failed.class,
            Outcome.Snoozed.class,
            Outcome.Released.class,
            Outcome.WorkerLost.class,
            Outcome.ChildLost.class,
            Message.Progress.class,
            Message.SoftLimit.class
        },
        registerFullHierarchy = true)
final class MessageJson {

    private final ObjectMapper mapper = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            // A worker and its child are the same build; what one of them does not know is a mistake.
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    byte[] write(Message message) {
        ObjectNode json = mapper.createObjectNode();
        switch (message) {
            case Message.Ready _ -> json.put("message", "ready");
            case Message.Run(var claim) -> json.put("message", "run").set("body", mapper.valueToTree(claim));
            case Message.Begun _ -> json.put("message", "begun");
            case Message.Progress progress -> json.put("message", "progress").set("body", mapper.valueToTree(progress));
            case Message.SoftLimit limit -> json.put("message", "soft_limit").set("body", mapper.valueToTree(limit));
            case Message.Ended(var outcome) ->
                json.put("message", "ended").put("outcome", nameOf(outcome)).set("body", mapper.valueToTree(outcome));
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String nameOf(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded _ -> "succeeded";
            case Outcome.Failed _ -> "failed";
            case Outcome.Snoozed _ -> "snoozed";
            case Outcome.Released _ -> "released";
            case Outcome.WorkerLost _ -> "worker_lost";
            case Outcome.ChildLost _ -> "child_lost";
        };
    }

    /** @throws JsonProcessingException also for a message that is not known */
    Message read(String text) throws JsonProcessingException {
        JsonNode json = mapper.readTree(text);
        String name = json.path("message").asText();
        return switch (name) {
            case "ready" -> new Message.Ready();
            case "run" -> new Message.Run(body(json, Claim.class));
            case "begun" -> new Message.Begun();
            case "progress" -> body(json, Message.Progress.class);
            case "soft_limit" -> body(json, Message.SoftLimit.class);
            case "ended" -> new Message.Ended(outcome(json));
            default -> throw new UnknownMessage(name);
        };
    }

    private Outcome outcome(JsonNode json) throws JsonProcessingException {
        String name = json.path("outcome").asText();
        return switch (name) {
            case "succeeded" -> body(json, Outcome.Succeeded.class);
            case "failed" -> body(json, Outcome.Failed.class);
            case "snoozed" -> body(json, Outcome.Snoozed.class);
            case "released" -> body(json, Outcome.Released.class);
            case "worker_lost" -> body(json, Outcome.WorkerLost.class);
            case "child_lost" -> body(json, Outcome.ChildLost.class);
            default -> throw new UnknownMessage(name);
        };
    }

    private <T> T body(JsonNode json, Class<T> type) throws JsonProcessingException {
        return mapper.treeToValue(json.path("body"), type);
    }

    private static final class UnknownMessage extends JsonProcessingException {
        private static final long serialVersionUID = 1L;

        UnknownMessage(String name) {
            super("there is no message '" + name + "'");
        }
    }
}
