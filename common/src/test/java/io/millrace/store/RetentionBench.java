package io.millrace.store;

import static io.millrace.testing.JobFixture.aJob;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.job.JobFilter;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import io.millrace.queue.Hint;
import io.millrace.testing.RealDatabase;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Not a test: {@code bench/retention.sh} runs it and shows what it prints. A million finished jobs leave the hot table
 * and are forgotten, while others are submitted, claimed and recorded; then jobs flow through for a while, and the hot
 * table is measured.
 */
@Tag("real")
@EnabledIfSystemProperty(named = "millrace.bench", matches = "retention")
class RetentionBench {

    private static final int JOBS = Integer.getInteger("millrace.bench.jobs", 1_000_000);
    private static final int FLOW = Integer.getInteger("millrace.bench.flow", 300_000);
    private static final int FLOW_RATE = Integer.getInteger("millrace.bench.rate", 2_000);
    private static final UUID BEGINNING = new UUID(0, 0);
    private static final int JOBS_A_STEP = 2_000;
    private static final FinishedStore.Kept KEPT =
            new FinishedStore.Kept(Duration.ofDays(7), Duration.ofDays(30), Duration.ofDays(7));

    private final Database database = RealDatabase.empty();
    private final FinishedStore finished = new FinishedStore(database);

    @SuppressWarnings("AnnotateFormatMethod")
    private static void say(String text, Object... values) {
        System.out.println("BENCH " + String.format(Locale.ROOT, text, values));
    }

    private double millis(Runnable work) {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e6;
    }

    private long number(String sql) {
        return database.first(sql, Tuple.tuple(), row -> row.getLong(0)).orElseThrow();
    }

    private void run(String sql, Object... parameters) {
        database.run(sql, Tuple.wrap(parameters));
    }

    private void sizes(String when) {
        say(
                "%-46s hot %4d MB + %4d MB indexes, %8d dead rows; finished %4d MB in %d partitions",
                when,
                number("SELECT pg_table_size('job')") >> 20,
                number("SELECT pg_indexes_size('job')") >> 20,
                number("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'job'::regclass"),
                finished.sizes().finishedBytes() >> 20,
                finished.sizes().partitions());
    }

    /** Submits, claims and records by tens, on a connection of its own, until it is closed; and reads finished jobs. */
    private final class Load implements AutoCloseable {
        private final JobStore jobs = new JobStore(database);
        private final JobQueries queries = new JobQueries(database);
        private final List<Double> rounds = Collections.synchronizedList(new ArrayList<>());
        private final List<Double> reads = Collections.synchronizedList(new ArrayList<>());
        private final AtomicLong lockWaits = new AtomicLong();
        private final AtomicLong looks = new AtomicLong();
        private final List<Thread> threads = new ArrayList<>();
        private final AtomicLong done = new AtomicLong();
        private volatile boolean open = true;

        /** @param rate jobs a second, 0 for as many as can be */
        Load(int writers, int atOnce, int rate) {
            double turn = rate == 0 ? 0 : 1000.0 * writers * atOnce / rate;
            for (int i = 0; i < writers; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (open) {
                        double took = millis(() -> round(atOnce));
                        rounds.add(took);
                        pause((long) Math.max(0, turn - took));
                    }
                }));
            }
            threads.add(Thread.ofVirtual().start(() -> {
                while (open) {
                    reads.add(millis(() -> queries.list(JobFilter.ALL, null, true, 50)));
                    pause(20);
                }
            }));
            threads.add(Thread.ofVirtual().start(() -> {
                while (open) {
                    lockWaits.addAndGet(
                            number(
                                    "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE NOT l.granted"));
                    looks.incrementAndGet();
                    pause(10);
                }
            }));
        }

        private void round(int atOnce) {
            List<NewJob> submitted = IntStream.range(0, atOnce)
                    .mapToObj(i -> aJob().withArgs("{\"n\": " + i + "}").submitted())
                    .toList();
            jobs.submit(submitted);
            var claims = jobs.claim(
                    submitted.stream()
                            .map(job -> new Hint(job.id(), 0, "default", 5, null))
                            .toList(),
                    "w1");
            jobs.record(claims.stream()
                    .map(claim -> new Settled(claim, new Transition.Succeed("{\"ok\": true}")))
                    .toList());
            done.addAndGet(claims.size());
        }

        @Override
        public void close() {
            open = false;
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        void report(String what, double seconds) {
            say(
                    "%-46s %6.0f jobs/s; submit+claim+record of a round: %s; listing: %s; waits for table locks seen in %d of %d looks",
                    "  load " + what,
                    done.get() / seconds,
                    quantiles(rounds),
                    quantiles(reads),
                    lockWaits.get(),
                    looks.get());
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String quantiles(List<Double> millis) {
        List<Double> sorted;
        synchronized (millis) {
            sorted = millis.stream().sorted().toList();
        }
        return sorted.isEmpty()
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "p50 %.1f p99 %.1f max %.1f ms",
                        sorted.get(sorted.size() / 2),
                        sorted.get((int) (sorted.size() * 0.99)),
                        sorted.getLast());
    }

    private static final String FILL = """
            INSERT INTO job (id, task, queue, priority, state, claim_seq, attempt, failures, hinted_at, worker_id, created_at, started_at,
                             finished_at, max_retries, retry_delay, result_ttl, args, result, error)
            SELECT new_job_id(), 'task.' || n % 10, 'default', 5, CASE WHEN n % 20 = 0 THEN 'FAILURE' ELSE 'SUCCESS' END, 1, 1, 0, now(),
                   'w1', now() - interval '1 hour', now() - interval '1 hour', now() - interval '1 hour', 3, 1, 86400,
                   jsonb_build_object('pipeline_id', n, 'name', 'a pipeline with a name of some length'),
                   CASE WHEN n % 20 <> 0 THEN jsonb_build_object('rows', n, 'status', 'completed') END,
                   CASE WHEN n % 20 = 0 THEN '{"code": "task_failed", "exc_type": "IOException", "exc_message": "no"}'::jsonb END
            FROM generate_series($1::int, $2::int) n
            """;

    private static final String FILL_ATTEMPTS = """
            INSERT INTO attempt (job_id, claim_seq, attempt, worker_id, outcome, error_code)
            SELECT id, 1, 1, 'w1', 'failure', 'task_failed' FROM job WHERE state = 'FAILURE'
            """;

    @Test
    void aMillionFinishedJobsLeaveAndAreForgotten() {
        for (int from = 0; from < JOBS; from += 50_000) {
            run(FILL, from, Math.min(JOBS, from + 50_000) - 1);
        }
        run(FILL_ATTEMPTS);
        run("ANALYZE job");
        sizes(JOBS + " finished jobs in the hot table");
        loaded("before", () -> pause(10_000));
        loaded("while they leave", () -> {
            UUID position = BEGINNING;
            int moved = 0;
            var steps = new ArrayList<Double>();
            while (moved < JOBS) {
                long began = System.nanoTime();
                var step = finished.move(position, 10_000, Duration.ofMinutes(1), KEPT, JOBS_A_STEP);
                double took = (System.nanoTime() - began) / 1e6;
                steps.add(took);
                moved += step.moved();
                position = step.last().orElse(BEGINNING);
                // As the scheduler's duty does.
                pause((long) took);
            }
            say("  moved %d in %d steps; a step: %s", moved, steps.size(), quantiles(steps));
        });
        sizes("after they have left");
        pause(15_000);
        sizes("after autovacuum has had its turn");
        // What the load has left in the hot table goes first: a listing walks through that too.
        @Nullable UUID rest = BEGINNING;
        while (rest != null) {
            rest = finished.move(rest, 10_000, Duration.ZERO, KEPT, JOBS_A_STEP)
                    .last()
                    .orElse(null);
        }
        list("newest", JobFilter.ALL);
        list("state=FAILURE", filter(List.of(JobState.FAILURE), null, null));
        list("task=task.3", filter(List.of(), "task.3", null));
        list("a task that there is not", filter(List.of(), "task.none", null));
        list("q, found at once", filter(List.of(), null, "pipeline"));
        list("q, found nowhere, reads all", filter(List.of(), null, "nowhere"));
        UUID old = database.first("SELECT id FROM finished_job LIMIT 1", Tuple.tuple(), row -> row.getUUID(0))
                .orElseThrow();
        var queries = new JobQueries(database);
        for (int i = 0; i < 3; i++) {
            say("  a look at one job %.1f ms", millis(() -> queries.get(old)));
        }
        loaded("while they are forgotten", () -> {
            pause(2_000);
            var drops = new ArrayList<Double>();
            long jobs = 0;
            int busy = 0;
            while (number("SELECT count(*) FROM finished_partition") > 0) {
                var answer = new FinishedStore.Forgotten[1];
                double took = millis(() -> answer[0] = database.first(
                                "SELECT dropped, jobs, busy FROM forget_partition(now() + interval '60 days')",
                                Tuple.tuple(),
                                row -> new FinishedStore.Forgotten(
                                        Optional.ofNullable(row.getString("dropped")),
                                        row.getLong("jobs"),
                                        row.getBoolean("busy")))
                        .orElseThrow());
                jobs += answer[0].jobs();
                busy += answer[0].busy() ? 1 : 0;
                answer[0].partition().ifPresent(name -> say("  dropped %s in %.1f ms", name, took));
                drops.add(took);
            }
            say("  forgot %d jobs in %d drops (%d times busy): %s", jobs, drops.size(), busy, quantiles(drops));
            assertThat(jobs).isGreaterThanOrEqualTo(JOBS);
            pause(2_000);
        });
        sizes("after they are forgotten");
    }

    @Test
    void theHotTableStaysSmallWhileJobsFlowThrough() {
        sizes("before anything has flowed");
        var load = new Load(4, 50, FLOW_RATE);
        long began = System.nanoTime();
        long moved = 0;
        long next = 50_000;
        UUID position = BEGINNING;
        while (load.done.get() < FLOW) {
            long stepped = System.nanoTime();
            var step = finished.move(position, 10_000, Duration.ofSeconds(2), KEPT, JOBS_A_STEP);
            moved += step.moved();
            position = step.last().orElse(BEGINNING);
            pause(step.last().isPresent() ? (System.nanoTime() - stepped) / 1_000_000 : 500);
            if (load.done.get() >= next) {
                sizes("  " + load.done.get() + " through, " + moved + " moved");
                next += 50_000;
            }
        }
        load.close();
        load.report("flowing, with a mover", (System.nanoTime() - began) / 1e9);
        say(
                "  updates of the hot table that were HOT: %d %%; autovacuums: %d",
                number("SELECT 100 * n_tup_hot_upd / n_tup_upd FROM pg_stat_user_tables WHERE relid = 'job'::regclass"),
                number("SELECT autovacuum_count FROM pg_stat_user_tables WHERE relid = 'job'::regclass"));
    }

    private static JobFilter filter(List<JobState> states, @Nullable String task, @Nullable String text) {
        return new JobFilter(
                states,
                task == null ? List.of() : List.of(task),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                text,
                null,
                null);
    }

    private void list(String what, JobFilter filter) {
        var queries = new JobQueries(database);
        double first = millis(() -> queries.list(filter, null, true, 50));
        double second = millis(() -> queries.list(filter, null, true, 50));
        say("  listing %-38s %.1f ms, again %.1f ms", what, first, second);
    }

    private void loaded(String what, Runnable work) {
        double took;
        var load = new Load(2, 10, 0);
        try (load) {
            took = millis(work);
        }
        load.report(what, took / 1000);
        say("%-46s %.1f s", what + " took", took / 1000);
    }
}
