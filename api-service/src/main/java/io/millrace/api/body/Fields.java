package io.millrace.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a small body, each read as what it should be. What is wrong is collected, so that a caller hears of all of
 * it at once; {@link #done} then refuses the request.
 */
public final class Fields {

    private static final int WORD = 200;
    private static final int ADDRESS = 2_000;

    private final ObjectNode body;
    private final List<FieldError> errors = new ArrayList<>();

    private Fields(ObjectNode body) {
        this.body = body;
    }

    /**
     * A body that must be there.
     *
     * @throws Problem if it is no JSON object with no other fields than these
     */
    public static Fields of(Body body, Set<String> known) {
        return new Fields(JsonFields.required(body.bytes(), known));
    }

    /** A field as it is; missing where it is absent or null. */
    public JsonNode node(String field) {
        JsonNode value = body.path(field);
        return value.isNull() ? body.path("") : value;
    }

    /** A text of 1 to so many characters; null where it is absent or null. */
    public @Nullable String text(String field, int longest) {
        JsonNode value = node(field);
        if (value.isMissingNode()) {
            return null;
        }
        String text = value.asText();
        if (!value.isTextual() || text.isBlank() || text.length() > longest || text.indexOf('\0') >= 0) {
            refuse(field, "must be a string of 1 to " + longest + " characters");
        }
        return text;
    }

    /** A text of 1 to 200 characters; null where it is absent or null. */
    public @Nullable String word(String field) {
        return text(field, WORD);
    }

    /** A text that must be there. */
    public String required(String field, int longest) {
        String text = text(field, longest);
        if (text == null) {
            refuse(field, "is required");
            return "";
        }
        return text;
    }

    /** An http or https address; null where it is absent or null. */
    public @Nullable String address(String field) {
        String address = text(field, ADDRESS);
        if (address != null && !WebAddress.isOne(address)) {
            refuse(field, "must be an http or https address without a user in it");
        }
        return address;
    }

    /** Notes what is wrong. */
    public void refuse(String field, String message) {
        errors.add(new FieldError(field, message));
    }

    /** Goes on if nothing was wrong. @throws Problem with all that was */
    public void done() {
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
    }
}
