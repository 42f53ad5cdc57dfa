package io.millrace.api.body;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Set;

/** A small body read as a JSON object, where it matters whether a field is there, null or absent. */
public final class JsonFields {

    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonFields() {}

    /**
     * The body as an object with no other fields than these; no body is an empty one.
     *
     * @throws Problem {@code malformed_json}, {@code invalid_request} or {@code unknown_field}
     */
    public static ObjectNode object(Body body, Set<String> fields) {
        return body.bytes().length == 0 ? JSON.createObjectNode() : required(body.bytes(), fields);
    }

    /**
     * The body, which must be there, as an object with no other fields than these.
     *
     * @throws Problem {@code malformed_json}, {@code invalid_request} or {@code unknown_field}
     */
    public static ObjectNode required(byte[] body, Set<String> fields) {
        return required(body, fields, JSON);
    }

    /**
     * The same, read by a mapper of one's own.
     *
     * @throws Problem {@code malformed_json}, {@code invalid_request} or {@code unknown_field}
     */
    public static ObjectNode required(byte[] body, Set<String> fields, ObjectMapper json) {
        JsonNode read;
        try {
            read = json.readTree(body);
        } catch (JsonProcessingException e) {
            throw Problems.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
        if (read instanceof ObjectNode object) {
            refuseOthers(object, fields, "");
            return object;
        }
        throw read.isMissingNode()
                ? Problem.of(ProblemCode.MALFORMED_JSON, "The body is empty.")
                : Problem.invalid("", "must be a JSON object");
    }

    /**
     * Goes on if an object has no other fields than these.
     *
     * @param path what the object's fields are called by, such as {@code autoscale.}; empty for those of the body
     * @throws Problem {@code unknown_field}, naming every other one
     */
    public static void refuseOthers(JsonNode object, Set<String> fields, String path) {
        var errors = new ArrayList<FieldError>();
        object.fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                errors.add(new FieldError(path + name, "is not a field of this request"));
            }
        });
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.UNKNOWN_FIELD, errors);
        }
    }

    /** Whether something was said: a field that is null says as little as one that is absent. */
    public static boolean isThere(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }

    /** Whether a field says true; one that is absent or null does not. @throws Problem if it says something else */
    public static boolean isTrue(ObjectNode object, String field) {
        JsonNode value = object.path(field);
        if (isThere(value) && !value.isBoolean()) {
            throw Problem.invalid(field, "must be true or false");
        }
        return value.asBoolean(false);
    }
}
