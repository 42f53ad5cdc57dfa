package io.millrace.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path of the API with its query; what is null or empty is left out. */
final class Query {

    private final StringBuilder text;
    private final List<String> pairs = new ArrayList<>();

    private Query(String path) {
        this.text = new StringBuilder(path);
    }

    /** @param parts names and ids, which may have any character in them, but at least one */
    static Query of(String path, String... parts) {
        var query = new Query(path);
        for (String part : parts) {
            if (part.isEmpty()) {
                // It would be the address of the whole list.
                throw new Misuse("An id or a name is not to be empty.");
            }
            query.text.append('/').append(encode(part));
        }
        return query;
    }

    /** Goes on with a fixed part of the path, such as {@code /revoke}. */
    Query then(String path) {
        text.append(path);
        return this;
    }

    Query with(String name, @Nullable Object value) {
        if (value != null && !value.toString().isEmpty()) {
            pairs.add(name + "=" + encode(value.toString()));
        }
        return this;
    }

    Query with(String name, List<String> values) {
        return with(name, String.join(",", values));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return pairs.isEmpty() ? text.toString() : text + "?" + String.join("&", pairs);
    }
}
