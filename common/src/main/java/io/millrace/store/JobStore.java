package io.millrace.store;

import static io.millrace.store.Columns.column;
import static io.millrace.store.Columns.utc;

import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.limit.Limits;
import io.millrace.queue.Hint;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The hot path: a job is submitted, claimed and recorded here, each for a whole batch in one statement. The store
 * decides nothing; what a job becomes is a {@link Transition}, and every one of them is fenced by the claim.
 */
@Singleton
public class JobStore {

    private static final long COMPRESS_ABOVE = 8_192;

    private final Database database;
    private final long compressAbove;
    private final DueNotice dueNotice;

    @Inject
    JobStore(Database database, ResultConfig results) {
        this(database, results.compressAbove().asLongValue());
    }

    public JobStore(Database database) {
        this(database, COMPRESS_ABOVE);
    }

    /** @param compressAbove results of more bytes than this are stored compressed */
    JobStore(Database database, long compressAbove) {
        this.database = database;
        this.compressAbove = compressAbove;
        this.dueNotice = new DueNotice(database);
    }

    private static final String SUBMIT = """
            INSERT INTO job (id, task, queue, priority, state, due_at, eta, hinted_at, expires_at, max_retries, retry_delay,
                             soft_time_limit, time_limit, result_ttl, args, trace_id, project_id, tags, rate_key, callback_url,
                             created_at)
            SELECT u.id, u.task, u.queue, u.priority, u.state, u.due_at, u.due_at, now(), u.expires_at, u.max_retries, u.retry_delay,
                   u.soft_time_limit, u.time_limit, u.result_ttl, u.args::jsonb, u.trace_id, u.project_id,
                   CASE WHEN u.tags IS NULL THEN '{}' ELSE ARRAY(SELECT jsonb_array_elements_text(u.tags::jsonb)) END,
                   u.rate_key, u.callback_url, u.created_at
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                        $8::int[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::text[], $14::text[],
                        $15::text[], $16::text[], $17::text[], $18::text[], $19::timestamptz[])
              AS u(id, task, queue, priority, state, due_at, expires_at, max_retries, retry_delay, soft_time_limit, time_limit,
                   result_ttl, args, trace_id, project_id, tags, rate_key, callback_url, created_at)
            """;

    /** Accepts jobs: when this returns, they are committed. All or none. */
    public void submit(List<NewJob> jobs) {
        submit(database, jobs);
        jobs.forEach(job -> dueNotice.due(job.dueAt()));
    }

    /** The same as a part of something larger, which has hints written once it is committed. */
    static void submit(Sql sql, List<NewJob> jobs) {
        sql.run(SUBMIT, submission(jobs));
    }

    /** The parameters of {@link #SUBMIT}, which the jobs of a batch begin with too. */
    static Tuple submission(List<NewJob> jobs) {
        return Tuple.tuple()
                .addArrayOfUUID(column(jobs, NewJob::id, UUID[]::new))
                .addArrayOfString(column(jobs, NewJob::task, String[]::new))
                .addArrayOfString(column(jobs, NewJob::queue, String[]::new))
                .addArrayOfShort(column(jobs, j -> (short) j.priority(), Short[]::new))
                .addArrayOfString(column(jobs, j -> j.state().name(), String[]::new))
                .addArrayOfOffsetDateTime(column(jobs, j -> utc(j.dueAt()), OffsetDateTime[]::new))
                .addArrayOfOffsetDateTime(column(jobs, j -> utc(j.expiresAt()), OffsetDateTime[]::new))
                .addArrayOfInteger(column(jobs, NewJob::maxRetries, Integer[]::new))
                .addArrayOfDouble(column(jobs, NewJob::retryDelaySeconds, Double[]::new))
                .addArrayOfDouble(column(jobs, NewJob::softTimeLimitSeconds, Double[]::new))
                .addArrayOfDouble(column(jobs, NewJob::timeLimitSeconds, Double[]::new))
                .addArrayOfDouble(column(jobs, NewJob::resultTtlSeconds, Double[]::new))
                .addArrayOfString(column(jobs, NewJob::args, String[]::new))
                .addArrayOfString(column(jobs, NewJob::traceId, String[]::new))
                .addArrayOfString(column(jobs, NewJob::projectId, String[]::new))
                .addArrayOfString(
                        column(jobs, j -> j.tags().isEmpty() ? null : new JsonArray(j.tags()).encode(), String[]::new))
                .addArrayOfString(column(jobs, NewJob::rateKey, String[]::new))
                .addArrayOfString(column(jobs, NewJob::callbackUrl, String[]::new))
                .addArrayOfOffsetDateTime(column(jobs, j -> utc(j.createdAt()), OffsetDateTime[]::new));
    }

    private static final String CLAIM = """
            UPDATE job j
            SET state = 'STARTED', claim_seq = j.claim_seq + 1, attempt = j.attempt + 1, worker_id = $3,
                started_at = coalesce($7, now())
            FROM unnest($1::uuid[], $2::int[]) AS u(id, claim_seq)
            WHERE j.id = u.id AND j.claim_seq = u.claim_seq AND j.state = 'PENDING'
              AND (j.expires_at IS NULL OR j.expires_at > now())
              AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.name = j.queue AND q.paused)
              AND NOT (j.task = ANY ($4) OR j.queue = ANY ($5) OR (j.rate_key IS NOT NULL AND $6))
            RETURNING j.id, j.claim_seq, j.task, j.queue, j.priority, j.attempt, j.failures, j.losses, j.max_retries, j.retry_delay,
                      j.soft_time_limit, j.time_limit, j.args::text AS args, j.trace_id, j.project_id, j.batch_id, j.created_at,
                      extract(epoch FROM now() - coalesce(j.hinted_at, j.created_at))::float8 AS waited, j.result_ttl
            """;

    /**
     * Claims what the hints name, as far as it is still there to be claimed, whatever its limits.
     *
     * @return the claims that hold, the most urgent and then the oldest first; a job that is claimed by another, revoked,
     *     expired or in a paused queue is not among them
     */
    public List<Claim> claim(Collection<Hint> hints, String workerId) {
        return claim(hints, workerId, Limits.NONE);
    }

    /** Claims what the hints name and no limit is on; what one is on is left for {@link LimitStore#admit}. */
    public List<Claim> claim(Collection<Hint> hints, String workerId, Limits limits) {
        return claim(database, hints, workerId, limits, null);
    }

    /** Claims what has been admitted, as of the time that its limits were told. */
    List<Claim> claimAt(Sql sql, Collection<Hint> hints, String workerId, Instant startedAt) {
        return hints.isEmpty() ? List.of() : claim(sql, hints, workerId, Limits.NONE, startedAt);
    }

    private static List<Claim> claim(
            Sql sql, Collection<Hint> hints, String workerId, Limits limits, @Nullable Instant startedAt) {
        // In order of ids, so that two claims that overlap wait for each other and never deadlock.
        List<Hint> ordered =
                hints.stream().sorted(Comparator.comparing(Hint::jobId)).toList();
        List<Claim> claims = sql.list(
                CLAIM,
                Tuple.tuple()
                        .addArrayOfUUID(column(ordered, Hint::jobId, UUID[]::new))
                        .addArrayOfInteger(column(ordered, Hint::claimSeq, Integer[]::new))
                        .addString(workerId)
                        .addArrayOfString(limits.tasks().toArray(String[]::new))
                        .addArrayOfString(limits.queues().toArray(String[]::new))
                        .addBoolean(limits.keys())
                        .addOffsetDateTime(utc(startedAt)),
                JobStore::readClaim);
        claims.sort(Comparator.comparingInt(Claim::priority).reversed().thenComparing(Claim::jobId));
        return claims;
    }

    // Nearly every end is a success, and says little: leaving out what it need not say makes it a third cheaper.
    private static final String RECORD_SUCCESSES = """
            UPDATE job j
            SET state = 'SUCCESS', result = u.result::jsonb, error = NULL, progress = NULL, finished_at = now()
            FROM unnest($1::uuid[], $2::int[], $3::text[]) AS u(id, claim_seq, result)
            WHERE j.id = u.id AND j.claim_seq = u.claim_seq AND j.state = 'STARTED'
            RETURNING j.id
            """;

    private static final String RECORD_LARGE_SUCCESSES = """
            UPDATE job j
            SET state = 'SUCCESS', result_gzip = u.result_gzip, error = NULL, progress = NULL, finished_at = now()
            FROM unnest($1::uuid[], $2::int[], $3::bytea[]) AS u(id, claim_seq, result_gzip)
            WHERE j.id = u.id AND j.claim_seq = u.claim_seq AND j.state = 'STARTED'
            RETURNING j.id
            """;

    private static final String RECORD = """
            WITH ending AS (
              SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
                                   $7::int[], $8::int[], $9::int[], $10::float8[])
                AS u(id, claim_seq, state, outcome, error, due_at, attempts, failures, losses, retry_delay)
            ), held AS (
              UPDATE job j
              SET state = CASE WHEN j.revoke_requested AND u.state IN ('RETRY', 'SCHEDULED', 'PENDING') THEN 'REVOKED' ELSE u.state END,
                  due_at = CASE WHEN j.revoke_requested THEN NULL ELSE u.due_at END,
                  result = NULL, error = u.error::jsonb, progress = NULL,
                  attempt = j.attempt + u.attempts, failures = j.failures + u.failures, losses = j.losses + u.losses,
                  hinted_at = CASE WHEN u.state = 'PENDING' THEN now() ELSE j.hinted_at END,
                  finished_at = CASE WHEN j.revoke_requested OR u.state = 'FAILURE' THEN now() END
              FROM ending u
              WHERE j.id = u.id AND j.claim_seq = u.claim_seq AND j.state = 'STARTED'
              RETURNING j.id, j.state, j.claim_seq, j.worker_id, j.started_at, j.attempt - u.attempts AS attempt, u.outcome, u.error, u.retry_delay
            ), history AS (
              INSERT INTO attempt (job_id, claim_seq, attempt, worker_id, started_at, outcome, error_code, exc_type, exc_message, traceback,
                                   retry_delay_seconds)
              SELECT id, claim_seq, attempt, worker_id, started_at, outcome,
                     error::jsonb ->> 'code', error::jsonb ->> 'exc_type', error::jsonb ->> 'exc_message',
                     error::jsonb ->> 'traceback', retry_delay
              FROM held
              WHERE outcome IN ('retry', 'failure', 'lost')
            )
            SELECT id, state FROM held
            """;

    /**
     * Records what became of claims, with a history row for every attempt that failed or was lost: the successes in one
     * statement, those with a large result in another, what else there is in a third, all or nothing.
     *
     * @return the ids of those that held; for the others another attempt has begun or the job has ended, and nothing
     *     was changed
     */
    public Set<UUID> record(List<Settled> batch) {
        return recordStates(batch).keySet();
    }

    /** As {@link #record}, with what each of those that held has become: what was to be revoked does not wait again. */
    public Map<UUID, JobState> recordStates(List<Settled> batch) {
        var successes = new ArrayList<Success>(batch.size());
        var large = new ArrayList<LargeSuccess>(0);
        var endings = new ArrayList<Ending>();
        for (Settled settled : batch) {
            switch (Ended.of(settled, compressAbove)) {
                case Success success -> successes.add(success);
                case LargeSuccess success -> large.add(success);
                case Ending ending -> endings.add(ending);
            }
        }
        Map<UUID, JobState> held;
        if (endings.isEmpty() && large.isEmpty()) {
            held = recordSuccesses(database, successes);
        } else if (successes.isEmpty() && large.isEmpty()) {
            held = recordEndings(database, endings);
        } else {
            held = database.inTransaction(sql -> {
                Map<UUID, JobState> all = recordSuccesses(sql, successes);
                all.putAll(recordLargeSuccesses(sql, large));
                all.putAll(recordEndings(sql, endings));
                return all;
            });
        }
        endings.forEach(ending -> dueNotice.due(ending.dueAt()));
        return held;
    }

    private static Map<UUID, JobState> recordLargeSuccesses(Sql sql, List<LargeSuccess> successes) {
        successes.sort(Comparator.comparing(LargeSuccess::id));
        var held = new HashMap<UUID, JobState>();
        sql.run(
                        RECORD_LARGE_SUCCESSES,
                        Tuple.tuple()
                                .addArrayOfUUID(column(successes, LargeSuccess::id, UUID[]::new))
                                .addArrayOfInteger(column(successes, LargeSuccess::claimSeq, Integer[]::new))
                                .addArrayOfBuffer(column(successes, LargeSuccess::gzip, Buffer[]::new)))
                .forEach(row -> held.put(row.getUUID(0), JobState.SUCCESS));
        return held;
    }

    private static Map<UUID, JobState> recordSuccesses(Sql sql, List<Success> successes) {
        successes.sort(Comparator.comparing(Success::id));
        var held = HashMap.<UUID, JobState>newHashMap(successes.size());
        sql.run(
                        RECORD_SUCCESSES,
                        Tuple.tuple()
                                .addArrayOfUUID(column(successes, Success::id, UUID[]::new))
                                .addArrayOfInteger(column(successes, Success::claimSeq, Integer[]::new))
                                .addArrayOfString(column(successes, Success::result, String[]::new)))
                .forEach(row -> held.put(row.getUUID(0), JobState.SUCCESS));
        return held;
    }

    private static Map<UUID, JobState> recordEndings(Sql sql, List<Ending> endings) {
        endings.sort(Comparator.comparing(Ending::id));
        var held = new HashMap<UUID, JobState>();
        sql.run(
                        RECORD,
                        Tuple.tuple()
                                .addArrayOfUUID(column(endings, Ending::id, UUID[]::new))
                                .addArrayOfInteger(column(endings, Ending::claimSeq, Integer[]::new))
                                .addArrayOfString(column(endings, e -> e.state().name(), String[]::new))
                                .addArrayOfString(column(endings, Ending::outcome, String[]::new))
                                .addArrayOfString(column(endings, e -> json(e.error()), String[]::new))
                                .addArrayOfOffsetDateTime(column(endings, e -> utc(e.dueAt()), OffsetDateTime[]::new))
                                .addArrayOfInteger(column(endings, Ending::attempts, Integer[]::new))
                                .addArrayOfInteger(column(endings, Ending::failures, Integer[]::new))
                                .addArrayOfInteger(column(endings, Ending::losses, Integer[]::new))
                                .addArrayOfDouble(column(endings, Ending::retryDelay, Double[]::new)))
                .forEach(row -> held.put(row.getUUID(0), JobState.valueOf(row.getString(1))));
        return held;
    }

    private static final String PROGRESS = """
            UPDATE job SET progress = $3::text::jsonb WHERE id = $1 AND claim_seq = $2 AND state = 'STARTED'
            """;

    /** Notes how far a run is. @return whether the claim still held */
    public boolean progress(Claim claim, String progress) {
        return database.run(PROGRESS, Tuple.of(claim.jobId(), claim.claimSeq(), progress))
                        .rowCount()
                == 1;
    }

    private static final String NO_LONGER_HELD = """
            SELECT u.id
            FROM unnest($1::uuid[], $2::int[]) AS u(id, claim_seq)
            LEFT JOIN job j ON j.id = u.id AND j.claim_seq = u.claim_seq AND j.state = 'STARTED'
            WHERE j.id IS NULL
            """;

    /** Which of these claims hold no more: revoked, settled by a time limit, or taken by another. */
    public Set<UUID> noLongerHeld(List<Claim> claims) {
        return new HashSet<>(database.list(
                NO_LONGER_HELD,
                Tuple.tuple()
                        .addArrayOfUUID(column(claims, Claim::jobId, UUID[]::new))
                        .addArrayOfInteger(column(claims, Claim::claimSeq, Integer[]::new)),
                row -> row.getUUID("id")));
    }

    private static final String RUNNING_OF = """
            SELECT id, claim_seq, task, queue, priority, attempt, failures, losses, max_retries, retry_delay,
                   soft_time_limit, time_limit, args::text AS args, trace_id, project_id, batch_id, created_at, 0::float8 AS waited, result_ttl
            FROM job
            WHERE state = 'STARTED' AND worker_id = $1
            ORDER BY id
            LIMIT $2
            """;

    /** What a worker holds: for rescue, so it reads the whole hot table and is asked only when a heartbeat has died. */
    public List<Claim> runningOf(String workerId, int limit) {
        return database.list(RUNNING_OF, Tuple.of(workerId, limit), JobStore::readClaim);
    }

    private static final String OVERDUE = """
            SELECT id, claim_seq, task, queue, priority, attempt, failures, losses, max_retries, retry_delay,
                   soft_time_limit, time_limit, args::text AS args, trace_id, project_id, batch_id, created_at, 0::float8 AS waited, result_ttl
            FROM job
            WHERE id > $1 AND state = 'STARTED' AND time_limit IS NOT NULL
              AND started_at < now() - (time_limit + $2) * interval '1 second'
            ORDER BY id
            LIMIT $3
            """;

    /** Runs beyond their hard time limit and a grace on top. Reads the hot table from an id on. */
    public List<Claim> overdue(UUID after, Duration grace, int limit) {
        return database.list(OVERDUE, Tuple.of(after, grace.toMillis() / 1000.0, limit), JobStore::readClaim);
    }

    /** A transition as columns: what is set, and what is added to the counters. */
    private sealed interface Ended {

        static Ended of(Settled settled, long compressAbove) {
            UUID id = settled.claim().jobId();
            int seq = settled.claim().claimSeq();
            return switch (settled.transition()) {
                case Transition.Succeed(var result) -> {
                    Buffer gzip = result == null ? null : Gzip.ifLonger(result, compressAbove);
                    yield gzip == null ? new Success(id, seq, result) : new LargeSuccess(id, seq, gzip);
                }
                case Transition.Retry(var error, var dueAt, var delay) ->
                    new Ending(id, seq, JobState.RETRY, "retry", error, dueAt, 0, 1, 0, delay);
                case Transition.Fail(var error, var lost) ->
                    new Ending(
                            id,
                            seq,
                            JobState.FAILURE,
                            lost ? "lost" : "failure",
                            error,
                            null,
                            0,
                            lost ? 0 : 1,
                            lost ? 1 : 0,
                            null);
                case Transition.Snooze(var dueAt) ->
                    new Ending(id, seq, JobState.SCHEDULED, "snoozed", null, dueAt, -1, 0, 0, null);
                case Transition.Release(var reason) ->
                    new Ending(id, seq, JobState.PENDING, "released", null, null, -1, 0, 0, null);
                case Transition.Rescue(var error) ->
                    new Ending(id, seq, JobState.PENDING, "lost", error, null, 0, 0, 1, null);
            };
        }
    }

    private record Success(UUID id, int claimSeq, @Nullable String result) implements Ended {}

    private record LargeSuccess(UUID id, int claimSeq, Buffer gzip) implements Ended {}

    private record Ending(
            UUID id,
            int claimSeq,
            JobState state,
            String outcome,
            @Nullable JobError error,
            @Nullable Instant dueAt,
            int attempts,
            int failures,
            int losses,
            @Nullable Double retryDelay)
            implements Ended {}

    // By position, in the order in which every statement above returns a claim: by name costs more than all the rest.
    private static Claim readClaim(Row row) {
        int column = 0;
        return new Claim(
                row.getUUID(column++),
                row.getInteger(column++),
                row.getString(column++),
                row.getString(column++),
                row.getShort(column++),
                row.getInteger(column++),
                row.getInteger(column++),
                row.getInteger(column++),
                row.getInteger(column++),
                seconds(row.getDouble(column++)),
                limit(row.getDouble(column++)),
                limit(row.getDouble(column++)),
                row.getString(column++),
                row.getString(column++),
                row.getString(column++),
                row.getUUID(column++),
                row.getOffsetDateTime(column++).toInstant(),
                seconds(Math.max(0, row.getDouble(column++))),
                row.getDouble(column) > 0);
    }

    private static @Nullable Duration limit(@Nullable Double seconds) {
        return seconds == null ? null : seconds(seconds);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static @Nullable String json(@Nullable JobError error) {
        return error == null
                ? null
                : new JsonObject()
                        .put("code", error.code())
                        .put("exc_type", error.excType())
                        .put("exc_message", error.excMessage())
                        .put("traceback", error.traceback())
                        .encode();
    }
}
