package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What people type and what bodies are made of. */
final class Values {

    private static final String STANDARD_INPUT = "-";

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private Values() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A value as it was typed: JSON if it is some, else text. */
    static JsonNode typed(String text) {
        try {
            JsonNode value = MAPPER.readTree(text);
            return value.isMissingNode() ? TextNode.valueOf(text) : value;
        } catch (JsonProcessingException e) {
            // Most text is no JSON, and needs no quotes for that.
            return TextNode.valueOf(text);
        }
    }

    /**
     * Arguments of a job.
     *
     * @param json all of them, null for none
     * @param single those that were given one by one, which go before
     */
    static ObjectNode arguments(Millrace millrace, @Nullable String json, Map<String, String> single) {
        ObjectNode args = object();
        if (json != null) {
            args = object(millrace, json, "--args");
        }
        for (Map.Entry<String, String> each : single.entrySet()) {
            args.set(each.getKey(), typed(each.getValue()));
        }
        return args;
    }

    /** @throws picocli.CommandLine.ParameterException if it is no JSON object */
    static ObjectNode object(Millrace millrace, String json, String where) {
        try {
            if (MAPPER.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw millrace.wrong(where + " must be a JSON object.");
        } catch (JsonProcessingException e) {
            throw millrace.wrong(where + " is no JSON: " + e.getOriginalMessage() + ".");
        }
    }

    /** The text of a file, {@code -} for standard input. @throws picocli.CommandLine.ParameterException if there is none */
    static String file(Millrace millrace, Path file) {
        try {
            return file.toString().equals(STANDARD_INPUT)
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(file);
        } catch (IOException e) {
            throw millrace.wrong(file + " cannot be read.");
        }
    }
}
