package io.millrace.store;

import io.millrace.job.Claim;
import io.millrace.limit.DeclaredLimit;
import io.millrace.limit.Gate;
import io.millrace.limit.Gate.Candidate;
import io.millrace.limit.Gate.Gated;
import io.millrace.limit.Gate.Use;
import io.millrace.limit.Limit;
import io.millrace.limit.LimitName;
import io.millrace.limit.Limits;
import io.millrace.limit.RateLimit;
import io.millrace.limit.StartLog;
import io.millrace.queue.Hint;
import io.millrace.waiting.Waiting.Standing;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Limits, and the jobs that wait for them. A job under a limit is claimed in a transaction that holds the locks of its
 * limits, so what {@link Gate} decides is true when it is written: over the whole cluster, never one start too many.
 * What may not start is parked, and called again when there is room.
 */
@Singleton
public class LimitStore {

    private static final Logger LOG = Logger.getLogger(LimitStore.class);

    /** How the wire and rows say that there shall be no rate limit. */
    public static final String NO_RATE = DeclaredLimit.NO_RATE;

    /** How many lines are looked at in one go. */
    private static final int GATES = 500;

    /** A parked job that was called and has not started after this time is called again. */
    private static final Duration CALL_LOST = Duration.ofSeconds(2);

    private final Database database;
    private final JobStore jobs;

    public LimitStore(Database database, JobStore jobs) {
        this.database = database;
        this.jobs = jobs;
    }

    /**
     * Whether a job is parked and under limits of keys only: it waits for others of its key, and says nothing of how its
     * queue is served. To be filled with the job's id.
     */
    static final String PARKED_AT_KEYS = """
            (EXISTS (SELECT FROM parked) AND coalesce(
              (SELECT p.gate NOT LIKE '%%"queue:%%' AND p.gate NOT LIKE '%%"task:%%' FROM parked p WHERE p.job_id = %s), false))""";

    private static final String IN_FORCE = """
            SELECT 'task' AS scope, t.name, coalesce(r.rate_limit, t.rate_limit) AS rate_limit,
                   coalesce(r.max_concurrency, t.max_concurrency) AS max_concurrency
            FROM task t LEFT JOIN limit_rule r ON r.scope = 'task' AND r.name = t.name
            UNION ALL
            SELECT 'queue', q.name, coalesce(r.rate_limit, q.rate_limit), coalesce(r.max_concurrency, q.max_concurrency)
            FROM queue q LEFT JOIN limit_rule r ON r.scope = 'queue' AND r.name = q.name
            UNION ALL
            SELECT 'key', name, rate_limit, max_concurrency FROM limit_rule WHERE scope = 'key'
            """;

    /** Every limit in force. */
    public Limits inForce() {
        return new Limits(all());
    }

    /** What is known of every task, queue and key, limited or not. */
    public List<Limit> all() {
        return database.list(IN_FORCE, Tuple.tuple(), LimitStore::readLimit);
    }

    private static Limit readLimit(Row row) {
        var name = new LimitName(LimitName.Scope.ofWireName(row.getString("scope")), row.getString("name"));
        Integer most = row.getInteger("max_concurrency");
        return new Limit(name, rate(name, row.getString("rate_limit")), most == null || most == 0 ? null : most);
    }

    private static @Nullable RateLimit rate(LimitName name, @Nullable String text) {
        if (text == null || text.equals(NO_RATE)) {
            return null;
        }
        try {
            return RateLimit.parse(text);
        } catch (IllegalArgumentException e) {
            // Every way in checks it, so this row was written by hand. One bad row must not stop all claims.
            LOG.errorf("a rate limit cannot be read and is not in force limit=%s rate_limit=%s", name, text);
            return null;
        }
    }

    private static final String SET = """
            INSERT INTO limit_rule (scope, name, rate_limit, max_concurrency) VALUES ($1, $2, $3, $4)
            ON CONFLICT (scope, name) DO UPDATE
            SET rate_limit = CASE WHEN $5 THEN excluded.rate_limit ELSE limit_rule.rate_limit END,
                max_concurrency = CASE WHEN $6 THEN excluded.max_concurrency ELSE limit_rule.max_concurrency END,
                changed_at = now()
            """;

    /**
     * A change of a limit.
     *
     * @param setsRate whether the rate is changed at all
     * @param rate the new one, {@value #NO_RATE} for none; null for what is declared
     * @param setsMaxConcurrency whether the concurrency is changed at all
     * @param maxConcurrency the new one, 0 for no limit; null for what is declared
     */
    public record Change(
            boolean setsRate,
            @Nullable String rate,
            boolean setsMaxConcurrency,
            @Nullable Integer maxConcurrency) {}

    /** Sets a limit; in force within a second. */
    public void set(LimitName name, Change change) {
        database.run(
                SET,
                Tuple.of(
                        name.scope().wireName(),
                        name.name(),
                        change.rate(),
                        change.maxConcurrency(),
                        change.setsRate(),
                        change.setsMaxConcurrency()));
    }

    private static final String REMOVE = "DELETE FROM limit_rule WHERE scope = $1 AND name = $2";

    /** Goes back to what is declared. @return whether anything was set */
    public boolean remove(LimitName name) {
        return database.run(REMOVE, Tuple.of(name.scope().wireName(), name.name()))
                        .rowCount()
                == 1;
    }

    private static final String CANDIDATES = """
            SELECT j.id, j.claim_seq, j.task, j.queue, j.rate_key, j.priority,
                   (SELECT p.called_at IS NOT NULL FROM parked p WHERE p.job_id = j.id) AS called
            FROM job j
            WHERE j.id = ANY ($1) AND j.state = 'PENDING' AND (j.expires_at IS NULL OR j.expires_at > now())
              AND NOT EXISTS (SELECT 1 FROM queue q WHERE q.name = j.queue AND q.paused)
            """;

    private static final String MEET = """
            INSERT INTO limit_use (name) SELECT * FROM unnest($1::text[]) ORDER BY 1 ON CONFLICT (name) DO NOTHING
            """;

    private static final String LOCK = """
            SELECT name, log::text AS log FROM limit_use WHERE name = ANY ($1) ORDER BY name FOR UPDATE
            """;

    // Asked after the locks are held: now() would be the time when the transaction began, before it waited for them.
    private static final String TIME = "SELECT clock_timestamp() AS now";

    private static final String WAITING = """
            SELECT gate FROM unnest($1::text[]) AS g(gate)
            WHERE EXISTS (SELECT 1 FROM parked p WHERE p.gate = g.gate AND p.called_at IS NULL)
            """;

    /**
     * What became of jobs that wanted to start.
     *
     * @param claims that hold
     * @param parked how many must wait
     */
    public record Admission(List<Claim> claims, int parked) {}

    /** Claims what the hints name as far as limits let it start now, and parks the rest. */
    public Admission admit(Collection<Hint> hints, Limits limits, String workerId) {
        Map<UUID, Hint> byId = hints.stream().collect(Collectors.toMap(Hint::jobId, Function.identity(), (a, b) -> b));
        return database.inTransaction(sql -> {
            List<Candidate> candidates = sql
                    .list(CANDIDATES, Tuple.tuple().addArrayOfUUID(byId.keySet().toArray(UUID[]::new)), row -> {
                        Boolean called = row.getBoolean("called");
                        return new Candidate(
                                row.getUUID("id"),
                                row.getInteger("claim_seq"),
                                row.getString("task"),
                                row.getString("queue"),
                                row.getString("rate_key"),
                                row.getShort("priority"),
                                called != null && called);
                    })
                    .stream()
                    .filter(job -> hint(byId, job).claimSeq() == job.claimSeq())
                    .toList();
            if (candidates.isEmpty()) {
                return new Admission(List.of(), 0);
            }
            var names = new TreeSet<LimitName>();
            var gates = new HashMap<String, List<LimitName>>();
            for (Candidate job : candidates) {
                List<LimitName> gate = limits.of(job.task(), job.queue(), job.rateKey()).stream()
                        .map(Limit::name)
                        .toList();
                names.addAll(gate);
                gates.put(gateText(gate), gate);
            }
            sql.run(MEET, Tuple.tuple().addArrayOfString(texts(names)));
            Map<LimitName, Use> uses = uses(sql, LOCK, names, limits);
            Instant now = time(sql);
            Set<List<LimitName>> waiting = sql
                    .list(
                            WAITING,
                            Tuple.tuple().addArrayOfString(gates.keySet().toArray(String[]::new)),
                            row -> row.getString("gate"))
                    .stream()
                    .map(gate -> gates.getOrDefault(gate, List.of()))
                    .collect(Collectors.toSet());
            Gate.Decision decision = Gate.decide(candidates, limits, uses, waiting, now);
            List<Claim> claims = jobs.claimAt(
                    sql,
                    decision.admitted().stream()
                            .map(each -> hint(byId, each.job()))
                            .toList(),
                    workerId,
                    now);
            started(sql, decision.admitted(), claims, limits, uses, now);
            park(sql, decision.parked());
            if (!decision.parked().stream().allMatch(each -> waiting.contains(each.gate()))) {
                sql.run(NOTIFY, Tuple.tuple());
            }
            return new Admission(claims, decision.parked().size());
        });
    }

    private static Hint hint(Map<UUID, Hint> byId, Candidate job) {
        Hint hint = byId.get(job.jobId());
        if (hint == null) {
            throw new IllegalStateException("PostgreSQL returned a job that was not asked for: " + job.jobId());
        }
        return hint;
    }

    private static Instant time(Sql sql) {
        return sql.first(
                        TIME, Tuple.tuple(), row -> row.getOffsetDateTime("now").toInstant())
                .orElseThrow();
    }

    // (SELECT …) rather than a join or EXISTS: with plans for any number of rows, those would read the whole job table.
    private static final String THROW_AWAY = """
            DELETE FROM permit p
            WHERE p.name = ANY ($1)
              AND (SELECT j.state FROM job j WHERE j.id = p.job_id AND j.claim_seq = p.claim_seq) IS DISTINCT FROM 'STARTED'
            """;

    private static final String RUNNING =
            "SELECT name, count(*)::int AS n FROM permit WHERE name = ANY ($1) GROUP BY name";

    private static Map<LimitName, Use> uses(Sql sql, String select, Collection<LimitName> names, Limits limits) {
        var logs = new HashMap<LimitName, StartLog>();
        sql.run(select, Tuple.tuple().addArrayOfString(texts(names)))
                .forEach(row -> logs.put(LimitName.parse(row.getString("name")), log(row.getString("log"))));
        List<LimitName> counted =
                names.stream().filter(name -> countsRuns(limits, name)).toList();
        var running = new HashMap<LimitName, Integer>();
        if (!counted.isEmpty()) {
            var parameter = Tuple.tuple().addArrayOfString(texts(counted));
            sql.run(THROW_AWAY, parameter);
            sql.run(RUNNING, parameter)
                    .forEach(row -> running.put(LimitName.parse(row.getString("name")), row.getInteger("n")));
        }
        return names.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        name -> new Use(logs.getOrDefault(name, StartLog.EMPTY), running.getOrDefault(name, 0))));
    }

    private static boolean countsRuns(Limits limits, LimitName name) {
        Limit limit = limits.limit(name);
        return limit != null && limit.maxConcurrency() != null;
    }

    private static final String NOTE_STARTS = """
            UPDATE limit_use l SET log = u.log::jsonb FROM unnest($1::text[], $2::text[]) AS u(name, log) WHERE l.name = u.name
            """;

    private static final String PERMIT = """
            INSERT INTO permit (name, job_id, claim_seq) SELECT * FROM unnest($1::text[], $2::uuid[], $3::int[])
            ON CONFLICT (name, job_id) DO UPDATE SET claim_seq = excluded.claim_seq
            """;

    private static final String LEAVE = "DELETE FROM parked WHERE job_id = ANY ($1)";

    /** Notes what has started; a candidate that could not be claimed after all has used nothing. */
    private static void started(
            Sql sql, List<Gated> admitted, List<Claim> claims, Limits limits, Map<LimitName, Use> uses, Instant now) {
        if (claims.isEmpty()) {
            return;
        }
        Map<UUID, Claim> claimed = claims.stream().collect(Collectors.toMap(Claim::jobId, Function.identity()));
        var starts = new HashMap<LimitName, Integer>();
        var permitNames = new ArrayList<String>();
        var permitJobs = new ArrayList<UUID>();
        var permitSeqs = new ArrayList<Integer>();
        for (Gated each : admitted) {
            Claim claim = claimed.get(each.job().jobId());
            if (claim == null) {
                continue;
            }
            for (LimitName name : each.gate()) {
                starts.merge(name, 1, Integer::sum);
                if (countsRuns(limits, name)) {
                    permitNames.add(name.toString());
                    permitJobs.add(claim.jobId());
                    permitSeqs.add(claim.claimSeq());
                }
            }
        }
        var names = new ArrayList<String>();
        var logs = new ArrayList<String>();
        starts.forEach((name, count) -> {
            Limit limit = limits.limit(name);
            if (limit != null && limit.rate() != null) {
                StartLog log = uses.getOrDefault(name, Use.NONE).log();
                names.add(name.toString());
                logs.add(text(log.with(now, count, limit.rate().longest())));
            }
        });
        if (!names.isEmpty()) {
            sql.run(
                    NOTE_STARTS,
                    Tuple.tuple()
                            .addArrayOfString(names.toArray(String[]::new))
                            .addArrayOfString(logs.toArray(String[]::new)));
        }
        if (!permitNames.isEmpty()) {
            sql.run(
                    PERMIT,
                    Tuple.tuple()
                            .addArrayOfString(permitNames.toArray(String[]::new))
                            .addArrayOfUUID(permitJobs.toArray(UUID[]::new))
                            .addArrayOfInteger(permitSeqs.toArray(Integer[]::new)));
        }
        sql.run(LEAVE, Tuple.tuple().addArrayOfUUID(claimed.keySet().toArray(UUID[]::new)));
    }

    private static final String PARK = """
            INSERT INTO parked (job_id, claim_seq, gate, priority)
            SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::smallint[]) ORDER BY 1
            ON CONFLICT (job_id) DO UPDATE
            SET claim_seq = excluded.claim_seq, gate = excluded.gate, priority = excluded.priority, called_at = NULL
            """;

    /** The notice that a line has begun, for whoever rests because there was none. */
    public static final String PARKED_NOTICE = "millrace_parked";

    private static final String NOTIFY = "SELECT pg_notify('millrace_parked', '')";

    private static void park(Sql sql, List<Gated> parked) {
        if (parked.isEmpty()) {
            return;
        }
        sql.run(
                PARK,
                Tuple.tuple()
                        .addArrayOfUUID(
                                parked.stream().map(each -> each.job().jobId()).toArray(UUID[]::new))
                        .addArrayOfInteger(parked.stream()
                                .map(each -> each.job().claimSeq())
                                .toArray(Integer[]::new))
                        .addArrayOfString(parked.stream()
                                .map(each -> gateText(each.gate()))
                                .toArray(String[]::new))
                        .addArrayOfShort(parked.stream()
                                .map(each -> (short) each.job().priority())
                                .toArray(Short[]::new)));
    }

    /**
     * What a call brought.
     *
     * @param hints to be written
     * @param last the line after which to go on; empty to begin anew
     * @param lines how many lines there were to look at
     */
    public record Called(List<Hint> hints, String last, int lines) {}

    // Each line once, without reading the lines: a loose scan of the index.
    private static final String LINES = """
            WITH RECURSIVE line AS (
              (SELECT gate FROM parked WHERE gate > $1 ORDER BY gate LIMIT 1)
              UNION ALL
              SELECT (SELECT p.gate FROM parked p WHERE p.gate > line.gate ORDER BY p.gate LIMIT 1)
              FROM line WHERE line.gate IS NOT NULL
            )
            SELECT gate FROM line WHERE gate IS NOT NULL LIMIT $2
            """;

    private static final String LOOK = "SELECT name, log::text AS log FROM limit_use WHERE name = ANY ($1)";

    private static final String CALL = """
            UPDATE parked SET called_at = now()
            WHERE job_id = ANY (ARRAY(
              SELECT job_id FROM parked
              WHERE gate = $1 AND (called_at IS NULL OR called_at < now() - $3::float8 * interval '1 second')
              ORDER BY priority DESC, job_id
              LIMIT greatest(0, $2 - (SELECT count(*) FROM parked c
                                      WHERE c.gate = $1 AND c.called_at >= now() - $3::float8 * interval '1 second'))
              FOR UPDATE SKIP LOCKED))
            RETURNING job_id, claim_seq
            """;

    private static final String STILL_PENDING = """
            SELECT id, claim_seq, queue, priority, trace_id FROM job WHERE id = ANY ($1) AND state = 'PENDING'
            """;

    /**
     * Calls parked jobs whose limits have room, in order of their line. Whoever calls writes the hints. Any number may
     * call at once.
     *
     * @param after the line after which to begin, empty for the first
     * @param most how many to call at a line that is not limited any more
     */
    public Called callParked(Limits limits, String after, int most) {
        return database.inTransaction(sql -> {
            List<String> lines = sql.list(LINES, Tuple.of(after, GATES), row -> row.getString("gate"));
            if (lines.isEmpty()) {
                return new Called(List.of(), "", 0);
            }
            Map<String, List<LimitName>> gates =
                    lines.stream().collect(Collectors.toMap(Function.identity(), LimitStore::gate));
            var names = gates.values().stream().flatMap(List::stream).collect(Collectors.toSet());
            Map<LimitName, Use> uses = uses(sql, LOOK, names, limits);
            Instant now = time(sql);
            var rooms = new HashMap<LimitName, Integer>();
            names.forEach(name ->
                    rooms.put(name, Gate.room(limits.limit(name), uses.getOrDefault(name, Use.NONE), now)));
            var called = new HashMap<UUID, Integer>();
            for (String line : lines) {
                List<LimitName> gate = gates.getOrDefault(line, List.of());
                int room = gate.stream()
                        .mapToInt(name -> rooms.getOrDefault(name, most))
                        .min()
                        .orElse(most);
                if (room <= 0) {
                    continue;
                }
                var next = sql.run(CALL, Tuple.of(line, Math.min(room, most), CALL_LOST.toMillis() / 1000.0));
                next.forEach(row -> called.put(row.getUUID("job_id"), row.getInteger("claim_seq")));
                gate.forEach(name -> rooms.merge(name, -next.rowCount(), Integer::sum));
            }
            return new Called(stillPending(sql, called), lines.size() < GATES ? "" : lines.getLast(), lines.size());
        });
    }

    /** The hints of those that still wait; the others leave the line. */
    private static List<Hint> stillPending(Sql sql, Map<UUID, Integer> called) {
        if (called.isEmpty()) {
            return List.of();
        }
        List<Hint> hints = sql
                .list(
                        STILL_PENDING,
                        Tuple.tuple().addArrayOfUUID(called.keySet().toArray(UUID[]::new)),
                        DueStore::readHint)
                .stream()
                .filter(hint -> called.getOrDefault(hint.jobId(), -1) == hint.claimSeq())
                .sorted(Comparator.comparingInt(Hint::priority).reversed().thenComparing(Hint::jobId))
                .toList();
        if (hints.size() < called.size()) {
            var gone = new HashSet<>(called.keySet());
            hints.forEach(hint -> gone.remove(hint.jobId()));
            sql.run(LEAVE, Tuple.tuple().addArrayOfUUID(gone.toArray(UUID[]::new)));
        }
        return hints;
    }

    // Without throwing anything away: whoever only looks writes nothing.
    private static final String RUNNING_NOW = """
            SELECT p.name, count(*)::int AS n FROM permit p
            WHERE p.name = ANY ($1)
              AND (SELECT j.state FROM job j WHERE j.id = p.job_id AND j.claim_seq = p.claim_seq) = 'STARTED'
            GROUP BY p.name
            """;

    /** How those of these limits stand that are in force. */
    List<Standing> standing(Collection<LimitName> names, Instant now) {
        Limits limits = inForce();
        var parameter = Tuple.tuple().addArrayOfString(texts(names));
        var running = new HashMap<LimitName, Integer>();
        database.run(RUNNING_NOW, parameter)
                .forEach(row -> running.put(LimitName.parse(row.getString("name")), row.getInteger("n")));
        var logs = new HashMap<LimitName, StartLog>();
        database.run(LOOK, parameter)
                .forEach(row -> logs.put(LimitName.parse(row.getString("name")), log(row.getString("log"))));
        var standing = new ArrayList<Standing>();
        for (LimitName name : names) {
            Limit limit = limits.limit(name);
            if (limit != null) {
                RateLimit rate = limit.rate();
                Instant roomAt = rate == null
                        ? now
                        : logs.getOrDefault(name, StartLog.EMPTY).roomAt(rate, now);
                standing.add(new Standing(limit, running.getOrDefault(name, 0), roomAt.isAfter(now) ? roomAt : null));
            }
        }
        return standing;
    }

    private static final String PARKED = "SELECT count(*) AS n FROM (SELECT 1 FROM parked LIMIT $1) found";

    /** How many jobs are parked, as far as a bound. */
    public long parked(int bound) {
        return database.first(PARKED, Tuple.of(bound), row -> row.getLong("n")).orElseThrow();
    }

    private static String[] texts(Collection<LimitName> names) {
        return names.stream().map(LimitName::toString).toArray(String[]::new);
    }

    private static String gateText(List<LimitName> gate) {
        return new JsonArray(gate.stream().map(LimitName::toString).toList()).encode();
    }

    static List<LimitName> gate(String text) {
        return new JsonArray(text)
                .stream().map(name -> LimitName.parse(String.valueOf(name))).toList();
    }

    private static String text(StartLog log) {
        var entries = new JsonArray();
        log.starts()
                .forEach(each -> entries.add(new JsonArray()
                        .add(ChronoUnit.MICROS.between(Instant.EPOCH, each.at()))
                        .add(each.count())));
        return entries.encode();
    }

    private static StartLog log(String text) {
        var starts = new ArrayList<StartLog.Starts>();
        var entries = new JsonArray(text);
        for (int i = 0; i < entries.size(); i++) {
            JsonArray entry = entries.getJsonArray(i);
            starts.add(
                    new StartLog.Starts(Instant.EPOCH.plus(entry.getLong(0), ChronoUnit.MICROS), entry.getInteger(1)));
        }
        return new StartLog(starts);
    }
}
