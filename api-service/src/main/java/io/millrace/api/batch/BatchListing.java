package io.millrace.api.batch;

import io.millrace.api.body.QueryParams;
import io.millrace.api.caller.Callers;
import io.millrace.api.problem.FieldError;
import io.millrace.batch.BatchFilter;
import io.millrace.batch.BatchStatus;
import java.util.ArrayList;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Which batches somebody wants to see, as query parameters. */
public class BatchListing {

    @RestQuery
    @Parameter(description = "Statuses, such as RUNNING,MIXED")
    @Nullable
    String status;

    @RestQuery
    @Parameter(description = "The whole name")
    @Nullable
    String name;

    @RestQuery("created_after")
    @Parameter(description = "A time (RFC 3339)")
    @Nullable
    String createdAfter;

    @RestQuery("created_before")
    @Parameter(description = "A time (RFC 3339)")
    @Nullable
    String createdBefore;

    @RestQuery
    @Parameter(description = "Batches a page, 1 to 500, 50 by default")
    @Nullable
    String limit;

    @RestQuery
    @Parameter(description = "next_cursor of the page before")
    @Nullable
    String cursor;

    /** A listing that is understood. */
    record Query(BatchFilter filter, @Nullable UUID after, int limit) {}

    /** What the parameters mean. @throws Problem with every parameter that is not understood */
    Query query() {
        var errors = new ArrayList<FieldError>(0);
        var filter = new BatchFilter(
                QueryParams.values("status", status, BatchListing::status, "is not a status", errors),
                name == null || name.isEmpty() ? null : name,
                QueryParams.time("created_after", createdAfter, errors),
                QueryParams.time("created_before", createdBefore, errors),
                Callers.current().project());
        int asked = QueryParams.limit(limit, errors);
        UUID after = QueryParams.after(cursor, UUID::fromString, errors);
        QueryParams.refuse(errors);
        return new Query(filter, after, asked);
    }

    private static BatchStatus status(String word) {
        return BatchStatus.valueOf(word.toUpperCase(Locale.ROOT));
    }
}
