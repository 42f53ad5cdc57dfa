package io.millrace.worker.limit;

import io.millrace.dispatch.HintEmitter;
import io.millrace.job.Claim;
import io.millrace.limit.Limits;
import io.millrace.store.LimitStore;
import io.millrace.store.StoreUnavailable;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * Calls the next parked jobs as soon as runs under a limit on concurrency have ended, rather than when the scheduler
 * looks next. While one call is under way, the next gathers.
 */
@Singleton
public class ParkedCalls {

    private static final Logger LOG = Logger.getLogger(ParkedCalls.class);
    private static final int MOST = 500;

    private final LimitStore store;
    private final LimitsInForce limits;
    private final HintEmitter hints;
    private final Semaphore due = new Semaphore(0);

    ParkedCalls(LimitStore store, LimitsInForce limits, HintEmitter hints) {
        this.store = store;
        this.limits = limits;
        this.hints = hints;
        Thread.ofVirtual().name("parked-calls").start(this::repeat);
    }

    /** Runs have ended; others may have waited for them. */
    public void ended(Collection<Claim> claims) {
        Limits inForce = limits.now();
        if (!inForce.none() && claims.stream().anyMatch(claim -> inForce.countRuns(claim.task(), claim.queue()))) {
            due.release();
        }
    }

    private void repeat() {
        while (true) {
            try {
                due.acquire();
                due.drainPermits();
                runOnce();
            } catch (InterruptedException e) {
                return;
            } catch (StoreUnavailable e) {
                LOG.debugf("parked jobs wait for the scheduler's call: %s", e.getMessage());
            } catch (RuntimeException e) {
                LOG.errorf(e, "parked jobs could not be called; the scheduler does it");
            }
        }
    }

    private void runOnce() {
        hints.emit(store.callParked(limits.now(), "", MOST).hints());
    }
}
