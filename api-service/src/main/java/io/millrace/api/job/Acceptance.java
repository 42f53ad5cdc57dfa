package io.millrace.api.job;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.api.problem.Problems;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.job.JobState;
import io.millrace.job.NewJob;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.vertx.pgclient.PgException;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The moment a job is accepted: its row is committed, then its event and its hint go out, in this order so that it is told
 * of before a worker can tell of its start, then it is counted. A job that PostgreSQL refuses never takes others of its
 * insert with it.
 */
@Singleton
class Acceptance {

    private final JobStore store;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final MeterRegistry metrics;
    private final Map<String, Map<String, Counter>> submitted = new ConcurrentHashMap<>();

    Acceptance(JobStore store, HintEmitter hints, EventEmitter events, MeterRegistry metrics) {
        this.store = store;
        this.hints = hints;
        this.events = events;
        this.metrics = metrics;
    }

    /** Accepts all of these jobs in one transaction. @throws RuntimeException if it accepts none of them */
    void acceptAll(List<NewJob> jobs) {
        store.submit(jobs);
        accepted(jobs);
    }

    /** Jobs whose rows have been committed elsewhere: their hints go out, and they are told of and counted. */
    void accepted(List<NewJob> jobs) {
        if (!jobs.isEmpty()) {
            emitHints(jobs);
            events.emit(jobs, JobEvent::submitted);
            count(jobs);
        }
    }

    /**
     * The rows of a batch's jobs have been committed elsewhere: hints go out for those that are due, and all are told of
     * and counted.
     *
     * @param unblocked those that wait for no other job
     */
    void accepted(UUID batch, List<NewJob> jobs, List<NewJob> unblocked) {
        Set<UUID> free = unblocked.stream().map(NewJob::id).collect(Collectors.toSet());
        emitHints(unblocked);
        events.emit(jobs, job -> JobEvent.submitted(job, batch, !free.contains(job.id())));
        count(jobs);
    }

    /**
     * Accepts these jobs as far as they can be.
     *
     * @return why, for those that were not
     */
    Map<UUID, RuntimeException> accept(List<NewJob> jobs) {
        try {
            acceptAll(jobs);
            return Map.of();
        } catch (PgException e) {
            if (jobs.size() == 1) {
                return Map.of(jobs.getFirst().id(), Problems.refusesValue(e) ? unstorable() : e);
            }
            return acceptHalves(jobs);
        } catch (RuntimeException e) {
            var all = new HashMap<UUID, RuntimeException>();
            jobs.forEach(job -> all.put(job.id(), e));
            return all;
        }
    }

    /** One of them is to blame; halving finds it in few inserts. */
    private Map<UUID, RuntimeException> acceptHalves(List<NewJob> jobs) {
        int half = jobs.size() / 2;
        var refused = new HashMap<>(accept(jobs.subList(0, half)));
        refused.putAll(accept(jobs.subList(half, jobs.size())));
        return refused;
    }

    static Problem unstorable() {
        return Problem.of(
                ProblemCode.INVALID_ARGS, "PostgreSQL cannot store the arguments, such as a number too large.");
    }

    private void emitHints(List<NewJob> jobs) {
        var due = new ArrayList<Hint>(jobs.size());
        for (NewJob job : jobs) {
            if (job.state() == JobState.PENDING) {
                due.add(new Hint(job.id(), 0, job.queue(), job.priority(), job.traceId()));
            }
        }
        hints.emit(due);
    }

    private void count(List<NewJob> jobs) {
        // Neighbours mostly are of one kind, so a run of them is one step.
        int from = 0;
        for (int i = 1; i <= jobs.size(); i++) {
            NewJob first = jobs.get(from);
            if (i == jobs.size() || !sameKind(first, jobs.get(i))) {
                counter(first).increment(i - from);
                from = i;
            }
        }
    }

    private static boolean sameKind(NewJob a, NewJob b) {
        return a.task().equals(b.task()) && a.queue().equals(b.queue());
    }

    private Counter counter(NewJob job) {
        // Tasks and queues are registered or configured, so the labels are bounded.
        return submitted
                .computeIfAbsent(job.task(), _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        job.queue(),
                        queue -> Counter.builder("millrace.jobs.submitted")
                                .description("Jobs accepted over HTTP")
                                .tag("task", job.task())
                                .tag("queue", queue)
                                .register(metrics));
    }
}
