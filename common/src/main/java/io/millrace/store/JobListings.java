package io.millrace.store;

import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The statements that list jobs: the hot table and the finished jobs in one statement, and so as of one moment, in one
 * order. A job that moves between them meanwhile is seen once.
 *
 * <p>Finished jobs are many, so there is a statement for each index by which few of them need be looked at. All have the
 * parameters of {@link JobQueries#FILTER}, then the ids between which to look, then how many jobs to return.
 */
final class JobListings {

    /** Before and behind every id that there can be. */
    private static final UUID FIRST = new UUID(0, 0);

    private static final UUID LAST = new UUID(-1, -1);

    /** How far the time in an id may be from when its job says that it was created: clocks differ. */
    private static final long SLACK_MILLIS = 60_000;

    /** By which index finished jobs are looked for. */
    private enum Lead {
        /** None that asks for finished jobs is there. */
        HOT_ONLY("false"),
        BATCH("batch_id = ($4::uuid[])[1]"),
        FAILED("state <> 'SUCCESS'"),
        PROJECT("project_id = ($7::text[])[1]"),
        TASK("task = ($2::text[])[1]"),
        QUEUE("queue = ($3::text[])[1]"),
        /** In order of age, until the page is full. */
        AGE("true");

        private final String condition;

        Lead(String condition) {
            this.condition = condition;
        }

        static Lead of(JobFilter filter) {
            boolean anyFinished = filter.states().isEmpty()
                    || filter.states().stream().anyMatch(JobState::finished);
            if (!anyFinished) {
                return HOT_ONLY;
            }
            if (filter.batches().size() == 1) {
                return BATCH;
            }
            if (!filter.states().isEmpty() && !filter.states().contains(JobState.SUCCESS)) {
                return FAILED;
            }
            if (filter.projects().size() == 1) {
                return PROJECT;
            }
            if (filter.tasks().size() == 1) {
                return TASK;
            }
            return filter.queues().size() == 1 ? QUEUE : AGE;
        }
    }

    private record Kind(Lead lead, boolean newestFirst) {}

    private static final Map<Kind, String> STATEMENTS = statements();

    private JobListings() {}

    private static Map<Kind, String> statements() {
        var statements = new HashMap<Kind, String>();
        for (Lead lead : Lead.values()) {
            statements.put(new Kind(lead, true), statement(lead, "DESC"));
            statements.put(new Kind(lead, false), statement(lead, "ASC"));
        }
        return Map.copyOf(statements);
    }

    private static String statement(Lead lead, String order) {
        String hot = """
                SELECT %s FROM job WHERE %s AND id > $11 AND id < $12 ORDER BY id %s LIMIT $13
                """.formatted(JobQueries.COLUMNS, JobQueries.FILTER, order);
        if (lead == Lead.HOT_ONLY) {
            return hot;
        }
        String finished = JobQueries.finished("""
                SELECT * FROM (SELECT *, NULL::jsonb AS progress FROM finished_job) all_of_them
                WHERE %s AND %s AND id > $11 AND id < $12 ORDER BY id %s LIMIT $13
                """.formatted(lead.condition, JobQueries.FILTER, order));
        return """
                SELECT * FROM ((%s) UNION ALL (%s)) found ORDER BY id %s LIMIT $13
                """.formatted(hot, finished, order);
    }

    static String statement(JobFilter filter, boolean newestFirst) {
        String statement = STATEMENTS.get(new Kind(Lead.of(filter), newestFirst));
        if (statement == null) {
            throw new IllegalStateException("there is a statement for each kind of listing");
        }
        return statement;
    }

    /** The id behind which to look. */
    static UUID low(JobFilter filter, @Nullable UUID after, boolean newestFirst) {
        UUID bound = filter.createdAfter() == null ? FIRST : earliest(filter.createdAfter());
        // A page of the other order ends at it, and the condition on the time itself is there as well.
        return newestFirst || after == null || compare(after, bound) < 0 ? bound : after;
    }

    /** The id before which to look. */
    static UUID high(JobFilter filter, @Nullable UUID after, boolean newestFirst) {
        UUID bound = filter.createdBefore() == null ? LAST : latest(filter.createdBefore());
        return !newestFirst || after == null || compare(after, bound) > 0 ? bound : after;
    }

    private static UUID earliest(Instant created) {
        return new UUID(Math.max(0, created.toEpochMilli() - SLACK_MILLIS) << 16, 0);
    }

    private static UUID latest(Instant created) {
        return new UUID(Math.max(0, created.toEpochMilli() + SLACK_MILLIS) << 16 | 0xFFFF, -1);
    }

    /** As PostgreSQL orders them, and not as Java does: without a sign. */
    private static int compare(UUID a, UUID b) {
        int most = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return most != 0 ? most : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    }
}
