package io.millrace.worker.run;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.job.Claim;
import io.millrace.job.Settled;
import io.millrace.job.Transition;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a worker measures of its runs. Labels are task and queue, both from the registry, so they are bounded. */
@Singleton
public class RunMetrics {

    private final MeterRegistry registry;
    private final ConcurrentHashMap<Kind, Timers> timers = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Ending, Counter> settled = new ConcurrentHashMap<>();
    private final Counter refused;
    private final LongAdder processed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder retried = new LongAdder();

    private record Kind(String task, String queue) {}

    private record Ending(String task, String queue, String outcome) {}

    private record Timers(Timer waited, Timer ran) {}

    RunMetrics(MeterRegistry registry, RunningJobs running) {
        Gauge.builder("millrace.worker.threads.stuck", running, RunningJobs::stuck)
                .description("Threads of runs that were ended by their time limit and do not end")
                .register(registry);
        this.registry = registry;
        this.refused = Counter.builder("millrace.writes.refused")
                .description("Writes of runs that no longer held their claim")
                .register(registry);
    }

    void ran(Claim claim, Instant started, Instant ended) {
        Timers of = timers.computeIfAbsent(new Kind(claim.task(), claim.queue()), _ -> timers(claim));
        of.waited().record(claim.waited());
        of.ran().record(Duration.between(started, ended));
    }

    void recorded(Settled job, boolean held) {
        if (!held) {
            refused.increment();
            return;
        }
        String end = outcome(job.transition());
        processed.increment();
        if (job.transition() instanceof Transition.Fail) {
            failed.increment();
        } else if (job.transition() instanceof Transition.Retry) {
            retried.increment();
        }
        Claim claim = job.claim();
        settled.computeIfAbsent(
                        new Ending(claim.task(), claim.queue(), end),
                        _ -> Counter.builder("millrace.jobs.settled")
                                .description("Runs whose end has been recorded")
                                .tag("task", claim.task())
                                .tag("queue", claim.queue())
                                .tag("outcome", end)
                                .register(registry))
                .increment();
    }

    /** What the end of a run is called, in metrics and traces alike. */
    static String outcome(Transition becomes) {
        return switch (becomes) {
            case Transition.Succeed _ -> "success";
            case Transition.Retry _ -> "retry";
            case Transition.Fail _ -> "failure";
            case Transition.Snooze _ -> "snoozed";
            case Transition.Release _ -> "released";
            case Transition.Rescue _ -> "lost";
        };
    }

    private Timers timers(Claim claim) {
        return new Timers(
                timer("millrace.job.wait", "From becoming due to the start of the run", claim),
                timer("millrace.job.run", "From start to end of the run", claim));
    }

    private Timer timer(String name, String description, Claim claim) {
        return Timer.builder(name)
                .description(description)
                .tag("task", claim.task())
                .tag("queue", claim.queue())
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10))
                .register(registry);
    }

    /** Runs recorded since start. */
    public long processed() {
        return processed.sum();
    }

    /** Of those, the ones that ended in FAILURE. */
    public long failed() {
        return failed.sum();
    }

    /** Of those, the ones that will run again. */
    public long retried() {
        return retried.sum();
    }
}
