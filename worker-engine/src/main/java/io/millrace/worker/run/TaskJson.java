package io.millrace.worker.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How arguments and results of tasks are written: snake_case, RFC 3339 times, unknown properties refused. What
 * submissions are checked against, {@link ArgsSchemas}, says the same.
 */
@Singleton
class TaskJson {

    private static final PropertyNamingStrategies.SnakeCaseStrategy SNAKE =
            (PropertyNamingStrategies.SnakeCaseStrategy) PropertyNamingStrategies.SNAKE_CASE;

    /**
     * Jackson keeps its buffers, 16 KB and more, with the thread that has used them; here each thread runs one job. So they
     * are shared, as many as may be in use at once without a new one being made.
     */
    private static final int BUFFERS = 64;

    private final ObjectMapper mapper = JsonMapper.builder(JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.newBoundedPool(BUFFERS))
                    .build())
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // As the schema says; what was submitted in SQL has not been checked against all of it.
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** Reads arguments. */
    <T> T read(String json, Class<T> type) throws com.fasterxml.jackson.core.JsonProcessingException {
        return mapper.readValue(json, type);
    }

    /** Writes arguments or a result of any size; nothing is JSON null. */
    String write(@Nullable Object value) throws com.fasterxml.jackson.core.JsonProcessingException {
        return value == null ? "null" : mapper.writeValueAsString(value);
    }

    /**
     * Writes a result; nothing is JSON null.
     *
     * @throws ResultTooLarge as soon as it has more bytes than this, so that it never fills the memory
     */
    String write(@Nullable Object value, long maxBytes)
            throws com.fasterxml.jackson.core.JsonProcessingException, ResultTooLarge {
        if (value == null) {
            return "null";
        }
        var out = new BoundedOutput(maxBytes);
        try {
            mapper.writeValue(out, value);
        } catch (IOException e) {
            // Jackson may have wrapped what the output has thrown.
            if (out.overflown) {
                throw new ResultTooLarge(maxBytes);
            }
            if (e instanceof com.fasterxml.jackson.core.JsonProcessingException unwritable) {
                throw unwritable;
            }
            throw new UncheckedIOException("writing memory cannot fail", e);
        }
        return out.bytes.toString(StandardCharsets.UTF_8);
    }

    /** Takes so many bytes and no more. */
    private static final class BoundedOutput extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        private final long maxBytes;
        private boolean overflown;

        BoundedOutput(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        @Override
        public void write(byte[] more, int from, int length) throws IOException {
            if (bytes.size() + (long) length > maxBytes) {
                overflown = true;
                throw new IOException("more than " + maxBytes + " bytes");
            }
            bytes.write(more, from, length);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }
    }

    /** Whether this JSON object has the property with the value true. What is no JSON object has not. */
    boolean saysTrue(String json, String property) {
        try (JsonParser parser = mapper.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean itIs = parser.currentName().equals(property);
                if (parser.nextToken() == JsonToken.VALUE_TRUE && itIs) {
                    return true;
                }
                parser.skipChildren();
            }
        } catch (IOException e) {
            // The run will say what is wrong with its arguments.
            return false;
        }
        return false;
    }

    /** Whether a record of arguments has a property of this name. */
    boolean hasArgument(@Nullable Class<?> argsType, String property) {
        return argsType != null
                && Stream.of(argsType.getRecordComponents())
                        .map(component -> {
                            JsonProperty explicit = component.getAccessor().getAnnotation(JsonProperty.class);
                            return explicit == null || explicit.value().isEmpty()
                                    ? wireName(component.getName())
                                    : explicit.value();
                        })
                        .anyMatch(property::equals);
    }

    /** Whether a record of arguments has a boolean property of this name. */
    boolean hasBoolean(@Nullable Class<?> argsType, String property) {
        return argsType != null
                && Stream.of(argsType.getRecordComponents())
                        .anyMatch(component -> wireName(component.getName()).equals(property)
                                && (component.getType() == boolean.class || component.getType() == Boolean.class));
    }

    /** How a component of a record is called where it is written, unless it says so itself. */
    static String wireName(String component) {
        return SNAKE.translate(component);
    }
}
