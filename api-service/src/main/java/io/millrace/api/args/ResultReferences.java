package io.millrace.api.args;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.problem.FieldError;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code {"$result": "key"}} in arguments: the result of another job of the batch, put in before the job runs. */
public final class ResultReferences {

    private static final String REFERENCE = "$result";

    private ResultReferences() {}

    /** Whether this is one. */
    public static boolean isReference(JsonNode node) {
        return node.isObject() && node.size() == 1 && node.path(REFERENCE).isTextual();
    }

    /** Whether there is one, here or further in. */
    public static boolean anyIn(JsonNode node) {
        if (isReference(node)) {
            return true;
        }
        for (JsonNode child : node) {
            if (anyIn(child)) {
                return true;
            }
        }
        return false;
    }

    /** Adds the keys that are referred to, and what is wrong with those that only look like references. */
    public static void collect(JsonNode node, String field, Set<String> keys, List<FieldError> errors) {
        if (isReference(node)) {
            keys.add(node.path(REFERENCE).textValue());
            return;
        }
        if (node.has(REFERENCE)) {
            errors.add(new FieldError(field, "refers to a result, and then may only be {\"$result\": \"key\"}"));
        }
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            collect(property.getValue(), field + "." + property.getKey(), keys, errors);
        }
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(node.get(i), field + "[" + i + "]", keys, errors);
            }
        }
    }
}
