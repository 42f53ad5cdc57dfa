package io.millrace.api.job;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.job.NewJob;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * Group commit for single submissions: while inserts are in flight, later submissions gather, and the next insert takes
 * all of them. An idle service inserts at once; there is no timer.
 */
@Singleton
class Submitter {

    private static final Logger LOG = Logger.getLogger(Submitter.class);
    private static final Duration IDLE = Duration.ofMillis(250);
    private static final Duration DRAIN = Duration.ofSeconds(5);

    /** A submission and who waits for it. */
    private record Waiting(NewJob job, CompletableFuture<NewJob> accepted, long since) {}

    private final Acceptance acceptance;
    private final BlockingQueue<Waiting> backlog;
    private final int batch;
    private final int inFlight;
    private final Timer timer;
    private volatile List<Thread> loops = List.of();
    private volatile boolean open = true;

    Submitter(Acceptance acceptance, SubmitConfig config, MeterRegistry metrics) {
        this.acceptance = acceptance;
        this.backlog = new ArrayBlockingQueue<>(config.backlog());
        this.batch = config.batch();
        this.inFlight = config.inFlight();
        this.timer = Timer.builder("millrace.submit")
                .description("From a single submission to its commit")
                .publishPercentileHistogram()
                .register(metrics);
    }

    /** Accepts a job, soon. Never blocks. @throws Problem {@code overloaded} if too many wait already */
    CompletionStage<NewJob> submit(NewJob job) {
        var waiting = new Waiting(job, new CompletableFuture<>(), System.nanoTime());
        if (!open || !backlog.offer(waiting)) {
            throw Problem.of(ProblemCode.OVERLOADED, "Too many submissions wait; try again shortly.");
        }
        return waiting.accepted;
    }

    /** Waits a moment for submissions and accepts all that have gathered. */
    private void runOnce() throws InterruptedException {
        Waiting first = backlog.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        var gathered = new ArrayList<Waiting>();
        gathered.add(first);
        backlog.drainTo(gathered, batch - 1);
        var jobs = new ArrayList<NewJob>(gathered.size());
        gathered.forEach(waiting -> jobs.add(waiting.job));
        complete(gathered, acceptance.accept(jobs));
    }

    private void complete(List<Waiting> gathered, Map<UUID, RuntimeException> refused) {
        long now = System.nanoTime();
        for (Waiting waiting : gathered) {
            RuntimeException why = refused.get(waiting.job.id());
            if (why == null) {
                timer.record(now - waiting.since, TimeUnit.NANOSECONDS);
                waiting.accepted.complete(waiting.job);
            } else {
                waiting.accepted.completeExceptionally(why);
            }
        }
    }

    void onStart(@Observes StartupEvent event) {
        loops = IntStream.range(0, inFlight)
                .mapToObj(i -> Thread.ofVirtual().name("submitter-" + i).start(this::loop))
                .toList();
    }

    private void loop() {
        while (open || !backlog.isEmpty()) {
            try {
                runOnce();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // Whoever waits is told by accept(); what comes here is a defect of the loop itself, which must go on.
                LOG.error("submissions could not be completed", e);
            }
        }
    }

    void onStop(@Observes ShutdownEvent event) throws InterruptedException {
        open = false;
        for (Thread loop : loops) {
            loop.join(DRAIN);
        }
    }
}
