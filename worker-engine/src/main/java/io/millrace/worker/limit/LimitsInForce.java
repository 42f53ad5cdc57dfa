package io.millrace.worker.limit;

import io.millrace.limit.Limits;
import io.millrace.store.LimitStore;
import io.millrace.store.StartPatience;
import io.millrace.store.StoreUnavailable;
import io.millrace.worker.WorkerConfig;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The limits there are, as of a moment ago, so that the jobs that have none pay nothing for those that do. */
@Singleton
public class LimitsInForce {

    private static final Logger LOG = Logger.getLogger(LimitsInForce.class);

    /** How long a change takes to be in force at most. */
    private static final Duration REFRESH = Duration.ofSeconds(1);

    private final LimitStore store;
    private final boolean respected;
    private volatile Limits now = Limits.NONE;
    private volatile @Nullable Thread refresher;

    LimitsInForce(LimitStore store, WorkerConfig config) {
        this.store = store;
        this.respected = config.limits();
    }

    /** Reads them, which the first claim has to wait for, and from then on again and again. */
    public void begin(StartPatience patience) {
        if (!respected) {
            LOG.warn("this worker respects no limits on rate and concurrency, as it is configured");
            return;
        }
        patience.untilDone(this::runOnce);
        refresher = Thread.ofVirtual().name("limits").start(this::repeat);
    }

    /** The last claim was made before: a worker drains first. */
    void end(@Observes ShutdownEvent event) {
        Thread running = refresher;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Reads them. */
    void runOnce() {
        now = store.inForce();
    }

    private void repeat() {
        while (true) {
            try {
                TimeUnit.NANOSECONDS.sleep(REFRESH.toNanos());
                runOnce();
            } catch (InterruptedException e) {
                return;
            } catch (StoreUnavailable e) {
                LOG.debugf("limits stay as they are while PostgreSQL is away: %s", e.getMessage());
            } catch (RuntimeException e) {
                LOG.errorf(e, "limits cannot be read and stay as they are");
            }
        }
    }

    /** As of a moment ago. */
    public Limits now() {
        return now;
    }
}
