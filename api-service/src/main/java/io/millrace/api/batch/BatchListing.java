package io.millrace.api.batch;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.batch.BatchFilter;
import io.millrace.batch.BatchStatus;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Which batches somebody wants to see, as query parameters. */
public class BatchListing {

    private static final int LIMIT = 50;
    private static final int MAX_LIMIT = 500;

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
                statuses(errors),
                name == null || name.isEmpty() ? null : name,
                time("created_after", createdAfter, errors),
                time("created_before", createdBefore, errors));
        int asked = limit(limit, errors);
        UUID after = after(cursor, errors);
        if (!errors.isEmpty()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, errors);
        }
        return new Query(filter, after, asked);
    }

    private List<BatchStatus> statuses(List<FieldError> errors) {
        var statuses = new ArrayList<BatchStatus>();
        for (String word : status == null ? new String[0] : status.split(",")) {
            try {
                if (!word.isBlank()) {
                    statuses.add(BatchStatus.valueOf(word.strip().toUpperCase(Locale.ROOT)));
                }
            } catch (IllegalArgumentException e) {
                errors.add(new FieldError("status", "'" + word + "' is not a status"));
            }
        }
        return statuses;
    }

    static int limit(@Nullable String text, List<FieldError> errors) {
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

    static String cursor(UUID after) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(after.toString().getBytes(StandardCharsets.US_ASCII));
    }

    static @Nullable UUID after(@Nullable String cursor, List<FieldError> errors) {
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

    private static @Nullable Instant time(String field, @Nullable String text, List<FieldError> errors) {
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
}
