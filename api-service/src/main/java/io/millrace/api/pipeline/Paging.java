package io.millrace.api.pipeline;

import io.millrace.api.body.PageOf;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a listing somebody wants, and how it is cut.
 *
 * @param after the place behind which it begins
 */
record Paging<P>(P after, int limit) {

    /**
     * Reads the parameters of a listing.
     *
     * @param beginning the place before the first item
     * @param read throws IllegalArgumentException for what is no place
     */
    static <P> Paging<P> of(@Nullable String limit, @Nullable String cursor, P beginning, Function<String, P> read) {
        var errors = new ArrayList<FieldError>(0);
        int asked = QueryParams.limit(limit, errors);
        @Nullable P after = QueryParams.after(cursor, read, errors);
        QueryParams.refuse(errors);
        return new Paging<>(after == null ? beginning : after, asked);
    }

    /** One more than asked for tells whether there is a next page. */
    int oneMore() {
        return limit + 1;
    }

    /** Cuts what was found. */
    <T> PageOf<T> cut(List<T> found, Function<T, String> place) {
        return PageOf.cut(found, limit, item -> item, place);
    }

    /** A place of two numbers, as it is in a cursor. */
    static String place(long first, long second) {
        return first + " " + second;
    }

    /** @throws IllegalArgumentException if it is no distance that there can be */
    static int distance(long number) {
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no distance");
        }
        return (int) number;
    }

    /** @throws IllegalArgumentException if it is not of so many numbers */
    static long[] numbers(String place, int count) {
        String[] words = place.split(" ", -1);
        if (words.length != count) {
            throw new IllegalArgumentException("no place of " + count + " numbers");
        }
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = Long.parseLong(words[i]);
        }
        return numbers;
    }
}
