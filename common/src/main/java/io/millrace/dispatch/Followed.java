package io.millrace.dispatch;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.batch.BatchStatus;
import io.millrace.event.JobEvent;
import io.millrace.job.JobState;
import io.millrace.store.BatchStore;
import io.millrace.store.Follower;
import io.millrace.store.StoreUnavailable;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * What the ends of jobs bring about in their batches is done by the database, with them
 * ({@code docs/decisions/0013-a-trigger-follows-the-graph.md}); a trigger can neither write a hint nor tell an event. That
 * is done here, once the ends are committed.
 */
@Singleton
public class Followed {

    private static final Logger LOG = Logger.getLogger(Followed.class);

    private final BatchStore batches;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final MeterRegistry metrics;
    private final Clock clock;

    Followed(BatchStore batches, HintEmitter hints, EventEmitter events, MeterRegistry metrics, Clock clock) {
        this.batches = batches;
        this.hints = hints;
        this.events = events;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** These jobs of batches have ended: what was released gets its hint, and all that followed is told. Never fails. */
    public void ended(Collection<UUID> jobs) {
        try {
            List<Follower> followers = batches.followersOf(jobs);
            Instant now = clock.instant();
            events.emit(followers, each -> event(each, now));
            hints.emit(followers.stream()
                    .filter(each -> each.state() == JobState.PENDING)
                    .map(Follower::hint)
                    .toList());
            for (BatchStatus status : batches.endedWith(jobs)) {
                metrics.counter(
                                "millrace.batches.ended",
                                "status",
                                status.name().toLowerCase(Locale.ROOT))
                        .increment();
            }
        } catch (StoreUnavailable e) {
            LOG.warnf("released jobs get their hints from the sweep: %s", e.getMessage());
        }
    }

    private static JobEvent event(Follower follower, Instant now) {
        return follower.why() == null
                ? JobEvent.unblocked(follower.subject(), follower.state(), follower.dueAt(), now)
                : JobEvent.revoked(follower.subject(), follower.why(), now);
    }
}
