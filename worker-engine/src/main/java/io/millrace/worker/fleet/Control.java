package io.millrace.worker.fleet;

import io.millrace.fleet.Wish;
import io.millrace.store.FleetStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.Identity;
import io.millrace.worker.lane.Receivers;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Does what people ask of this worker: looks at its row, acts, and says so once it is in force. */
@Singleton
class Control {

    private static final Logger LOG = Logger.getLogger(Control.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final FleetStore store;
    private final Identity identity;
    private final SlotPool pool;
    private final Receivers receivers;
    private final Departure departure;
    private final Heart heart;
    private volatile boolean open = true;
    private volatile boolean leaving;
    private String begunAs = "";
    private int begun;

    Control(FleetStore store, Identity identity, SlotPool pool, Receivers receivers, Departure departure, Heart heart) {
        this.store = store;
        this.identity = identity;
        this.pool = pool;
        this.receivers = receivers;
        this.departure = departure;
        this.heart = heart;
    }

    void start() {
        Thread.ofVirtual().name("control").start(this::run);
    }

    /** From now on it answers pings and does nothing else: what leaves does not change any more. */
    void leaving() {
        leaving = true;
    }

    void stop() {
        open = false;
    }

    private void run() {
        while (open) {
            try {
                runOnce();
            } catch (StoreUnavailable e) {
                LOG.debugf("what is asked of this worker is not known: %s", e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("what is asked of this worker cannot be done", e);
            }
            try {
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    void runOnce() {
        String me = identity.id();
        store.asked(me).ifPresent(asked -> {
            if (asked.ping() != null) {
                store.pong(me, asked.ping());
            }
            if (asked.wish() != null && !leaving) {
                fulfil(me, asked.wish());
            }
        });
    }

    private void fulfil(String me, Wish wish) {
        boolean isNew = wish.seq() != begun || !me.equals(begunAs);
        begunAs = me;
        begun = wish.seq();
        if (isNew) {
            LOG.infof(
                    "asked for slots=%s queues=%s shutdown=%s worker=%s",
                    wish.slots(), wish.queues(), wish.shutdown(), me);
        }
        if (wish.shutdown()) {
            // Met by its end.
            departure.begin("somebody has asked it to shut down");
            return;
        }
        if (wish.slots() != null) {
            pool.become(wish.slots());
        }
        if (isNew && wish.queues() != null) {
            receivers.serve(wish.queues());
        }
        boolean met = met(wish);
        if (isNew || met) {
            // Whoever has asked sees what is in force without waiting for the next heartbeat.
            heart.beat();
        }
        if (met) {
            store.met(me, wish.seq());
        }
    }

    private boolean met(Wish wish) {
        boolean slots =
                wish.slots() == null || pool.now().concurrency() <= wish.slots().max();
        boolean queues = wish.queues() == null || receivers.queues().equals(Set.copyOf(wish.queues()));
        return slots && queues;
    }
}
