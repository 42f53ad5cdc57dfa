package io.millrace.store;

import static io.millrace.store.Columns.instant;
import static io.millrace.store.Columns.utc;

import io.millrace.job.Attempt;
import io.millrace.job.Job;
import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.trace.TraceContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Jobs for reading. */
@Singleton
public class JobQueries {

    static final String COLUMNS = """
            id, task, queue, priority, state, attempt, failures, losses, max_retries, args::text AS args, result::text AS result,
            error::text AS error, progress::text AS progress, worker_id, trace_id, project_id, batch_id, parent_id, root_id, tags,
            callback_url, created_at, eta, due_at, started_at, finished_at, expires_at, result_ttl, soft_time_limit, time_limit,
            result_gzip
            """;

    // Sub-selects and no join, which would be planned for any number of rows and read all results there are.
    private static final String FINISHED_COLUMNS = """
            f.id, f.task, f.queue, f.priority, f.state, f.attempt, f.failures, f.losses, f.max_retries, f.args::text AS args,
            (SELECT r.result::text FROM finished_result r WHERE r.job_id = f.id AND r.forget_at = f.result_forget_at) AS result,
            f.error::text AS error, NULL::text AS progress, f.worker_id, f.trace_id, f.project_id, f.batch_id, f.parent_id, f.root_id,
            f.tags, f.callback_url, f.created_at, f.eta, NULL::timestamptz AS due_at, f.started_at, f.finished_at, f.expires_at,
            f.result_ttl, f.soft_time_limit, f.time_limit,
            (SELECT r.result_gzip FROM finished_result r WHERE r.job_id = f.id AND r.forget_at = f.result_forget_at) AS result_gzip
            """;

    /** The same columns of finished jobs, with their results as far as these are still kept. */
    static String finished(String rows) {
        return "SELECT " + FINISHED_COLUMNS + " FROM (" + rows + ") f";
    }

    private final Database database;
    private final int mostLookedAt;

    @Inject
    public JobQueries(Database database) {
        this(database, JobListings.MOST_LOOKED_AT);
    }

    /** @param mostLookedAt how many finished jobs are looked at for a page */
    JobQueries(Database database, int mostLookedAt) {
        this.database = database;
        this.mostLookedAt = mostLookedAt;
    }

    private static final String GET = "SELECT " + COLUMNS + " FROM job WHERE id = $1";

    private static final String GET_FINISHED = finished("SELECT * FROM finished_job WHERE id = $1");

    /**
     * The job of this id. Looked for first where most are asked for; and there once more at last, since a job that runs
     * again comes back while we look.
     */
    public Optional<Job> get(UUID id) {
        return hot(id).or(() -> database.first(GET_FINISHED, Tuple.of(id), JobQueries::readJob))
                .or(() -> hot(id));
    }

    private static final String GET_ALL = "SELECT " + COLUMNS + " FROM job WHERE id = ANY ($1)";

    private static final String GET_ALL_FINISHED = finished("SELECT * FROM finished_job WHERE id = ANY ($1)");

    /** Those of these jobs that are still kept, by id. */
    public Map<UUID, Job> all(Collection<UUID> ids) {
        var found = new HashMap<UUID, Job>();
        var missing = new HashSet<>(ids);
        // Once more at last, as for one, since a job that runs again comes back while we look.
        for (String statement : List.of(GET_ALL, GET_ALL_FINISHED, GET_ALL)) {
            if (!missing.isEmpty()) {
                var parameter = Tuple.tuple().addArrayOfUUID(missing.toArray(UUID[]::new));
                database.list(statement, parameter, JobQueries::readJob).forEach(job -> found.put(job.id(), job));
                missing.removeAll(found.keySet());
            }
        }
        return found;
    }

    private Optional<Job> hot(UUID id) {
        return database.first(GET, Tuple.of(id), JobQueries::readJob);
    }

    private static final String ENDED_WELL =
            "SELECT " + COLUMNS + " FROM job WHERE id = ANY ($1) AND state = 'SUCCESS'";

    private static final String FINISHED_WELL =
            finished("SELECT * FROM finished_job WHERE id = ANY ($1) AND state = 'SUCCESS'");

    /** The results of those of these jobs that have succeeded and whose results are still there, as JSON text. */
    public Map<UUID, String> resultsOf(Collection<UUID> ids) {
        var parameter = Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new));
        List<Job> ended = database.list(ENDED_WELL, parameter, JobQueries::readJob);
        if (ended.size() < ids.size()) {
            // A job that has succeeded never comes back, so none is missed between the two.
            ended.addAll(database.list(FINISHED_WELL, parameter, JobQueries::readJob));
        }
        var results = new HashMap<UUID, String>();
        for (Job job : ended) {
            if (job.result() != null) {
                results.put(job.id(), job.result());
            }
        }
        return results;
    }

    // Every condition is always there and switched off by a null, so that this is one statement with one plan, a walk
    // along the primary key that stops as soon as the page is full.
    static final String FILTER = """
            ($1::text[] IS NULL OR (CASE WHEN state = 'STARTED' AND progress IS NOT NULL THEN 'PROGRESS' ELSE state END) = ANY ($1))
              AND ($2::text[] IS NULL OR task = ANY ($2))
              AND ($3::text[] IS NULL OR queue = ANY ($3))
              AND ($4::uuid[] IS NULL OR batch_id = ANY ($4))
              AND ($5::text[] IS NULL OR worker_id = ANY ($5))
              AND ($6::text[] IS NULL OR tags && $6)
              AND ($7::text[] IS NULL OR project_id = ANY ($7))
              AND ($8::text IS NULL OR strpos(lower(args::text), lower($8)) > 0 OR strpos(lower(error::text), lower($8)) > 0
                OR (length($8) >= 8 AND (right(id::text, length($8)) = lower($8) OR right(batch_id::text, length($8)) = lower($8))))
              AND ($9::timestamptz IS NULL OR created_at > $9)
              AND ($10::timestamptz IS NULL OR created_at < $10)
            """;

    /**
     * A page of jobs.
     *
     * @param next behind which id the next page begins; null where there is no more
     */
    public record Page(List<Job> jobs, @Nullable UUID next) {}

    /**
     * A page of jobs by age. It may be shorter than asked for though there are more: where very many would have to be
     * looked at for the few that match, it ends where its time is over.
     *
     * @param after where the page before said that this one begins, null for the first
     */
    public Page page(JobFilter filter, @Nullable UUID after, boolean newestFirst, int limit) {
        // One more than asked for tells whether there is a next page.
        List<Job> found = list(filter, after, newestFirst, limit + 1);
        boolean full = found.size() > limit;
        List<Job> jobs = full ? found.subList(0, limit) : found;
        UUID last = full ? jobs.getLast().id() : null;
        UUID hotBound = hotBound(filter, after, last, newestFirst);
        UUID bound =
                full ? hotBound : JobListings.first(hotBound, finishedBound(filter, after, newestFirst), newestFirst);
        if (bound == null) {
            return new Page(jobs, last);
        }
        // What lies beyond was looked for in one of the two tables only.
        return new Page(
                jobs.stream()
                        .filter(job -> JobListings.within(job.id(), bound, newestFirst))
                        .toList(),
                bound);
    }

    /**
     * The last of the jobs of the hot table that are looked at for a page; null where all are.
     *
     * @param last where the page ends, so that no further need be looked; null where it is not full
     */
    private @Nullable UUID hotBound(JobFilter filter, @Nullable UUID after, @Nullable UUID last, boolean newestFirst) {
        Integer looked = JobListings.hotLookedAt(filter, mostLookedAt);
        if (looked == null) {
            return null;
        }
        UUID low = last != null && newestFirst ? last : JobListings.low(filter, after, newestFirst);
        UUID high = last != null && !newestFirst ? last : JobListings.high(filter, after, newestFirst);
        return database.first(
                        JobListings.hotBound(newestFirst), Tuple.of(low, high, looked - 1), row -> row.getUUID("id"))
                .orElse(null);
    }

    /** The same of the finished ones. */
    private @Nullable UUID finishedBound(JobFilter filter, @Nullable UUID after, boolean newestFirst) {
        var parameters = Tuple.tuple()
                .addUUID(JobListings.low(filter, after, newestFirst))
                .addUUID(JobListings.high(filter, after, newestFirst))
                .addInteger(JobListings.lookedAt(filter, mostLookedAt) - 1);
        return database.first(
                        JobListings.bound(filter, newestFirst),
                        JobListings.withLead(parameters, filter),
                        row -> row.getUUID("id"))
                .orElse(null);
    }

    List<Job> list(JobFilter filter, @Nullable UUID after, boolean newestFirst, int limit) {
        var parameters = filterParameters(filter)
                .addUUID(JobListings.low(filter, after, newestFirst))
                .addUUID(JobListings.high(filter, after, newestFirst))
                .addInteger(limit)
                .addInteger(JobListings.lookedAt(filter, mostLookedAt))
                .addInteger(JobListings.hotLookedAt(filter, mostLookedAt));
        return database.list(JobListings.statement(filter, newestFirst), parameters, JobQueries::readJob);
    }

    /** The first ten parameters of a statement with {@link #FILTER}. */
    static Tuple filterParameters(JobFilter filter) {
        return Tuple.tuple()
                .addArrayOfString(
                        orNull(filter.states().stream().map(Enum::name).toList()))
                .addArrayOfString(orNull(filter.tasks()))
                .addArrayOfString(orNull(filter.queues()))
                .addArrayOfUUID(
                        filter.batches().isEmpty() ? null : filter.batches().toArray(UUID[]::new))
                .addArrayOfString(orNull(filter.workers()))
                .addArrayOfString(orNull(filter.tags()))
                .addArrayOfString(orNull(filter.projects()))
                .addString(filter.text())
                .addOffsetDateTime(utc(filter.createdAfter()))
                .addOffsetDateTime(utc(filter.createdBefore()));
    }

    /** Of how many attempts, the latest, a history has the tracebacks: a thousand of them would be megabytes. */
    static final int TRACEBACKS = 20;

    private static final String HISTORY = latest("SELECT a.* FROM attempt a WHERE a.job_id = $1");

    private static final String FINISHED_HISTORY =
            latest("SELECT a.* FROM finished_job f CROSS JOIN LATERAL %s WHERE f.id = $1"
                    .formatted(FinishedStore.attemptsOf("f")));

    private static String latest(String attempts) {
        return """
            SELECT attempt, worker_id, started_at, finished_at, outcome, error_code, exc_type, exc_message,
              CASE WHEN row_number() OVER (ORDER BY claim_seq DESC) <= $2 THEN traceback END AS traceback, retry_delay_seconds
            FROM (%s ORDER BY a.claim_seq DESC LIMIT 1000) latest ORDER BY claim_seq
            """.formatted(attempts);
    }

    /** Every start of a job and how it ended, the one that is going on or that succeeded last. */
    public List<Attempt> history(Job job) {
        var parameters = Tuple.of(job.id(), TRACEBACKS);
        var attempts = new ArrayList<>(database.list(HISTORY, parameters, JobQueries::readAttempt));
        if (attempts.isEmpty() && job.state().finished()) {
            // It may have left the hot table, and its attempts with it.
            attempts.addAll(database.list(FINISHED_HISTORY, parameters, JobQueries::readAttempt));
        }
        if (job.state() == JobState.STARTED || job.state() == JobState.SUCCESS) {
            String outcome = job.state() == JobState.STARTED ? "running" : "success";
            attempts.add(new Attempt(
                    job.attempt(),
                    job.workerId(),
                    job.startedAt(),
                    job.finishedAt(),
                    outcome,
                    null,
                    null,
                    null,
                    null,
                    null));
        }
        return attempts;
    }

    private static Attempt readAttempt(Row row) {
        return new Attempt(
                row.getInteger("attempt"),
                row.getString("worker_id"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getString("outcome"),
                row.getString("error_code"),
                row.getString("exc_type"),
                row.getString("exc_message"),
                row.getString("traceback"),
                row.getDouble("retry_delay_seconds"));
    }

    private static Job readJob(Row row) {
        return new Job(
                row.getUUID("id"),
                row.getString("task"),
                row.getString("queue"),
                row.getShort("priority"),
                JobState.valueOf(row.getString("state")),
                row.getInteger("attempt"),
                row.getInteger("failures"),
                row.getInteger("losses"),
                row.getInteger("max_retries"),
                row.getString("args"),
                result(row),
                row.getString("error"),
                row.getString("progress"),
                row.getString("worker_id"),
                TraceContext.shown(row.getString("trace_id")),
                row.getString("project_id"),
                row.getUUID("batch_id"),
                row.getUUID("parent_id"),
                row.getUUID("root_id"),
                List.of(row.getArrayOfStrings("tags")),
                row.getString("callback_url"),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "eta"),
                instant(row, "due_at"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                instant(row, "expires_at"),
                row.getDouble("result_ttl"),
                row.getDouble("soft_time_limit"),
                row.getDouble("time_limit"));
    }

    private static @Nullable String result(Row row) {
        Buffer compressed = row.getBuffer("result_gzip");
        return compressed == null ? row.getString("result") : Gzip.text(compressed);
    }

    private static String @Nullable [] orNull(List<String> values) {
        return values.isEmpty() ? null : values.toArray(String[]::new);
    }
}
