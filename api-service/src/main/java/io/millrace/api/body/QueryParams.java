package io.millrace.api.body;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the query parameters that listings have in common. What is wrong is collected rather than thrown, so that a caller
 * hears of everything at once.
 */
public final class QueryParams {

    private static final int LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private QueryParams() {}

    /** How many items a page may have: 50 unless something else from 1 to 500 is asked for. */
    public static int limit(@Nullable String text, List<FieldError> errors) {
        if (text == null || text.isEmpty()) {
            return LIMIT;
        }
        try {
            int asked = Integer.parseInt(text);
            if (asked >= 1 && asked <= MAX_LIMIT) {
                return asked;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        errors.add(new FieldError("limit", "must be a number from 1 to " + MAX_LIMIT));
        return LIMIT;
    }

    /** A time with its zone, null where the parameter is absent or empty. */
    public static @Nullable Instant time(String field, @Nullable String text, List<FieldError> errors) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            errors.add(new FieldError(field, "must be a time with its zone, such as 2026-01-31T12:00:00Z"));
            return null;
        }
    }

    /** The words of a parameter that takes several, separated by commas. */
    public static List<String> words(@Nullable String text) {
        return text == null
                ? List.of()
                : Stream.of(text.split(","))
                        .map(String::strip)
                        .filter(word -> !word.isEmpty())
                        .toList();
    }

    /**
     * The {@link #words} of a parameter, each read as a value.
     *
     * @param read throws IllegalArgumentException for what is no value
     * @param wrong what is then said of the word, such as "is not a state"
     */
    public static <T> List<T> values(
            String field, @Nullable String text, Function<String, T> read, String wrong, List<FieldError> errors) {
        var values = new ArrayList<T>();
        for (String word : words(text)) {
            try {
                values.add(read.apply(word));
            } catch (IllegalArgumentException e) {
                errors.add(new FieldError(field, "'" + word + "' " + wrong));
            }
        }
        return values;
    }

    /** The cursor of the page behind an item: what tells the item's place, made opaque. */
    public static String cursor(String place) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The place that {@link #cursor} was made of, null where there is none.
     *
     * @param read throws IllegalArgumentException or DateTimeException for what is no place
     */
    public static <T> @Nullable T after(@Nullable String cursor, Function<String, T> read, List<FieldError> errors) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            return read.apply(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | DateTimeException e) {
            errors.add(new FieldError("cursor", "is not one that a listing has given"));
            return null;
        }
    }

    /** Goes on if nothing is wrong. @throws Problem with all that is */
    public static void refuse(List<FieldError> errors) {
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
    }
}
