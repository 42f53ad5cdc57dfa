package io.millrace.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.job.JobState;
import io.millrace.queue.Hint;
import io.millrace.schedule.Firing;
import io.millrace.store.JobQueries;
import io.millrace.store.Notices;
import io.millrace.store.ScheduleStore;
import io.millrace.store.ScheduleStore.Fired;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Fires schedules whose ticks have come. */
@Singleton
class ScheduleFiring implements Duty {

    private static final Logger LOG = Logger.getLogger(ScheduleFiring.class);
    private static final int BATCH = 200;
    private static final JobEvent.Cause CANCELLED =
            new JobEvent.Cause("revoked", "Revoked", "its schedule fired again");

    private final ScheduleStore store;
    private final JobQueries queries;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Duration longestRest;
    private final Duration grace;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final Timer lateness;

    ScheduleFiring(
            ScheduleStore store,
            JobQueries queries,
            HintEmitter hints,
            EventEmitter events,
            SchedulerConfig config,
            Clock clock,
            MeterRegistry metrics) {
        this.store = store;
        this.queries = queries;
        this.hints = hints;
        this.events = events;
        this.longestRest = config.scheduleInterval();
        this.grace = config.misfireGrace();
        this.clock = clock;
        this.metrics = metrics;
        this.lateness = Timer.builder("millrace.schedule.lateness")
                .description("From the time of a tick to the commit of its job; ticks that were missed are not in it")
                .serviceLevelObjectives(
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10))
                .register(metrics);
    }

    @Override
    public Set<String> wokenBy() {
        return Set.of(Notices.SCHEDULE);
    }

    @Override
    public Done runOnce() {
        var round = store.fireDue(BATCH, grace);
        events.emit(
                round.fired().stream()
                        .flatMap(fired -> Stream.ofNullable(fired.job()))
                        .toList(),
                JobEvent::submitted);
        hints.emit(round.fired().stream()
                .flatMap(fired -> Stream.ofNullable(fired.hint()))
                .toList());
        round.cancelled().forEach(this::tellOfEnd);
        round.fired().forEach(this::note);
        if (round.schedules() == BATCH) {
            return new Done(BATCH, Duration.ZERO);
        }
        Duration next = store.untilNext().orElse(longestRest);
        return new Done(round.schedules(), next.compareTo(longestRest) < 0 ? next : longestRest);
    }

    private void tellOfEnd(UUID cancelled) {
        queries.get(cancelled)
                .filter(job -> job.state() == JobState.REVOKED)
                .ifPresent(job -> events.emit(JobEvent.revoked(Subject.of(job), CANCELLED, clock.instant())));
    }

    private void note(Fired fired) {
        metrics.counter(
                        "millrace.schedule.ticks",
                        "outcome",
                        fired.outcome().name().toLowerCase(Locale.ROOT))
                .increment();
        Hint hint = fired.hint();
        if (hint == null) {
            LOG.infof(
                    "a tick has no job schedule=%s tick=%s outcome=%s",
                    fired.schedule(), fired.fireTime(), fired.outcome());
            return;
        }
        if (!fired.late() && fired.outcome() == Firing.Outcome.FIRED) {
            lateness.record(Duration.between(fired.fireTime(), clock.instant()));
        }
        LOG.debugf("fired schedule=%s tick=%s job=%s", fired.schedule(), fired.fireTime(), hint.jobId());
    }
}
