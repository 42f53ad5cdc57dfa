package io.millrace.api.workflow;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of what was read with one more than asked for, which tells whether there is a next one.
 *
 * @param nextCursor null on the last page
 */
record PageOf<V>(List<V> items, @Nullable String nextCursor) {

    static <T, V> PageOf<V> cut(List<T> found, int limit, Function<T, V> view, Function<T, String> cursor) {
        boolean more = found.size() > limit;
        List<T> page = more ? found.subList(0, limit) : found;
        return new PageOf<>(page.stream().map(view).toList(), more ? cursor.apply(page.getLast()) : null);
    }
}
