package io.millrace.api.body;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a listing.
 *
 * @param nextCursor of the next page, null on the last one
 */
public record PageOf<V>(List<V> items, @Nullable String nextCursor) {

    /**
     * Cuts what was read with one more than asked for, which tells whether there is a next page.
     *
     * @param view what is shown of each
     * @param place what a cursor says of the last one, so that the next page begins behind it
     */
    public static <T, V> PageOf<V> cut(List<T> found, int asked, Function<T, V> view, Function<T, String> place) {
        boolean more = found.size() > asked;
        List<T> page = more ? found.subList(0, asked) : found;
        return new PageOf<>(
                page.stream().map(view).toList(), more ? QueryParams.cursor(place.apply(page.getLast())) : null);
    }
}
