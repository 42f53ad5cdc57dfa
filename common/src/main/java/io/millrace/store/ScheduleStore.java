package io.millrace.store;

import io.millrace.job.JobIds;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.schedule.Cadence;
import io.millrace.schedule.Cron;
import io.millrace.schedule.Firing;
import io.millrace.schedule.Misfire;
import io.millrace.schedule.Overlap;
import io.millrace.schedule.Schedule;
import io.millrace.schedule.ScheduleStatus;
import io.millrace.task.JobDefaults;
import io.millrace.task.Precedence;
import io.millrace.task.TaskDefinition;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Schedules and what became of their ticks. A tick's row, its job and the schedule's next tick are written in one
 * transaction over rows that no other scheduler has locked: so any number of them fire it once, and one that dies in the
 * middle has fired nothing.
 */
@Singleton
public class ScheduleStore {

    private static final Logger LOG = Logger.getLogger(ScheduleStore.class);

    private final Database database;
    private final Precedence precedence;
    private final JobIds ids = new JobIds();

    /** @param precedence what jobs get of which their schedule says nothing */
    @Inject
    public ScheduleStore(Database database, Precedence precedence) {
        this.database = database;
        this.precedence = precedence;
    }

    /** One for jobs of which nothing is configured. */
    public ScheduleStore(Database database) {
        this(database, Precedence.NOTHING_CONFIGURED);
    }

    // -- what fires

    /** A schedule whose ticks have come, as far as one statement tells. */
    private record Due(
            Schedule schedule, Instant since, @Nullable UUID lastJobId, boolean previousRuns, Instant now) {}

    /**
     * What became of a tick.
     *
     * @param hint of its job, to be written now; null if it has none
     * @param late whether it had been missed, so that it says nothing about how punctual schedulers are
     */
    public record Fired(
            String schedule,
            Instant fireTime,
            Firing.Outcome outcome,
            @Nullable NewJob job,
            @Nullable Hint hint,
            boolean late) {}

    /**
     * What a round did.
     *
     * @param schedules how many schedules it dealt with
     * @param cancelled previous jobs that were revoked to make way
     */
    public record Round(int schedules, List<Fired> fired, List<UUID> cancelled) {}

    // A schedule whose task nobody has registered is not due: its tick waits.
    private static final String FIND_DUE = """
            SELECT name, task, args::text AS args, queue, priority, cron, timezone, every, starts_at, fires_at, misfire, misfire_limit,
                   overlap, enabled, next_fire_at, last_job_id, now() AS now,
                   EXISTS (SELECT 1 FROM job j WHERE j.id = s.last_job_id AND j.state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED')) AS previous_runs
            FROM schedule s
            WHERE next_fire_at <= now() AND EXISTS (SELECT 1 FROM task t WHERE t.name = s.task)
            ORDER BY next_fire_at
            LIMIT $1
            FOR UPDATE SKIP LOCKED
            """;

    private static final String QUEUE_PRIORITIES = "SELECT name, priority FROM queue";

    private static final String NOTE_TICKS = """
            INSERT INTO firing (schedule, fire_time, outcome, job_id)
            SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::uuid[])
            ON CONFLICT (schedule, fire_time) DO NOTHING
            RETURNING schedule, fire_time
            """;

    private static final String ADVANCE = """
            UPDATE schedule s
            SET next_fire_at = u.next_fire_at, last_fire_at = coalesce(u.last_fire_at, s.last_fire_at), last_job_id = coalesce(u.last_job_id, s.last_job_id)
            FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::uuid[]) AS u(name, next_fire_at, last_fire_at, last_job_id)
            WHERE s.name = u.name
            """;

    private static final String GIVE_UP = "UPDATE schedule SET next_fire_at = NULL, fault = $2 WHERE name = $1";

    /** One tick of a round. */
    private record Note(Due due, Firing.Tick tick, @Nullable NewJob job) {
        private record Key(String schedule, Instant fireTime) {}

        Key key() {
            return new Key(due.schedule().name(), tick.at());
        }
    }

    /**
     * Fires what is due. Hints are for the caller to write, now that the jobs are committed.
     *
     * @param limit how many schedules to deal with at most
     * @param grace how late a tick may be noticed without having been missed
     */
    public Round fireDue(int limit, Duration grace) {
        return database.inTransaction(sql -> {
            var rows = sql.run(FIND_DUE, Tuple.of(limit));
            List<Due> due = new ArrayList<>();
            for (Row row : rows) {
                readDue(sql, row).ifPresent(due::add);
            }
            List<UUID> cancelled = new ArrayList<>();
            List<Fired> fired = due.isEmpty() ? List.of() : fire(sql, due, grace, cancelled);
            return new Round(rows.size(), fired, cancelled);
        });
    }

    private List<Fired> fire(Sql sql, List<Due> due, Duration grace, List<UUID> cancelled) {
        Map<String, TaskDefinition> tasks = tasks(sql, due);
        Map<String, Integer> priorities = priorities(sql);
        List<Note> notes = new ArrayList<>();
        Map<String, Firing.Decision> decisions = new HashMap<>();
        for (Due each : due) {
            Schedule schedule = each.schedule();
            var decision = Firing.decide(schedule, each.since(), each.previousRuns(), each.now(), grace);
            decisions.put(schedule.name(), decision);
            for (Firing.Tick tick : decision.ticks()) {
                boolean fires = tick.outcome() == Firing.Outcome.FIRED;
                notes.add(new Note(each, tick, fires ? job(schedule, tasks, priorities, each.now()) : null));
            }
            UUID previous = each.lastJobId();
            if (decision.cancelPrevious() && previous != null) {
                ControlStore.revoke(sql, previous, true);
                cancelled.add(previous);
            }
        }
        Set<Note.Key> noted = note(sql, notes);
        notes.removeIf(note -> !noted.contains(note.key()));
        submit(sql, notes);
        advance(sql, due, decisions, notes);
        return notes.stream().map(note -> fired(note, grace)).toList();
    }

    private static Fired fired(Note note, Duration grace) {
        NewJob job = note.job();
        return new Fired(
                note.due().schedule().name(),
                note.tick().at(),
                note.tick().outcome(),
                job,
                job == null ? null : hint(job),
                note.tick().at().isBefore(note.due().now().minus(grace)));
    }

    private static Hint hint(NewJob job) {
        return new Hint(job.id(), 0, job.queue(), job.priority(), job.traceId());
    }

    private NewJob job(
            Schedule schedule, Map<String, TaskDefinition> tasks, Map<String, Integer> priorities, Instant now) {
        TaskDefinition task = tasks.get(schedule.task());
        if (task == null) {
            throw new IllegalStateException("task " + schedule.task() + " was there a statement ago");
        }
        String queue = Firing.queue(schedule, task);
        JobDefaults defaults = precedence.of(task, queue, priorities.getOrDefault(queue, task.priority()));
        return Firing.job(schedule, task, defaults, now, ids.next());
    }

    private static Map<String, TaskDefinition> tasks(Sql sql, List<Due> due) {
        var names = due.stream().map(each -> each.schedule().task()).collect(Collectors.toSet());
        return TaskStore.named(sql, names).stream()
                .collect(Collectors.toMap(TaskDefinition::name, Function.identity()));
    }

    private static Map<String, Integer> priorities(Sql sql) {
        var priorities = new HashMap<String, Integer>();
        sql.run(QUEUE_PRIORITIES, Tuple.tuple())
                .forEach(row -> priorities.put(row.getString("name"), (int) row.getShort("priority")));
        return priorities;
    }

    /** Writes the rows of ticks. @return those that were not there yet */
    private static Set<Note.Key> note(Sql sql, List<Note> notes) {
        return new HashSet<>(sql.list(
                NOTE_TICKS,
                Tuple.tuple()
                        .addArrayOfString(notes.stream()
                                .map(note -> note.due().schedule().name())
                                .toArray(String[]::new))
                        .addArrayOfOffsetDateTime(notes.stream()
                                .map(note -> utc(note.tick().at()))
                                .toArray(OffsetDateTime[]::new))
                        .addArrayOfString(notes.stream()
                                .map(note -> note.tick().outcome().name())
                                .toArray(String[]::new))
                        .addArrayOfUUID(notes.stream().map(ScheduleStore::jobId).toArray(UUID[]::new)),
                row -> new Note.Key(row.getString("schedule"), instant(row, "fire_time"))));
    }

    private static @Nullable UUID jobId(Note note) {
        NewJob job = note.job();
        return job == null ? null : job.id();
    }

    private static void submit(Sql sql, List<Note> notes) {
        var jobs = new ArrayList<NewJob>();
        for (Note note : notes) {
            NewJob job = note.job();
            if (job != null) {
                jobs.add(job);
            }
        }
        if (!jobs.isEmpty()) {
            JobStore.submit(sql, jobs);
        }
    }

    private static void advance(Sql sql, List<Due> due, Map<String, Firing.Decision> decisions, List<Note> notes) {
        var last = new HashMap<String, Note>();
        for (Note note : notes) {
            if (note.job() != null) {
                last.put(note.due().schedule().name(), note);
            }
        }
        int n = due.size();
        var names = new String[n];
        var next = new @Nullable OffsetDateTime[n];
        var fireTimes = new @Nullable OffsetDateTime[n];
        var jobs = new @Nullable UUID[n];
        for (int i = 0; i < n; i++) {
            String name = due.get(i).schedule().name();
            names[i] = name;
            var decision = decisions.get(name);
            next[i] = decision == null
                    ? null
                    : decision.next().map(ScheduleStore::utc).orElse(null);
            Note fired = last.get(name);
            if (fired != null) {
                fireTimes[i] = utc(fired.tick().at());
                jobs[i] = jobId(fired);
            }
        }
        sql.run(
                ADVANCE,
                Tuple.tuple()
                        .addArrayOfString(names)
                        .addArrayOfOffsetDateTime(next)
                        .addArrayOfOffsetDateTime(fireTimes)
                        .addArrayOfUUID(jobs));
    }

    /** Reads a due row. One that this build cannot read fires no more and says why, and holds up no other. */
    private static Optional<Due> readDue(Sql sql, Row row) {
        try {
            return Optional.of(new Due(
                    readSchedule(row),
                    instant(row, "next_fire_at"),
                    row.getUUID("last_job_id"),
                    row.getBoolean("previous_runs"),
                    instant(row, "now")));
        } catch (IllegalArgumentException | DateTimeException e) {
            String name = row.getString("name");
            LOG.errorf("a schedule cannot be read and fires no more schedule=%s: %s", name, e.getMessage());
            sql.run(GIVE_UP, Tuple.of(name, "it cannot be read: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private static final String UNTIL_NEXT = """
            SELECT extract(epoch FROM min(next_fire_at) - now())::float8 AS seconds
            FROM schedule s WHERE next_fire_at IS NOT NULL AND EXISTS (SELECT 1 FROM task t WHERE t.name = s.task)
            """;

    /** How long until the next tick; empty where none is to come. */
    public Optional<Duration> untilNext() {
        return database.first(UNTIL_NEXT, Tuple.tuple(), row -> Optional.ofNullable(row.getDouble("seconds")))
                .flatMap(seconds -> seconds)
                .map(seconds -> Duration.ofMillis((long) Math.ceil(Math.clamp(seconds, 0.0, 86_400.0) * 1000)));
    }

    private static final String FIND = """
            SELECT name, task, args::text AS args, queue, priority, cron, timezone, every, starts_at, fires_at, misfire, misfire_limit,
                   overlap, enabled, declared, declaration, next_fire_at, last_fire_at, last_job_id, fault, created_at, updated_at,
                   EXISTS (SELECT 1 FROM task t WHERE t.name = s.task) AS task_known,
                   %s AS last_job_state
            FROM schedule s
            """.formatted(stateOf("s.last_job_id"));

    private static final String LOCK = FIND + "WHERE name = $1 FOR UPDATE";

    private static final String NOTE_MANUAL = """
            INSERT INTO firing (schedule, fire_time, outcome, job_id) VALUES ($1, clock_timestamp(), 'MANUAL', $2)
            """;

    private static final String NOW = "SELECT now() AS now";

    private static Instant now(Sql sql) {
        return sql.first(NOW, Tuple.tuple(), row -> instant(row, "now")).orElseThrow();
    }

    private static final String RAN = "UPDATE schedule SET last_fire_at = now(), last_job_id = $2 WHERE name = $1";

    /** What became of a wish to run a schedule now. */
    public sealed interface RunNow {
        /** Its job is committed; the hint is for the caller to write. */
        record Submitted(NewJob job, Hint hint) implements RunNow {}

        /** There is no such schedule. */
        record NoSchedule() implements RunNow {}

        /** Nobody has registered its task. */
        record NoTask(String task) implements RunNow {}
    }

    /** Fires a schedule now, whether or not it is enabled and its previous job still runs. Its ticks stay as they are. */
    public RunNow runNow(String name) {
        return database.inTransaction(sql -> {
            var found = sql.first(LOCK, Tuple.of(name), ScheduleStore::readSchedule);
            if (found.isEmpty()) {
                return new RunNow.NoSchedule();
            }
            Schedule schedule = found.get();
            var task = TaskStore.named(sql, List.of(schedule.task())).stream().findFirst();
            if (task.isEmpty()) {
                return new RunNow.NoTask(schedule.task());
            }
            NewJob job = job(schedule, Map.of(schedule.task(), task.get()), priorities(sql), now(sql));
            JobStore.submit(sql, List.of(job));
            sql.run(NOTE_MANUAL, Tuple.of(name, job.id()));
            sql.run(RAN, Tuple.of(name, job.id()));
            return new RunNow.Submitted(job, hint(job));
        });
    }

    // -- what is kept

    private static final String COLUMNS = """
            (name, task, args, queue, priority, cron, timezone, every, starts_at, fires_at, misfire, misfire_limit, overlap, enabled,
             next_fire_at, declared, declaration)
            VALUES ($1, $2, $3::text::jsonb, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """;

    private static final String CREATE = """
            WITH added AS (
            INSERT INTO schedule
            """ + COLUMNS + """
            ON CONFLICT (name) DO NOTHING
            RETURNING name)
            SELECT name, pg_notify('millrace_schedule', '') FROM added
            """;

    // A tick that is still to be dealt with stays, unless the times have changed or nothing was wanted in between.
    private static final String PUT = """
            WITH stored AS (
            INSERT INTO schedule AS s
            """ + COLUMNS + """
            ON CONFLICT (name) DO UPDATE SET
              task = excluded.task, args = excluded.args, queue = excluded.queue, priority = excluded.priority, cron = excluded.cron,
              timezone = excluded.timezone, every = excluded.every, starts_at = excluded.starts_at, fires_at = excluded.fires_at,
              misfire = excluded.misfire, misfire_limit = excluded.misfire_limit, overlap = excluded.overlap, enabled = excluded.enabled,
              next_fire_at = CASE WHEN s.enabled AND excluded.enabled AND s.fault IS NULL
                  AND (s.cron, s.timezone, s.every, s.starts_at, s.fires_at)
                      IS NOT DISTINCT FROM (excluded.cron, excluded.timezone, excluded.every, excluded.starts_at, excluded.fires_at)
                THEN s.next_fire_at ELSE excluded.next_fire_at END,
              declared = excluded.declared OR s.declared,
              declaration = CASE WHEN excluded.declared THEN excluded.declaration ELSE s.declaration END,
              fault = NULL, updated_at = now()
            RETURNING s.created_at = s.updated_at AS made)
            SELECT made, pg_notify('millrace_schedule', '') FROM stored
            """;

    /** Makes a schedule. @return false if there is one of this name */
    public boolean create(Schedule schedule, Instant now) {
        return database.run(CREATE, parameters(schedule, now, null)).rowCount() == 1;
    }

    /** Makes a schedule, or another of the one that has its name. @return whether there was none */
    public boolean put(Schedule schedule, Instant now) {
        return put(database, schedule, now, null);
    }

    private static boolean put(Sql sql, Schedule schedule, Instant now, @Nullable String declaration) {
        return sql.first(PUT, parameters(schedule, now, declaration), row -> row.getBoolean("made"))
                .orElseThrow();
    }

    /** What configuration says: a schedule, and its words, by which a change of them is told. */
    public record Declaration(Schedule schedule, String words) {}

    private static final String UNDECLARE = """
            UPDATE schedule SET enabled = false, next_fire_at = NULL, declaration = NULL, updated_at = now()
            WHERE declared AND declaration IS NOT NULL AND NOT name = ANY ($1)
            RETURNING name
            """;

    /**
     * What a round of declarations changed.
     *
     * @param stored schedules that were new, or whose configuration has changed
     * @param disabled schedules that are no longer in it
     */
    public record Declared(List<String> stored, List<String> disabled) {}

    /**
     * Makes schedules what configuration says. What has been changed over HTTP stays until configuration says something
     * else than the last time. Those that are no longer in it are disabled.
     */
    public Declared declare(Collection<Declaration> declarations, Instant now) {
        return database.inTransaction(sql -> {
            var stored = new ArrayList<String>();
            declarations.stream()
                    // In order of names, so that schedulers that start together wait for each other and never deadlock.
                    .sorted((a, b) -> a.schedule().name().compareTo(b.schedule().name()))
                    .forEach(declaration -> {
                        if (declare(sql, declaration, now)) {
                            stored.add(declaration.schedule().name());
                        }
                    });
            var names = declarations.stream()
                    .map(declaration -> declaration.schedule().name())
                    .toArray(String[]::new);
            return new Declared(
                    stored, sql.list(UNDECLARE, Tuple.tuple().addArrayOfString(names), row -> row.getString("name")));
        });
    }

    private static final String WORDS = "SELECT declaration, every, starts_at FROM schedule WHERE name = $1 FOR UPDATE";

    private static boolean declare(Sql sql, Declaration declaration, Instant now) {
        Schedule schedule = declaration.schedule();
        var before =
                sql.list(WORDS, Tuple.of(schedule.name()), row -> row).stream().findFirst();
        if (before.isPresent() && declaration.words().equals(before.get().getString("declaration"))) {
            return false;
        }
        // An interval that stays, and is not told when to begin, goes on from where it began.
        Double every = before.map(row -> row.getDouble("every")).orElse(null);
        if (every != null
                && schedule.cadence() instanceof Cadence.Every(var interval, var start)
                && interval.equals(duration(every))
                && start.equals(now.truncatedTo(ChronoUnit.MILLIS))) {
            schedule = schedule.at(new Cadence.Every(interval, instant(before.get(), "starts_at")));
        }
        put(sql, schedule, now, declaration.words());
        return true;
    }

    private static final String ENABLE = """
            WITH changed AS (
              UPDATE schedule SET enabled = $2, next_fire_at = CASE WHEN $2 THEN coalesce(next_fire_at, $3) END, updated_at = now()
              WHERE name = $1
              RETURNING name
            )
            SELECT name, pg_notify('millrace_schedule', '') FROM changed
            """;

    /**
     * Pauses a schedule or lets it go on, from its next tick: what it would have fired for meanwhile is not missed.
     *
     * @return false if there is no such schedule
     */
    public boolean enable(Schedule schedule, boolean enabled, Instant now) {
        var next = schedule.cadence().next(now).map(ScheduleStore::utc).orElse(null);
        return database.run(
                                ENABLE,
                                Tuple.tuple()
                                        .addString(schedule.name())
                                        .addBoolean(enabled)
                                        .addOffsetDateTime(next))
                        .rowCount()
                == 1;
    }

    private static final String DELETE = "DELETE FROM schedule WHERE name = $1";

    private static final String FORGET_OF = """
            DELETE FROM firing WHERE ctid = ANY (ARRAY(SELECT ctid FROM firing WHERE schedule = $1 LIMIT $2))
            """;

    private static final int FORGET_STEP = 5_000;

    /** Deletes a schedule and the history of its ticks. Its jobs stay. @return false if there is none */
    public boolean delete(String name) {
        if (database.run(DELETE, Tuple.of(name)).rowCount() == 0) {
            return false;
        }
        while (database.run(FORGET_OF, Tuple.of(name, FORGET_STEP)).rowCount() == FORGET_STEP) {
            // In steps, so that no statement takes long.
        }
        return true;
    }

    private static final String FORGET = """
            DELETE FROM firing WHERE ctid = ANY (ARRAY(
              SELECT ctid FROM firing WHERE fire_time < now() - $1::float8 * interval '1 second' ORDER BY fire_time LIMIT $2
            ))
            """;

    /** Deletes ticks from the history that are older than this, a bounded number. @return how many */
    public int forget(Duration age, int limit) {
        return database.run(FORGET, Tuple.of(age.toMillis() / 1000.0, limit)).rowCount();
    }

    // -- what is shown

    private static final String GET = FIND + "WHERE name = $1";
    private static final String LIST = FIND + "WHERE name > $1 ORDER BY name LIMIT $2";

    public Optional<ScheduleStatus> get(String name) {
        return database.first(GET, Tuple.of(name), ScheduleStore::readStatus);
    }

    /**
     * Schedules by name.
     *
     * @param after the name behind which to begin, empty for the beginning
     */
    public List<ScheduleStatus> list(String after, int limit) {
        return database.list(LIST, Tuple.of(after, limit), ScheduleStore::readStatus);
    }

    /**
     * A tick of the past.
     *
     * @param jobState of its job, null where it has none or it is no longer kept
     */
    public record PastTick(
            Instant fireTime,
            Firing.Outcome outcome,
            @Nullable UUID jobId,
            @Nullable JobState jobState,
            Instant firedAt) {}

    private static final String FIRINGS = """
            SELECT t.*, %s AS job_state
            FROM (
              SELECT fire_time, outcome, job_id, fired_at FROM firing
              WHERE schedule = $1 AND fire_time < $2 ORDER BY fire_time DESC LIMIT $3
            ) t ORDER BY t.fire_time DESC
            """.formatted(stateOf("t.job_id"));

    /** What became of a schedule's ticks, the newest first. */
    public List<PastTick> firings(String schedule, Instant before, int limit) {
        return database.list(
                FIRINGS,
                Tuple.of(schedule, utc(before), limit),
                row -> new PastTick(
                        instant(row, "fire_time"),
                        Firing.Outcome.valueOf(row.getString("outcome")),
                        row.getUUID("job_id"),
                        stateOrNull(row.getString("job_state")),
                        instant(row, "fired_at")));
    }

    // -- rows

    private static Tuple parameters(Schedule schedule, Instant now, @Nullable String declaration) {
        Cadence cadence = schedule.cadence();
        var next =
                schedule.enabled() ? cadence.next(now).map(ScheduleStore::utc).orElse(null) : null;
        Integer priority = schedule.priority();
        var row = Tuple.tuple()
                .addString(schedule.name())
                .addString(schedule.task())
                .addString(schedule.args())
                .addString(schedule.queue())
                .addShort(priority == null ? null : priority.shortValue());
        switch (cadence) {
            case Cron cron ->
                row.addString(cron.expression())
                        .addString(cron.zone().getId())
                        .addDouble(null)
                        .addOffsetDateTime(null)
                        .addOffsetDateTime(null);
            case Cadence.Every(var interval, var start) ->
                row.addString(null)
                        .addString("UTC")
                        .addDouble(interval.toMillis() / 1000.0)
                        .addOffsetDateTime(utc(start))
                        .addOffsetDateTime(null);
            case Cadence.Once(var at) ->
                row.addString(null)
                        .addString("UTC")
                        .addDouble(null)
                        .addOffsetDateTime(null)
                        .addOffsetDateTime(utc(at));
        }
        return row.addString(schedule.misfire().name())
                .addInteger(schedule.misfireLimit())
                .addString(schedule.overlap().name())
                .addBoolean(schedule.enabled())
                .addOffsetDateTime(next)
                .addBoolean(declaration != null)
                .addString(declaration);
    }

    private static String stateOf(String job) {
        return "coalesce((SELECT j.state FROM job j WHERE j.id = %1$s), (SELECT f.state FROM finished_job f WHERE f.id = %1$s))"
                .formatted(job);
    }

    private static @Nullable JobState stateOrNull(@Nullable String state) {
        return state == null ? null : JobState.valueOf(state);
    }

    private static ScheduleStatus readStatus(Row row) {
        return new ScheduleStatus(
                readSchedule(row),
                row.getBoolean("declared"),
                Columns.instant(row, "next_fire_at"),
                Columns.instant(row, "last_fire_at"),
                row.getUUID("last_job_id"),
                stateOrNull(row.getString("last_job_state")),
                row.getBoolean("task_known"),
                row.getString("fault"),
                instant(row, "created_at"),
                instant(row, "updated_at"));
    }

    private static Schedule readSchedule(Row row) {
        Short priority = row.getShort("priority");
        return new Schedule(
                row.getString("name"),
                row.getString("task"),
                row.getString("args"),
                row.getString("queue"),
                priority == null ? null : priority.intValue(),
                readCadence(row),
                Misfire.valueOf(row.getString("misfire")),
                row.getInteger("misfire_limit"),
                Overlap.valueOf(row.getString("overlap")),
                row.getBoolean("enabled"));
    }

    private static Cadence readCadence(Row row) {
        String cron = row.getString("cron");
        if (cron != null) {
            return new Cron(cron, ZoneId.of(row.getString("timezone")));
        }
        Double every = row.getDouble("every");
        return every == null
                ? new Cadence.Once(instant(row, "fires_at"))
                : new Cadence.Every(duration(every), instant(row, "starts_at"));
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
