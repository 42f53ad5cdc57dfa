package io.millrace.store;

import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.vertx.sqlclient.Tuple;
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
 * parameters of {@link JobQueries#FILTER}, then the ids between which to look, how many jobs to return, how many finished
 * ones to look at, and how many of the hot table, null for all.
 */
final class JobListings {

    /** Before and behind every id that there can be. */
    private static final UUID FIRST = new UUID(0, 0);

    private static final UUID LAST = new UUID(-1, -1);

    /** How far the time in an id may be from when its job says that it was created: clocks differ. */
    private static final long SLACK_MILLIS = 60_000;

    /** By which index finished jobs are looked for, and the one value that is looked for there. */
    private enum Lead {
        /** No finished job is asked for. */
        NOTHING("false", ""),
        BATCH("batch_id = %s", "($4::uuid[])[1]"),
        FAILED("state <> 'SUCCESS'", ""),
        PROJECT("project_id = %s", "($7::text[])[1]"),
        TASK("task = %s", "($2::text[])[1]"),
        QUEUE("queue = %s", "($3::text[])[1]"),
        /** In order of age, until the page is full. */
        AGE("true", "");

        private final String condition;
        private final String value;

        Lead(String condition, String value) {
            this.condition = condition;
            this.value = value;
        }

        /** The condition where the value is a parameter of a listing. */
        String inListing() {
            return condition.formatted(value);
        }

        /** Where it is the fourth parameter, if there is one. */
        String alone() {
            return condition.formatted("$4");
        }

        static Lead of(JobFilter filter) {
            boolean anyFinished =
                    filter.states().isEmpty() || filter.states().stream().anyMatch(JobState::finished);
            if (!anyFinished) {
                return NOTHING;
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

    /**
     * How many finished jobs are looked at for a page at most: a search that matches few of very many gives short pages,
     * each within a bounded time.
     */
    static final int MOST_LOOKED_AT = 100_000;

    /** A job's text is so much dearer to look at than its columns. */
    private static final int TEXT_IS_DEARER = 4;

    /** How many of them for this filter, where {@code most} are for one that is cheap. */
    static int lookedAt(JobFilter filter, int most) {
        return filter.text() == null ? most : Math.max(1, most / TEXT_IS_DEARER);
    }

    private record Kind(Lead lead, boolean newestFirst) {}

    private static final Map<Kind, String> STATEMENTS = statements();
    private static final Map<Kind, String> BOUNDS = bounds();

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
                SELECT %s FROM (SELECT * FROM job WHERE id > $11 AND id < $12 ORDER BY id %s LIMIT $15) looked_at
                WHERE %s ORDER BY id %s LIMIT $13
                """.formatted(JobQueries.COLUMNS, order, JobQueries.FILTER, order);
        String finished = JobQueries.finished("""
                SELECT * FROM (
                  SELECT *, NULL::jsonb AS progress FROM finished_job WHERE %s AND id > $11 AND id < $12 ORDER BY id %s LIMIT $14
                ) looked_at
                WHERE %s ORDER BY id %s LIMIT $13
                """.formatted(lead.inListing(), order, JobQueries.FILTER, order));
        return """
                SELECT * FROM ((%s) UNION ALL (%s)) found ORDER BY id %s LIMIT $13
                """.formatted(hot, finished, order);
    }

    private static Map<Kind, String> bounds() {
        var bounds = new HashMap<Kind, String>();
        for (Lead lead : Lead.values()) {
            bounds.put(new Kind(lead, true), bound(lead, "DESC"));
            bounds.put(new Kind(lead, false), bound(lead, "ASC"));
        }
        return Map.copyOf(bounds);
    }

    private static String bound(Lead lead, String order) {
        return """
                SELECT id FROM finished_job WHERE %s AND id > $1 AND id < $2 ORDER BY id %s OFFSET $3 LIMIT 1
                """.formatted(lead.alone(), order);
    }

    /**
     * How many jobs of the hot table are looked at for this filter; null for as many as a page needs, where each of them
     * matches.
     */
    static @Nullable Integer hotLookedAt(JobFilter filter, int most) {
        return filter.equals(JobFilter.ALL) ? null : lookedAt(filter, most);
    }

    /** The statement for the last of the jobs of the hot table that are looked at, by the ids and how many go before it. */
    static String hotBound(boolean newestFirst) {
        return newestFirst ? HOT_BOUND_NEWEST : HOT_BOUND_OLDEST;
    }

    private static final String HOT_BOUND_NEWEST =
            "SELECT id FROM job WHERE id > $1 AND id < $2 ORDER BY id DESC OFFSET $3 LIMIT 1";

    private static final String HOT_BOUND_OLDEST =
            "SELECT id FROM job WHERE id > $1 AND id < $2 ORDER BY id OFFSET $3 LIMIT 1";

    /** Which of two bounds comes first in the order of a listing. */
    static @Nullable UUID first(@Nullable UUID a, @Nullable UUID b, boolean newestFirst) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return (compare(a, b) < 0) == newestFirst ? b : a;
    }

    /** Whether a listing comes to this id no later than to the bound. */
    static boolean within(UUID id, UUID bound, boolean newestFirst) {
        return compare(id, bound) * (newestFirst ? 1 : -1) >= 0;
    }

    /** The parameters of {@link #bound} after the first three. */
    static Tuple withLead(Tuple parameters, JobFilter filter) {
        return switch (Lead.of(filter)) {
            case BATCH -> parameters.addUUID(filter.batches().getFirst());
            case PROJECT -> parameters.addString(filter.projects().getFirst());
            case TASK -> parameters.addString(filter.tasks().getFirst());
            case QUEUE -> parameters.addString(filter.queues().getFirst());
            case NOTHING, FAILED, AGE -> parameters;
        };
    }

    static String statement(JobFilter filter, boolean newestFirst) {
        return of(STATEMENTS, filter, newestFirst);
    }

    /** The statement for the last of the finished jobs that are looked at for a page; none where that is all there are. */
    static String bound(JobFilter filter, boolean newestFirst) {
        return of(BOUNDS, filter, newestFirst);
    }

    private static String of(Map<Kind, String> statements, JobFilter filter, boolean newestFirst) {
        String statement = statements.get(new Kind(Lead.of(filter), newestFirst));
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
    static int compare(UUID a, UUID b) {
        int most = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return most != 0 ? most : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    }
}
