package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.batch.Batch;
import io.millrace.batch.BatchCounts;
import io.millrace.batch.BatchStatus;
import io.millrace.batch.NewBatch;
import io.millrace.job.Claim;
import io.millrace.job.Job;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A batch in a real database, with a worker's hands: jobs by key are claimed and ended. */
final class BatchRun {

    static final JobError ERROR = new JobError("task_failed", "IOException", "no", null);

    private final Database database;
    private final JobStore jobs;
    private final JobQueries queries;
    private final BatchStore batches;
    private final NewBatch batch;
    private final Map<String, UUID> ids;

    BatchRun(Database database, NewBatch batch) {
        this.database = database;
        this.jobs = new JobStore(database);
        this.queries = new JobQueries(database);
        this.batches = new BatchStore(database);
        this.batch = batch;
        this.ids = IntStream.range(0, batch.jobs().size())
                .boxed()
                .collect(Collectors.toMap(
                        batch.graph()::key, i -> batch.jobs().get(i).job().id()));
        batches.submit(batch);
    }

    UUID id() {
        return batch.id();
    }

    UUID id(String key) {
        return Objects.requireNonNull(ids.get(key), key);
    }

    String key(UUID id) {
        return ids.entrySet().stream()
                .filter(each -> each.getValue().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    Job job(String key) {
        return queries.get(id(key)).orElseThrow();
    }

    JobState state(String key) {
        return job(key).state();
    }

    Batch now() {
        return batches.get(batch.id()).orElseThrow();
    }

    Claim claim(String key) {
        UUID id = id(key);
        int seq = database.first("SELECT claim_seq FROM job WHERE id = $1", Tuple.of(id), row -> row.getInteger(0))
                .orElseThrow();
        return jobs.claim(List.of(new Hint(id, seq, "default", 5, null)), "w1").getFirst();
    }

    void succeed(String key) {
        end(claim(key), new Transition.Succeed("\"" + key + "\""));
    }

    void fail(String key) {
        end(claim(key), new Transition.Fail(ERROR, false));
    }

    boolean end(Claim claim, Transition transition) {
        return !jobs.record(List.of(new Settled(claim, transition))).isEmpty();
    }

    /** Runs what may run, up to so many jobs a step, until nothing may. @return how many runs that took */
    int drive(int atOnce, Function<Claim, Transition> ending) {
        return drive(atOnce, 0, 1, ending);
    }

    /** The same for one of several workers: as Kafka does, no two of them are given the same jobs. */
    int drive(int atOnce, int worker, int workers, Function<Claim, Transition> ending) {
        int runs = 0;
        while (true) {
            List<Hint> pending = database.list("""
                    SELECT id, claim_seq, queue, priority, trace_id FROM job
                    WHERE batch_id = $1 AND state = 'PENDING' AND abs(hashtext(id::text) % $3) = $4
                    ORDER BY id LIMIT $2
                    """, Tuple.of(batch.id(), atOnce, workers, worker), DueStore::readHint);
            if (pending.isEmpty()) {
                return runs;
            }
            List<Claim> claims = jobs.claim(pending, "w1");
            jobs.record(claims.stream()
                    .map(claim -> new Settled(claim, ending.apply(claim)))
                    .toList());
            runs += claims.size();
        }
    }

    int drive() {
        return drive(100, claim -> new Transition.Succeed("1"));
    }

    private static final String DISAGREEING = """
            SELECT count(*) FROM batch_job m JOIN job j ON j.id = m.job_id
            WHERE m.batch_id = $1
              AND m.open_parents <> CASE WHEN j.state <> 'BLOCKED' THEN 0 ELSE (
                SELECT count(*) FROM dependency d JOIN job p ON p.id = d.parent_id
                WHERE d.child_id = j.id AND p.state NOT IN ('SUCCESS', 'FAILURE', 'REVOKED')) END
            """;

    /** The counters and what waits agree with the jobs, and nothing waits for nothing. */
    void assertExact() {
        Batch now = now();
        assertThat(now.counts()).isEqualTo(recount());
        assertThat(now.status()).isEqualTo(BatchStatus.of(recount(), now.startedAt() != null));
        assertThat(now.finishedAt() != null).isEqualTo(now.status().finished());
        assertThat(number(DISAGREEING))
                .as("jobs whose open parents are counted wrong")
                .isZero();
        assertThat(number("""
                        SELECT count(*) FROM batch_job m JOIN job j ON j.id = m.job_id
                        WHERE m.batch_id = $1 AND j.state = 'BLOCKED' AND m.open_parents = 0
                        """)).as("jobs that wait for nothing").isZero();
    }

    private long number(String sql) {
        return database.first(sql, Tuple.of(batch.id()), row -> row.getLong(0)).orElseThrow();
    }

    private BatchCounts recount() {
        return database.first(
                        """
                        SELECT count(*)::int AS total, (count(*) FILTER (WHERE state = 'SUCCESS'))::int AS completed,
                          (count(*) FILTER (WHERE state = 'FAILURE'))::int AS failed,
                          (count(*) FILTER (WHERE state = 'REVOKED'))::int AS cancelled
                        FROM job WHERE batch_id = $1
                        """,
                        Tuple.of(batch.id()),
                        row -> new BatchCounts(
                                row.getInteger("total"),
                                row.getInteger("completed"),
                                row.getInteger("failed"),
                                row.getInteger("cancelled")))
                .orElseThrow();
    }
}
