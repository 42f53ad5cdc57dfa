package io.millrace.bench.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers the driver's commands, one a line; the protocol is at the head of {@code bench/driver/bench.py}. Finds the
 * system under test by the environment: {@code MILLRACE_URL}, {@code PGHOST}, {@code PGPORT}, {@code PGDATABASE},
 * {@code PGUSER}; and {@code WORK}, the driver's directory.
 */
final class BenchClient {

    private static final Duration TASK_REGISTRATION = Duration.ofSeconds(60);
    private static final Duration STRAGGLERS = Duration.ofSeconds(30);
    private static final int POLL_MILLIS = 5;

    private final Api api;
    private final Database database;
    private final Path work;
    private final Map<String, Phase> phases = new ConcurrentHashMap<>();

    // Finished jobs are counted from an id on, so that a count does not read what earlier runs have left.
    private long finishedBefore;
    private UUID countedFrom = Database.idFloor(Instant.now());
    private final AtomicLong submittedSince = new AtomicLong();

    private BenchClient(Api api, Database database, Path work) {
        this.api = api;
        this.database = database;
        this.work = work;
    }

    public static void main(String[] args) throws Exception {
        String url = "jdbc:postgresql://" + env("PGHOST") + ":" + env("PGPORT") + "/" + env("PGDATABASE");
        try (Database database = new Database(url, env("PGUSER"))) {
            new BenchClient(new Api(URI.create(env("MILLRACE_URL"))), database, Path.of(env("WORK"))).serve();
        }
    }

    private void serve() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            answers.println(answerOrError(List.of(line.strip().split(" "))));
        }
    }

    private String answerOrError(List<String> command) {
        try {
            return answer(command);
        } catch (Exception e) {
            // The driver decides what an error means for its run; the log has the whole story.
            e.printStackTrace();
            return "err " + e.toString().replace('\n', ' ');
        }
    }

    private String answer(List<String> command) throws Exception {
        return switch (command.getFirst()) {
            case "enqueue" ->
                enqueue(
                        command.get(1),
                        Integer.parseInt(command.get(2)),
                        Integer.parseInt(command.get(3)),
                        Integer.parseInt(command.get(4)),
                        Integer.parseInt(command.get(5)),
                        command.get(6).equals("1"));
            case "latency" ->
                latency(command.get(1), Integer.parseInt(command.get(2)), Integer.parseInt(command.get(3)));
            case "done" -> "ok " + done();
            case "verify" -> verify(command.get(1));
            case "counters" -> counters();
            default -> "none";
        };
    }

    private String enqueue(String name, int first, int count, int callers, int bulk, boolean fail) throws Exception {
        prepare();
        Phase phase = phases.computeIfAbsent(name, any -> new Phase());
        long begin = System.nanoTime();
        if (bulk > 0) {
            enqueueInBulk(name, phase, first, count, bulk, fail);
        } else {
            enqueueSingly(name, phase, first, count, callers, fail);
        }
        return "ok " + begin + " " + System.nanoTime();
    }

    private void enqueueInBulk(String name, Phase phase, int first, int count, int bulk, boolean fail)
            throws IOException {
        for (int done = 0; done < count; done += bulk) {
            int size = Math.min(bulk, count - done);
            List<NoopJob> jobs = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                jobs.add(new NoopJob(name, first + done + i, fail));
            }
            List<String> ids = api.submit(jobs);
            submittedSince.addAndGet(size);
            for (int i = 0; i < size; i++) {
                phase.add(first + done + i, ids.get(i), count);
            }
        }
    }

    private void enqueueSingly(String name, Phase phase, int first, int count, int callers, boolean fail)
            throws InterruptedException, ExecutionException {
        AtomicInteger next = new AtomicInteger(first);
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                all.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < first + count; i = next.getAndIncrement()) {
                        phase.add(i, api.submit(new NoopJob(name, i, fail)), count);
                        submittedSince.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    /** Submits on a fixed schedule, each call on a thread of its own; this thread polls the outstanding ids. */
    private String latency(String name, int count, int interval) throws Exception {
        prepare();
        long[] submitted = new long[count];
        long[] visible = new long[count];
        Map<String, Integer> outstanding = new ConcurrentHashMap<>();
        CountDownLatch submissions = new CountDownLatch(count);
        List<Future<?>> calls = new ArrayList<>(count); // the submitter's until it has ended
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> submitter = threads.submit(() -> {
                long begin = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    int number = i;
                    sleepUntil(begin + TimeUnit.MILLISECONDS.toNanos((long) i * interval));
                    submitted[number] = System.nanoTime();
                    calls.add(threads.submit(() -> {
                        outstanding.put(api.submit(new NoopJob(name, number, false)), number);
                        submittedSince.incrementAndGet();
                        submissions.countDown();
                        return null;
                    }));
                }
                return null;
            });
            long deadline = System.nanoTime()
                    + Duration.ofMillis((long) count * interval)
                            .plus(STRAGGLERS)
                            .toNanos();
            while ((submissions.getCount() > 0 || !outstanding.isEmpty()) && System.nanoTime() < deadline) {
                Thread.sleep(POLL_MILLIS);
                for (Map.Entry<String, Integer> job : List.copyOf(outstanding.entrySet())) {
                    if (api.succeeded(job.getKey())) {
                        visible[job.getValue()] = System.nanoTime();
                        outstanding.remove(job.getKey());
                    }
                }
            }
            submitter.get();
            for (Future<?> call : calls) {
                call.get();
            }
        }
        try (BufferedWriter lines = Files.newBufferedWriter(work.resolve("visible." + name))) {
            for (int i = 0; i < count; i++) {
                if (visible[i] != 0) {
                    lines.write(i + " " + submitted[i] + " " + visible[i] + "\n");
                }
            }
        }
        return "ok";
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        long left = nanoTime - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    /** What must be so before the clock of a run starts: the task is known, and the earlier runs are counted. */
    private void prepare() throws IOException, InterruptedException, SQLException {
        api.awaitTask(TASK_REGISTRATION);
        if (done() == finishedBefore + submittedSince.get()) {
            finishedBefore += submittedSince.getAndSet(0);
            Thread.sleep(2); // past the millisecond of the last id
            countedFrom = Database.idFloor(Instant.now());
        }
    }

    private long done() throws SQLException {
        return finishedBefore + database.finishedSince(countedFrom);
    }

    private String verify(String name) throws IOException {
        List<Phase.Sample> samples = phases.getOrDefault(name, new Phase()).samples();
        int good = 0;
        for (Phase.Sample sample : samples) {
            JsonNode job = api.job(sample.jobId());
            if (job.path("state").asText().equals("SUCCESS")
                    && job.path("result").path("id").asInt(-1) == sample.number()) {
                good++;
            }
        }
        return "ok " + samples.size() + " " + good;
    }

    private String counters() throws SQLException {
        Database.Counters now = database.counters();
        return "ok " + now.statements() + " " + now.commits() + " " + now.updates() + " " + now.hotUpdates();
    }

    private static String env(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException("the environment variable " + name + " is not set");
        }
        return value;
    }
}
