package io.millrace.worker.fleet;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What a worker does for itself several times a second, without asking anybody. */
@Singleton
class Upkeep {

    private static final Logger LOG = Logger.getLogger(Upkeep.class);
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final SlotPool pool;
    private final Recycler recycler;
    private volatile boolean open = true;

    Upkeep(SlotPool pool, Recycler recycler) {
        this.pool = pool;
        this.recycler = recycler;
    }

    void start() {
        Thread.ofVirtual().name("upkeep").start(this::run);
    }

    void stop() {
        open = false;
    }

    private void run() {
        while (open) {
            try {
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
                pool.runOnce();
                recycler.runOnce();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("the upkeep of this worker failed, goes on", e);
            }
        }
    }
}
