package io.millrace.api.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.body.QueryParams;
import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** Which jobs somebody wants to see, as query parameters. Those with several values take them separated by commas. */
public class JobListing {

    @RestQuery
    @Parameter(description = "States, such as PENDING,RETRY")
    @Nullable
    String state;

    @RestQuery
    @Parameter(description = "Tasks")
    @Nullable
    String task;

    @RestQuery
    @Parameter(description = "Queues")
    @Nullable
    String queue;

    @RestQuery("batch_id")
    @Parameter(description = "Batches")
    @Nullable
    String batchId;

    @RestQuery
    @Parameter(description = "Workers")
    @Nullable
    String worker;

    @RestQuery
    @Parameter(description = "Tags, any of which")
    @Nullable
    String tag;

    @RestQuery("project_id")
    @Parameter(description = "Projects")
    @Nullable
    String projectId;

    @RestQuery
    @Parameter(description = "Text in arguments or error")
    @Nullable
    String q;

    @RestQuery("created_after")
    @Parameter(description = "A time (RFC 3339)")
    @Nullable
    String createdAfter;

    @RestQuery("created_before")
    @Parameter(description = "A time (RFC 3339)")
    @Nullable
    String createdBefore;

    @RestQuery
    @Parameter(description = "desc (newest first, the default) or asc")
    @Nullable
    String order;

    @RestQuery
    @Parameter(description = "Jobs a page, 1 to 500, 50 by default")
    @Nullable
    String limit;

    @RestQuery
    @Parameter(description = "next_cursor of the page before")
    @Nullable
    String cursor;

    /** A filter given as a JSON object, with a word or an array of words for each parameter. @throws Problem if it is none */
    static JobListing of(JsonNode filter) {
        var listing = new JobListing();
        if (filter.isMissingNode() || filter.isNull()) {
            return listing;
        }
        if (!filter.isObject()) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, List.of(new FieldError("filter", "must be an object")));
        }
        filter.properties().forEach(field -> listing.set(field.getKey(), words(field.getValue())));
        return listing;
    }

    private static @Nullable String words(JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        return value.isArray()
                ? value.valueStream().map(JsonNode::asText).collect(Collectors.joining(","))
                : value.asText();
    }

    private void set(String parameter, @Nullable String value) {
        switch (parameter) {
            case "state" -> state = value;
            case "task" -> task = value;
            case "queue" -> queue = value;
            case "batch_id" -> batchId = value;
            case "worker" -> worker = value;
            case "tag" -> tag = value;
            case "project_id" -> projectId = value;
            case "q" -> q = value;
            case "created_after" -> createdAfter = value;
            case "created_before" -> createdBefore = value;
            default ->
                throw Problem.of(
                        ProblemCode.UNKNOWN_FIELD, List.of(new FieldError("filter." + parameter, "is not known")));
        }
    }

    /** A listing that is understood. */
    record Query(JobFilter filter, @Nullable UUID after, boolean newestFirst, int limit) {}

    /**
     * What the parameters mean.
     *
     * @throws Problem with every parameter that is not understood
     */
    Query query() {
        var errors = new ArrayList<FieldError>(0);
        var filter = new JobFilter(
                QueryParams.values("state", state, JobListing::state, "is not a state", errors),
                QueryParams.words(task),
                QueryParams.words(queue),
                QueryParams.values("batch_id", batchId, UUID::fromString, "is not a UUID", errors),
                QueryParams.words(worker),
                QueryParams.words(tag),
                QueryParams.words(projectId),
                q == null || q.isEmpty() ? null : q,
                QueryParams.time("created_after", createdAfter, errors),
                QueryParams.time("created_before", createdBefore, errors));
        boolean newestFirst = newestFirst(errors);
        int jobs = QueryParams.limit(limit, errors);
        QueryParams.refuse(errors);
        UUID after = cursor == null || cursor.isEmpty()
                ? null
                : JobCursor.decode(cursor, newestFirst).after();
        return new Query(filter, after, newestFirst, jobs);
    }

    private static JobState state(String word) {
        return JobState.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private boolean newestFirst(List<FieldError> errors) {
        return switch (Optional.ofNullable(order).orElse("")) {
            case "", "desc", "-created_at" -> true;
            case "asc", "created_at" -> false;
            default -> {
                errors.add(new FieldError("order", "must be asc or desc"));
                yield true;
            }
        };
    }
}
