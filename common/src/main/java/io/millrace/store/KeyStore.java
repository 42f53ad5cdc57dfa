package io.millrace.store;

import static io.millrace.store.Columns.instant;
import static io.millrace.store.Columns.utc;

import io.millrace.event.Subject;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Unique;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that may turn out to be there already: submitted with an idempotency key, or unique. A whole request is one
 * transaction of a few statements. Rows of keys are inserted or, where they are there, locked by the same statement, in
 * order of their keys: whoever comes second waits for the first, finds what the first has made of the key, and two
 * requests never deadlock ({@code docs/decisions/0011-unique-jobs.md}).
 */
@Singleton
public class KeyStore {

    private final Database database;
    private final DueNotice dueNotice;

    public KeyStore(Database database) {
        this.database = database;
        this.dueNotice = new DueNotice(database);
    }

    /**
     * A job that is accepted only if its key is free.
     *
     * @param idempotency null if it has no such key
     * @param unique null if it need not be; never together with the other
     */
    public record Keyed(
            NewJob job,
            @Nullable Idempotency idempotency,
            @Nullable Unique unique) {
        public Keyed {
            if (idempotency != null && unique != null) {
                throw new IllegalArgumentException("a job is unique or has an idempotency key");
            }
        }

        private String project() {
            return job.projectId() == null ? "" : job.projectId();
        }
    }

    /**
     * A key under which the same submission may come again.
     *
     * @param fingerprint of all that was submitted
     */
    public record Idempotency(String key, String fingerprint) {}

    /** What became of a job. */
    public sealed interface Verdict {
        /** It was accepted. */
        record Accepted() implements Verdict {}

        /** It stands for this job, which was there before. */
        record Before(UUID jobId) implements Verdict {}

        /** Its idempotency key belongs to something else. */
        record KeyReused() implements Verdict {}

        /** It wants to be unique, and this job has the place. */
        record NotUnique(UUID jobId) implements Verdict {}

        /** Whether no job stands for it. */
        default boolean refused() {
            return switch (this) {
                case Accepted _, Before _ -> false;
                case KeyReused _, NotUnique _ -> true;
            };
        }
    }

    /**
     * What became of a request.
     *
     * @param verdicts in the order of its jobs
     * @param replaced jobs that waited and have been revoked for one of them
     */
    public record Judged(List<Verdict> verdicts, List<Replaced> replaced) {}

    /** A job that was revoked because another has taken its place. */
    public record Replaced(Subject job, UUID successor) {}

    /** Accepts what can be. */
    public Judged submit(List<Keyed> jobs, Instant now) {
        return committed(jobs, database.inTransaction(sql -> new Request(sql, jobs, now).submit()));
    }

    /** Accepts all in one transaction or, if any is refused, none; then the verdicts are what would have become of each. */
    public Judged submitAll(List<Keyed> jobs, Instant now) {
        try {
            return committed(jobs, database.inTransaction(sql -> {
                Judged judged = new Request(sql, jobs, now).submit();
                if (judged.verdicts().stream().anyMatch(Verdict::refused)) {
                    throw new NotAll(judged.verdicts());
                }
                return judged;
            }));
        } catch (NotAll refused) {
            return new Judged(refused.verdicts, List.of());
        }
    }

    private Judged committed(List<Keyed> jobs, Judged judged) {
        for (int i = 0; i < jobs.size(); i++) {
            if (judged.verdicts().get(i) instanceof Verdict.Accepted) {
                dueNotice.due(jobs.get(i).job().dueAt());
            }
        }
        return judged;
    }

    /** Rolls a transaction back. */
    private static final class NotAll extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<Verdict> verdicts;

        NotAll(List<Verdict> verdicts) {
            super("not all", null, false, false);
            this.verdicts = verdicts;
        }
    }

    // The update changes nothing: it locks the row and has it returned.
    private static final String RESERVE_KEYS = """
            INSERT INTO idempotency (project_id, key, fingerprint, job_id)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
            ON CONFLICT (project_id, key) DO UPDATE SET job_id = idempotency.job_id
            RETURNING project_id, key, fingerprint, job_id
            """;

    private static final String TAKE_PLACES = """
            INSERT INTO unique_key (fingerprint, job_id, until, while_unfinished, check_at)
            SELECT u.fingerprint, u.job_id, u.until, u.while_unfinished, coalesce(u.until, now() + interval '5 minutes')
            FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bool[]) AS u(fingerprint, job_id, until, while_unfinished)
            ON CONFLICT (fingerprint) DO UPDATE SET job_id = unique_key.job_id
            RETURNING fingerprint, job_id, until, while_unfinished
            """;

    private static final String STATES = "SELECT id, state FROM job WHERE id = ANY ($1)";

    private static final String TAKE_OVER = """
            UPDATE unique_key k
            SET job_id = u.job_id, until = u.until, while_unfinished = u.while_unfinished,
                check_at = coalesce(u.until, now() + interval '5 minutes')
            FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bool[]) AS u(fingerprint, job_id, until, while_unfinished)
            WHERE k.fingerprint = u.fingerprint
            """;

    // What was waiting a moment ago may have been claimed since: then it is treated as what runs, that is as revoked
    // without terminate.
    private static final String REPLACE = """
            UPDATE job j
            SET revoke_requested = true, due_at = NULL,
                state = CASE WHEN j.state = 'STARTED' THEN j.state ELSE 'REVOKED' END,
                finished_at = CASE WHEN j.state = 'STARTED' THEN j.finished_at ELSE now() END,
                error = CASE WHEN j.state = 'STARTED' THEN j.error ELSE
                  jsonb_build_object('code', 'replaced', 'exc_type', 'Revoked', 'exc_message', 'replaced by job ' || u.successor) END
            FROM unnest($1::uuid[], $2::uuid[]) AS u(id, successor)
            WHERE j.id = u.id AND j.state IN ('SCHEDULED', 'BLOCKED', 'PENDING', 'RETRY', 'STARTED')
            RETURNING j.id, j.task, j.queue, j.attempt, j.batch_id, j.project_id, j.state, u.successor
            """;

    /** One request, step by step. What has no verdict in the end is accepted. */
    private static final class Request {
        private final Sql sql;
        private final List<Keyed> jobs;
        private final Instant now;
        private final Map<Integer, Verdict> verdicts = new HashMap<>();
        private final List<Replaced> revoked = new ArrayList<>();

        Request(Sql sql, List<Keyed> jobs, Instant now) {
            this.sql = sql;
            this.jobs = jobs;
            this.now = now;
        }

        Judged submit() {
            reserveKeys();
            takePlaces();
            List<NewJob> accepted = new ArrayList<>();
            List<Verdict> all = new ArrayList<>();
            for (int i = 0; i < jobs.size(); i++) {
                Verdict verdict = verdicts.get(i);
                if (verdict == null) {
                    accepted.add(jobs.get(i).job());
                }
                all.add(verdict == null ? new Verdict.Accepted() : verdict);
            }
            if (!accepted.isEmpty()) {
                JobStore.submit(sql, accepted);
            }
            return new Judged(all, revoked);
        }

        private record Owner(String fingerprint, UUID jobId) {}

        private record ProjectKey(String project, String key) implements Comparable<ProjectKey> {
            private static final Comparator<ProjectKey> ORDER =
                    Comparator.comparing(ProjectKey::project).thenComparing(ProjectKey::key);

            @Override
            public int compareTo(ProjectKey other) {
                return ORDER.compare(this, other);
            }
        }

        private void reserveKeys() {
            // The first of the request with a key asks for it; all with that key are answered by what comes back.
            var firsts = new TreeMap<ProjectKey, Integer>();
            each((i, keyed) -> {
                if (keyed.idempotency() instanceof Idempotency(var key, var _)) {
                    firsts.putIfAbsent(new ProjectKey(keyed.project(), key), i);
                }
            });
            if (firsts.isEmpty()) {
                return;
            }
            var owners = owners(firsts);
            each((i, keyed) -> {
                if (keyed.idempotency() instanceof Idempotency(var key, var fingerprint)) {
                    Owner owner = owners.get(new ProjectKey(keyed.project(), key));
                    if (owner != null && !owner.jobId().equals(keyed.job().id())) {
                        boolean same = owner.fingerprint().equals(fingerprint);
                        verdicts.put(i, same ? new Verdict.Before(owner.jobId()) : new Verdict.KeyReused());
                    }
                }
            });
        }

        private Map<ProjectKey, Owner> owners(SortedMap<ProjectKey, Integer> firsts) {
            List<Keyed> asking = firsts.values().stream().map(jobs::get).toList();
            var owners = new HashMap<ProjectKey, Owner>();
            var rows = sql.run(
                    RESERVE_KEYS,
                    Tuple.tuple()
                            .addArrayOfString(strings(asking, Keyed::project))
                            .addArrayOfString(
                                    strings(asking, keyed -> idempotency(keyed).key()))
                            .addArrayOfString(
                                    strings(asking, keyed -> idempotency(keyed).fingerprint()))
                            .addArrayOfUUID(uuids(asking, keyed -> keyed.job().id())));
            for (Row row : rows) {
                owners.put(
                        new ProjectKey(row.getString("project_id"), row.getString("key")),
                        new Owner(row.getString("fingerprint"), row.getUUID("job_id")));
            }
            return owners;
        }

        /** Those of a request that want the same place: one of them asks for it, the others are answered by it. */
        private static final class Rivals {
            int asking;
            final List<Integer> others = new ArrayList<>();

            Rivals(int first) {
                asking = first;
            }

            void join(int index, Unique.OnConflict onConflict) {
                if (onConflict == Unique.OnConflict.REPLACE) {
                    // As if the earlier one had been replaced before anybody saw it.
                    others.add(asking);
                    asking = index;
                } else {
                    others.add(index);
                }
            }
        }

        private void takePlaces() {
            var places = new TreeMap<String, Rivals>();
            each((i, keyed) -> {
                Unique unique = keyed.unique();
                if (unique != null) {
                    Rivals rivals = places.get(unique.fingerprint());
                    if (rivals == null) {
                        places.put(unique.fingerprint(), new Rivals(i));
                    } else {
                        rivals.join(i, unique.onConflict());
                    }
                }
            });
            if (places.isEmpty()) {
                return;
            }
            judge(places, ask(places));
            places.values().forEach(this::answerOthers);
        }

        /** A row that was there. */
        private record Taken(
                String fingerprint, UUID jobId, @Nullable Instant until, boolean whileUnfinished) {}

        /** Takes what is free. @return what is not */
        private List<Taken> ask(SortedMap<String, Rivals> places) {
            List<Keyed> asking = places.values().stream()
                    .map(rivals -> jobs.get(rivals.asking))
                    .toList();
            List<Taken> rows = sql.list(
                    TAKE_PLACES,
                    placed(asking),
                    row -> new Taken(
                            row.getString("fingerprint"),
                            row.getUUID("job_id"),
                            instant(row.getOffsetDateTime("until")),
                            row.getBoolean("while_unfinished")));
            return rows.stream()
                    .filter(row -> !row.jobId()
                            .equals(jobs.get(asking(places, row)).job().id()))
                    .toList();
        }

        private static int asking(SortedMap<String, Rivals> places, Taken row) {
            Rivals rivals = places.get(row.fingerprint());
            if (rivals == null) {
                throw new IllegalStateException("a place came back that nobody has asked for");
            }
            return rivals.asking;
        }

        /** Takes over what is held no more, revokes what is replaced. */
        private void judge(SortedMap<String, Rivals> places, List<Taken> taken) {
            if (taken.isEmpty()) {
                return;
            }
            var states = new HashMap<UUID, JobState>();
            sql.run(STATES, Tuple.tuple().addArrayOfUUID(uuids(taken, Taken::jobId)))
                    .forEach(row -> states.put(row.getUUID("id"), JobState.valueOf(row.getString("state"))));
            var over = new ArrayList<Keyed>();
            var replaced = new TreeMap<UUID, UUID>();
            for (Taken row : taken) {
                int index = asking(places, row);
                Keyed keyed = jobs.get(index);
                var holder = new Unique.Holder(states.get(row.jobId()), row.until(), row.whileUnfinished());
                switch (unique(keyed).against(holder, now)) {
                    case TAKE_OVER -> over.add(keyed);
                    case REPLACE -> {
                        over.add(keyed);
                        replaced.put(row.jobId(), keyed.job().id());
                    }
                    case RETURN -> verdicts.put(index, new Verdict.Before(row.jobId()));
                    case REJECT -> verdicts.put(index, new Verdict.NotUnique(row.jobId()));
                }
            }
            if (!over.isEmpty()) {
                sql.run(TAKE_OVER, placed(over));
            }
            if (!replaced.isEmpty()) {
                sql.run(
                                REPLACE,
                                Tuple.tuple()
                                        .addArrayOfUUID(replaced.keySet().toArray(UUID[]::new))
                                        .addArrayOfUUID(replaced.values().toArray(UUID[]::new)))
                        .forEach(this::noteRevoked);
            }
        }

        /** One that runs is not revoked yet, and may never be. */
        private void noteRevoked(Row row) {
            if (row.getString("state").equals(JobState.REVOKED.name())) {
                revoked.add(new Replaced(DueStore.readSubject(row), row.getUUID("successor")));
            }
        }

        /** What the others of a place find there is whoever has it now. */
        private void answerOthers(Rivals rivals) {
            UUID own = jobs.get(rivals.asking).job().id();
            UUID holder = switch (verdicts.get(rivals.asking)) {
                case null -> own;
                case Verdict.Before(var id) -> id;
                case Verdict.NotUnique(var id) -> id;
                case Verdict.Accepted _, Verdict.KeyReused _ -> own;
            };
            for (int other : rivals.others) {
                boolean returned =
                        other > rivals.asking && unique(jobs.get(other)).onConflict() == Unique.OnConflict.RETURN;
                verdicts.put(other, returned ? new Verdict.Before(holder) : new Verdict.NotUnique(holder));
            }
        }

        private interface Each {
            void at(int index, Keyed keyed);
        }

        private void each(Each action) {
            for (int i = 0; i < jobs.size(); i++) {
                action.at(i, jobs.get(i));
            }
        }

        private static Idempotency idempotency(Keyed keyed) {
            if (keyed.idempotency() == null) {
                throw new IllegalStateException("only what has an idempotency key asks for one");
            }
            return keyed.idempotency();
        }

        private static Unique unique(Keyed keyed) {
            if (keyed.unique() == null) {
                throw new IllegalStateException("only what shall be unique asks for a place");
            }
            return keyed.unique();
        }

        /** The parameters of {@link #TAKE_PLACES} and {@link #TAKE_OVER}. */
        private static Tuple placed(List<Keyed> keyed) {
            return Tuple.tuple()
                    .addArrayOfString(strings(keyed, each -> unique(each).fingerprint()))
                    .addArrayOfUUID(uuids(keyed, each -> each.job().id()))
                    .addArrayOfOffsetDateTime(keyed.stream()
                            .map(each -> utc(unique(each).until()))
                            .toArray(OffsetDateTime[]::new))
                    .addArrayOfBoolean(keyed.stream()
                            .map(each -> unique(each).whileUnfinished())
                            .toArray(Boolean[]::new));
        }
    }

    private static final String FORGET = """
            DELETE FROM idempotency
            WHERE ctid = ANY (ARRAY(
              SELECT ctid FROM idempotency WHERE created_at < now() - $1::float8 * interval '1 second'
              ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
            ))
            """;

    /** Forgets idempotency keys of this age, the oldest first, a bounded number. @return how many */
    public int forget(Duration age, int limit) {
        return database.run(FORGET, Tuple.of(age.toMillis() / 1000.0, limit)).rowCount();
    }

    // The state is a scalar sub-select, since with EXISTS the planner may choose to read all jobs.
    private static final String FREE = """
            WITH due AS (
              SELECT fingerprint, job_id, until, while_unfinished FROM unique_key
              WHERE check_at <= now() ORDER BY check_at LIMIT $1 FOR UPDATE SKIP LOCKED
            ), judged AS (
              SELECT fingerprint, until,
                (until IS NULL OR until <= now())
                  AND (NOT while_unfinished
                       OR coalesce((SELECT j.state FROM job j WHERE j.id = due.job_id), 'GONE') IN ('SUCCESS', 'FAILURE', 'REVOKED', 'GONE'))
                AS free
              FROM due
            ), freed AS (
              DELETE FROM unique_key WHERE fingerprint = ANY (ARRAY(SELECT fingerprint FROM judged WHERE free))
              RETURNING fingerprint
            ), kept AS (
              UPDATE unique_key SET check_at = greatest(until, now() + interval '5 minutes')
              WHERE fingerprint = ANY (ARRAY(SELECT fingerprint FROM judged WHERE NOT free))
              RETURNING fingerprint
            )
            SELECT (SELECT count(*) FROM freed) AS freed, (SELECT count(*) FROM kept) AS kept
            """;

    /**
     * What a step found.
     *
     * @param freed rows that nobody held any more, which are gone
     * @param kept rows that are looked at again later
     */
    public record Freed(long freed, long kept) {}

    /** Looks at rows of unique jobs that have not been looked at for a while, a bounded number. */
    public Freed free(int limit) {
        return database.first(FREE, Tuple.of(limit), row -> new Freed(row.getLong("freed"), row.getLong("kept")))
                .orElseThrow();
    }

    private static <T> String[] strings(List<T> rows, Function<T, String> read) {
        return rows.stream().map(read).toArray(String[]::new);
    }

    private static <T> UUID[] uuids(List<T> rows, Function<T, UUID> read) {
        return rows.stream().map(read).toArray(UUID[]::new);
    }
}
