package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.dispatch.EventEmitter;
import io.millrace.dispatch.Followed;
import io.millrace.dispatch.HintEmitter;
import io.millrace.event.JobEvent;
import io.millrace.event.Subject;
import io.millrace.queue.Hint;
import io.millrace.store.DueStore;
import io.millrace.store.QueueStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Finds PENDING jobs whose hint was lost and writes it again: the API died between commit and Kafka, Kafka was away or
 * has lost its data, a hint was dropped. Walks the hot table step by step in order of age, and tells a lost hint from
 * one that waits in a deep backlog by how far its lane has been received
 * ({@code docs/decisions/0004-how-a-lost-hint-is-told-from-a-waiting-one.md}).
 */
@Singleton
class HintSweep implements Duty {

    private static final Logger LOG = Logger.getLogger(HintSweep.class);
    private static final UUID BEGINNING = new UUID(0, 0);
    private static final int ROWS_A_STEP = 20_000;
    private static final int HINTS_A_STEP = 1_000;
    private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(5);
    private final DueStore store;
    private final QueueStore queues;
    private final HintEmitter hints;
    private final EventEmitter events;
    private final Followed followed;
    private final Clock clock;
    private final Horizon horizon;
    private final OldestWaiting waiting;
    private final Duration interval;
    private final Duration grace;
    private final Counter again;
    private final Route route = new Route();

    HintSweep(
            DueStore store,
            QueueStore queues,
            HintEmitter hints,
            EventEmitter events,
            Followed followed,
            Clock clock,
            Horizon horizon,
            OldestWaiting waiting,
            SchedulerConfig config,
            MeterRegistry metrics) {
        this.store = store;
        this.queues = queues;
        this.horizon = horizon;
        this.waiting = waiting;
        this.hints = hints;
        this.events = events;
        this.followed = followed;
        this.clock = clock;
        this.interval = config.sweepInterval();
        this.grace = config.hintGrace();
        this.again = Counter.builder("millrace.hints.reemitted")
                .description("Hints written again because they were lost")
                .register(metrics);
    }

    @Override
    public Done runOnce() {
        DueStore.Step step = store.walk(route.position(), ROWS_A_STEP, grace, HINTS_A_STEP);
        if (!step.lost().isEmpty()) {
            // Noted only with Kafka's word for it, so that an outage of Kafka costs no job its turn.
            List<Hint> taken = hints.emitAndConfirm(step.lost(), KAFKA_PATIENCE);
            store.hinted(taken);
            again.increment(taken.size());
            LOG.infof("wrote lost hints again found=%d written=%d", step.lost().size(), taken.size());
        }
        if (!step.expired().isEmpty()) {
            LOG.infof("revoked what expired count=%d", step.expired().size());
            Instant now = clock.instant();
            events.emit(step.expired(), job -> JobEvent.revoked(job, JobEvent.Cause.EXPIRED, now));
            followed.ended(step.expired().stream()
                    .filter(job -> job.batchId() != null)
                    .map(Subject::jobId)
                    .toList());
        }
        waiting.walked(step).ifPresent(queues::waiting);
        route.walked(step).ifPresent(horizon::moved);
        return new Done(step.lost().size(), interval);
    }

    /**
     * Where the walk goes: from the oldest job that had not finished the last time round to the newest, because what
     * lies before is finished. Now and then from the very beginning, since a finished job may be run again.
     */
    static final class Route {
        private static final int ROUNDS_BETWEEN_WHOLE_ONES = 30;

        private UUID position = BEGINNING;
        private Optional<UUID> oldestOpen = Optional.empty();
        private UUID newest = BEGINNING;
        private int round;

        /** After which id to look next. */
        UUID position() {
            return position;
        }

        /** Goes on from a step. @return at the end of a round, the id after which the open jobs are */
        Optional<UUID> walked(DueStore.Step step) {
            if (oldestOpen.isEmpty()) {
                oldestOpen = step.oldestOpen().map(Route::before);
            }
            newest = step.newest().orElse(newest);
            if (step.last().isPresent()) {
                position = step.last().get();
                return Optional.empty();
            }
            round++;
            UUID open = oldestOpen.orElse(newest);
            position = round % ROUNDS_BETWEEN_WHOLE_ONES == 0 ? BEGINNING : open;
            oldestOpen = Optional.empty();
            return Optional.of(open);
        }

        /** The id just before, so that a walk after it begins with it. Ids never are so close that it matters. */
        private static UUID before(UUID id) {
            return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits() - 1);
        }
    }
}
