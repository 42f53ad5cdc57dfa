package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What people type and what bodies are made of. */
final class Values {

    /** Numbers keep all of their digits, whoever has said them. */
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final Path STANDARD_INPUT = Path.of("-");

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
     * @param single those that were given one by one as {@code NAME=VALUE}, which go before
     */
    static ObjectNode arguments(@Nullable String json, List<String> single) {
        ObjectNode args = json == null ? object() : object(json, "--args");
        for (String each : single) {
            int end = each.indexOf('=');
            if (end < 1) {
                throw new Misuse("--arg is to be NAME=VALUE, not '" + each + "'.");
            }
            args.set(each.substring(0, end), typed(each.substring(end + 1)));
        }
        return args;
    }

    /** The JSON object of a file, {@code -} for standard input. @throws Misuse if it has none */
    static ObjectNode object(Path file) {
        return object(file(file), name(file));
    }

    private static ObjectNode object(String json, String where) {
        try {
            if (MAPPER.readTree(json) instanceof ObjectNode object) {
                return object;
            }
            throw new Misuse(where + " must be a JSON object.");
        } catch (JsonProcessingException e) {
            // Jackson ends some sentences with where it was when it began what has no end.
            String why = e.getOriginalMessage().replaceFirst(" \\(start marker at .*", "");
            throw new Misuse("%s is no JSON at line %d, column %d: %s."
                    .formatted(
                            where, e.getLocation().getLineNr(), e.getLocation().getColumnNr(), why));
        }
    }

    /** The text of a file, {@code -} for standard input. @throws Misuse if there is none */
    static String file(Path file) {
        try {
            byte[] bytes = file.equals(STANDARD_INPUT) ? System.in.readAllBytes() : Files.readAllBytes(file);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Misuse(name(file) + " is no text in UTF-8.");
        } catch (IOException e) {
            throw new Misuse(name(file) + " cannot be read.");
        }
    }

    private static String name(Path file) {
        return file.equals(STANDARD_INPUT) ? "Standard input" : file.toString();
    }
}
