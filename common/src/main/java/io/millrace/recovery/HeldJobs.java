package io.millrace.recovery;

import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.Followed;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.job.Claim;
import io.millrace.job.JobError;
import io.millrace.job.JobState;
import io.millrace.job.Outcome;
import io.millrace.job.RetryPolicy;
import io.millrace.job.Settled;
import io.millrace.job.Settlement;
import io.millrace.queue.Hint;
import io.millrace.store.JobStore;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Settles jobs in place of a worker that does not: by the same {@link Settlement} that workers ask, and fenced by the
 * claim, so that a worker that is alive after all is refused, not robbed twice.
 */
@Singleton
public class HeldJobs {

    private static final Logger LOG = Logger.getLogger(HeldJobs.class);
    private static final int BATCH = 500;

    private final JobStore jobs;
    private final TaskStore tasks;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Followed followed;
    private final Clock clock;

    HeldJobs(JobStore jobs, TaskStore tasks, HintEmitter hints, EventEmitter events, Followed followed, Clock clock) {
        this.jobs = jobs;
        this.tasks = tasks;
        this.hints = hints;
        this.events = events;
        this.followed = followed;
        this.clock = clock;
    }

    /** Takes all that a lost worker holds. @return how many jobs */
    public long rescue(String worker) {
        long count = 0;
        while (true) {
            List<Claim> claims = jobs.runningOf(worker, BATCH);
            if (claims.isEmpty()) {
                return count;
            }
            long done = settle(claims, worker, _ -> new Outcome.WorkerLost(worker));
            LOG.infof("rescued jobs worker=%s count=%d", worker, done);
            count += done;
        }
    }

    /**
     * Ends runs that have gone on for longer than their hard time limit, which their worker should have done.
     *
     * @param after only jobs with a later id
     * @param grace how much longer, since a worker may be late by a little
     * @return how many
     */
    public long endOverdue(UUID after, Duration grace) {
        List<Claim> overdue = jobs.overdue(after, grace, BATCH);
        if (overdue.isEmpty()) {
            return 0;
        }
        long done = settle(
                overdue,
                null,
                claim -> new Outcome.Failed(
                        JobError.timeLimitExceeded(claim.timeLimit(), ", and its worker did not end it"), true));
        LOG.warnf("ended runs beyond their time limit, which their workers had not count=%d", done);
        return done;
    }

    private long settle(List<Claim> claims, @Nullable String worker, Function<Claim, Outcome> outcome) {
        Map<String, RetryPolicy> policies = policies();
        List<Settled> settled = claims.stream()
                .map(claim -> new Settled(
                        claim,
                        Settlement.settle(
                                claim,
                                outcome.apply(claim),
                                policies.getOrDefault(claim.task(), RetryPolicy.DEFAULT),
                                clock.instant(),
                                ThreadLocalRandom.current())))
                .toList();
        Map<UUID, JobState> done = jobs.recordStates(settled);
        List<Settled> held = settled.stream()
                .filter(each -> done.containsKey(each.claim().jobId()))
                .toList();
        Instant now = clock.instant();
        events.emit(
                held,
                each -> JobEvent.settled(each, done.getOrDefault(each.claim().jobId(), JobState.PENDING), worker, now));
        hints.emit(held.stream()
                .filter(each -> done.get(each.claim().jobId()) == JobState.PENDING)
                .map(each -> Hint.of(each.claim()))
                .toList());
        followed.ended(held.stream()
                .map(Settled::claim)
                .filter(claim -> claim.batchId() != null)
                .map(Claim::jobId)
                .filter(id -> done.getOrDefault(id, JobState.PENDING).finished())
                .toList());
        return done.size();
    }

    /** By task, as registered: what follows a loss is a task's own to say, and nothing that is configured. */
    private Map<String, RetryPolicy> policies() {
        return tasks.all().stream().collect(Collectors.toMap(TaskDefinition::name, TaskDefinition::retry));
    }
}
