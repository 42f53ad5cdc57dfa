package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.dispatch.HintEmitter;
import io.millrace.queue.Hint;
import io.millrace.store.DueStore;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
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
    private final HintEmitter hints;
    private final Duration interval;
    private final Duration grace;
    private final Counter again;
    private UUID position = BEGINNING;

    HintSweep(DueStore store, HintEmitter hints, SchedulerConfig config, MeterRegistry metrics) {
        this.store = store;
        this.hints = hints;
        this.interval = config.sweepInterval();
        this.grace = config.hintGrace();
        this.again = Counter.builder("millrace.hints.reemitted")
                .description("Hints written again because they were lost")
                .register(metrics);
    }

    @Override
    public Done runOnce() {
        DueStore.Step step = store.walk(position, ROWS_A_STEP, grace, HINTS_A_STEP);
        if (!step.lost().isEmpty()) {
            // Noted only with Kafka's word for it, so that an outage of Kafka costs no job its turn.
            List<Hint> taken = hints.emitAndConfirm(step.lost(), KAFKA_PATIENCE);
            store.hinted(taken);
            again.increment(taken.size());
            LOG.infof("wrote lost hints again found=%d written=%d", step.lost().size(), taken.size());
        }
        if (step.expired() > 0) {
            LOG.infof("revoked what expired count=%d", step.expired());
        }
        position = step.last().orElse(BEGINNING);
        boolean more = step.last().isPresent();
        return new Done(step.lost().size(), more ? interval.dividedBy(20) : interval);
    }
}
