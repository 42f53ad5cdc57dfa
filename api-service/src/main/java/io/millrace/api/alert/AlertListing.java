package io.millrace.api.alert;

import io.millrace.alert.AlertFilter;
import io.millrace.alert.Severity;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Which alerts somebody wants to see, as query parameters. */
public class AlertListing {

    private static final int LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    @RestQuery
    @Parameter(description = "true: only what is still so; false: only what is not")
    @Nullable
    String active;

    @RestQuery
    @Parameter(description = "Severities, such as WARNING,CRITICAL")
    @Nullable
    String severity;

    @RestQuery
    @Parameter(description = "Queues, several with commas between")
    @Nullable
    String queue;

    @RestQuery
    @Parameter(description = "Who told it: queue, or names of packs")
    @Nullable
    String source;

    @RestQuery
    @Parameter(description = "Alerts a page, 1 to 500, 50 by default")
    @Nullable
    String limit;

    @RestQuery
    @Parameter(description = "next_cursor of the page before")
    @Nullable
    String cursor;

    /** A listing that is understood. */
    record Query(AlertFilter filter, @Nullable UUID after, int limit) {}

    /** What the parameters mean. @throws Problem with every parameter that is not understood */
    Query query() {
        var errors = new ArrayList<FieldError>(0);
        var filter = new AlertFilter(active(errors), severities(errors), words(queue), words(source));
        var query = new Query(filter, after(errors), limit(errors));
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        return query;
    }

    private @Nullable Boolean active(List<FieldError> errors) {
        String word = active == null ? "" : active.strip().toLowerCase(Locale.ROOT);
        return switch (word) {
            case "" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> {
                errors.add(new FieldError("active", "must be true or false"));
                yield null;
            }
        };
    }

    private List<Severity> severities(List<FieldError> errors) {
        var severities = new ArrayList<Severity>();
        for (String word : words(severity)) {
            try {
                severities.add(Severity.ofName(word));
            } catch (IllegalArgumentException e) {
                errors.add(new FieldError("severity", "'" + word + "' is not a severity"));
            }
        }
        return severities;
    }

    private static List<String> words(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(word -> !word.isEmpty())
                        .toList();
    }

    private int limit(List<FieldError> errors) {
        if (limit == null || limit.isEmpty()) {
            return LIMIT;
        }
        try {
            int asked = Integer.parseInt(limit);
            if (asked >= 1 && asked <= MAX_LIMIT) {
                return asked;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        errors.add(new FieldError("limit", "must be a number from 1 to " + MAX_LIMIT));
        return LIMIT;
    }

    static String cursor(UUID after) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(after.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private @Nullable UUID after(List<FieldError> errors) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            return UUID.fromString(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            errors.add(new FieldError("cursor", "is not one that a listing has given"));
            return null;
        }
    }
}
