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
        if (body.bytes().length == 0) {
            return JSON.createObjectNode();
        }
        JsonNode read;
        try {
            read = JSON.readTree(body.bytes());
        } catch (JsonProcessingException e) {
            throw Problems.malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory cannot fail", e);
        }
        if (!(read instanceof ObjectNode object)) {
            throw invalid("", "must be a JSON object");
        }
        var errors = new ArrayList<FieldError>();
        object.fieldNames().forEachRemaining(name -> {
            if (!fields.contains(name)) {
                errors.add(new FieldError(name, "is not a field of this request"));
            }
        });
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.UNKNOWN_FIELD, errors);
        }
        return object;
    }

    /** What is wrong with a field. */
    public static Problem invalid(String field, String message) {
        return Problem.of(ProblemCode.INVALID_REQUEST, java.util.List.of(new FieldError(field, message)));
    }
}
