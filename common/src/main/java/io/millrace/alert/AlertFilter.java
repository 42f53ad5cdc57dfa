package io.millrace.alert;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which alerts somebody wants to see; an empty list leaves nothing out.
 *
 * @param active only those that are, or are not, still so; null for both
 */
public record AlertFilter(
        @Nullable Boolean active, List<Severity> severities, List<String> queues, List<String> sources) {

    /** All of them. */
    public static final AlertFilter ALL = new AlertFilter(null, List.of(), List.of(), List.of());

    public AlertFilter {
        severities = List.copyOf(severities);
        queues = List.copyOf(queues);
        sources = List.copyOf(sources);
    }
}
