package io.millrace.store;

import static io.millrace.store.Columns.instant;

import io.millrace.job.JobState;
import io.millrace.waiting.Waiting;
import io.millrace.waiting.Waiting.Parent;
import io.millrace.waiting.Waiting.Queue;
import io.millrace.waiting.Waiting.Standing;
import io.millrace.waiting.Waiting.Workers;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What keeps a job from running, looked up by keys and counters. */
@Singleton
public class WaitStore {

    private static final int PARENTS = 20;

    private final Database database;
    private final LimitStore limits;

    public WaitStore(Database database, LimitStore limits) {
        this.database = database;
        this.limits = limits;
    }

    /** A job as it waits, by PostgreSQL's clock. */
    public record Found(Waiting waiting, Instant now) {}

    // A worker that has not been heard of for a minute is not alive, whether or not a scheduler is there to say so.
    private static final String FIND = """
            SELECT j.task, j.priority, j.state, j.due_at, j.hinted_at, j.started_at, j.finished_at, j.expires_at, j.worker_id,
                   j.revoke_requested, j.error ->> 'exc_type' AS error, j.queue, j.batch_id, now() AS now,
                   coalesce((SELECT q.paused FROM queue q WHERE q.name = j.queue), false) AS paused,
                   (SELECT l.received_through FROM lane l WHERE l.queue = j.queue AND l.lane = lane_of(j.priority)) AS received_through,
                   (SELECT p.gate FROM parked p WHERE p.job_id = j.id AND p.claim_seq = j.claim_seq) AS gate,
                   (SELECT b.open_parents FROM batch_job b WHERE b.job_id = j.id) AS open_parents,
                   CASE WHEN j.state = 'PENDING' THEN (
                     SELECT coalesce(sum(n), 0)::bigint
                     FROM (SELECT count AS n FROM job_count c WHERE c.queue = j.queue AND c.state = 'PENDING'
                           UNION ALL SELECT delta FROM job_count_delta d WHERE d.queue = j.queue AND d.state = 'PENDING') counted
                   ) ELSE 0 END AS waiting,
                   CASE WHEN j.state = 'PENDING' THEN (
                     SELECT count(*)::int
                     FROM (SELECT FROM job a
                           WHERE a.queue = j.queue AND a.state = 'PENDING' AND (a.priority > j.priority OR a.priority = j.priority AND a.id < j.id)
                           LIMIT $2) before_it
                   ) ELSE 0 END AS ahead,
                   w.receiving, w.knowing, w.slots, w.used
            FROM job j, LATERAL (
              SELECT count(*)::int AS receiving,
                     count(*) FILTER (WHERE j.task = ANY (tasks))::int AS knowing,
                     coalesce(sum(concurrency) FILTER (WHERE j.task = ANY (tasks)), 0)::int AS slots,
                     coalesce(sum(running) FILTER (WHERE j.task = ANY (tasks)), 0)::int AS used
              FROM worker
              WHERE state = 'ACTIVE' AND j.queue = ANY (queues) AND last_heartbeat > now() - interval '1 minute'
            ) w
            WHERE j.id = $1
            """;

    // By the jobs of its batch, since dependencies are found by their parent only.
    private static final String OPEN_PARENTS = """
            SELECT p.id, m.key, p.state
            FROM batch_job m,
                 LATERAL (SELECT parent_id FROM dependency WHERE parent_id = m.job_id AND child_id = $1 OFFSET 0) d,
                 LATERAL (SELECT id, state FROM job WHERE id = d.parent_id OFFSET 0) p
            WHERE m.batch_id = $2 AND p.state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED')
            LIMIT $3
            """;

    /** What there is to know of this job; empty if it is not among those that wait, run or have just finished. */
    public Optional<Found> find(UUID id) {
        return database.first(FIND, Tuple.of(id, Waiting.MOST_AHEAD), row -> row)
                .map(row -> {
                    Instant now = row.getOffsetDateTime("now").toInstant();
                    String gate = row.getString("gate");
                    boolean blocked = row.getString("state").equals(JobState.BLOCKED.name());
                    List<Standing> standing = gate == null ? null : limits.standing(LimitStore.gate(gate), now);
                    List<Parent> parents = blocked
                            ? database.list(
                                    OPEN_PARENTS,
                                    Tuple.of(id, row.getUUID("batch_id"), PARENTS),
                                    each -> new Parent(
                                            each.getUUID("id"),
                                            each.getString("key"),
                                            JobState.valueOf(each.getString("state"))))
                            : List.of();
                    return new Found(read(row, standing, parents), now);
                });
    }

    private static Waiting read(Row row, @Nullable List<Standing> limits, List<Parent> parents) {
        Integer openParents = row.getInteger("open_parents");
        return new Waiting(
                row.getString("task"),
                row.getShort("priority"),
                JobState.valueOf(row.getString("state")),
                instant(row, "due_at"),
                instant(row, "hinted_at"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                instant(row, "expires_at"),
                row.getString("worker_id"),
                row.getBoolean("revoke_requested"),
                row.getString("error"),
                new Queue(
                        row.getString("queue"),
                        row.getBoolean("paused"),
                        row.getLong("waiting"),
                        row.getInteger("ahead"),
                        instant(row, "received_through")),
                new Workers(
                        row.getInteger("receiving"),
                        row.getInteger("knowing"),
                        row.getInteger("slots"),
                        row.getInteger("used")),
                limits,
                parents,
                openParents == null ? 0 : openParents);
    }
}
