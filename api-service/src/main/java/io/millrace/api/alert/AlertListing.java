package io.millrace.api.alert;

import io.millrace.alert.AlertFilter;
import io.millrace.alert.Severity;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Which alerts somebody wants to see, as query parameters. */
public class AlertListing {

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
        var filter = new AlertFilter(
                active(errors),
                QueryParams.values("severity", severity, Severity::ofName, "is not a severity", errors),
                QueryParams.words(queue),
                QueryParams.words(source));
        UUID after = QueryParams.after(cursor, UUID::fromString, errors);
        int asked = QueryParams.limit(limit, errors);
        QueryParams.refuse(errors);
        return new Query(filter, after, asked);
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
}
