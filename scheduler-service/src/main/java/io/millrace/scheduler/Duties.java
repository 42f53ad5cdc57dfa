package io.millrace.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.store.StoreUnavailable;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The list of everything that happens on a clock, each on a thread of its own. */
@Singleton
class Duties {

    private static final Logger LOG = Logger.getLogger(Duties.class);

    /** After the schema and the queues. */
    private static final int LAST = 400;

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration TO_STOP = Duration.ofSeconds(5);

    private final Map<String, Duty> duties = new LinkedHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final MeterRegistry metrics;
    private volatile boolean open = true;

    Duties(
            DueDispatch dueDispatch,
            Rescuer rescuer,
            HintSweep hintSweep,
            ParkedCalls parkedCalls,
            CountFold countFold,
            KeyCleanup keyCleanup,
            Gauges gauges,
            MeterRegistry metrics) {
        duties.put("due-dispatch", dueDispatch); // SCHEDULED and RETRY jobs that have become due → PENDING, hinted
        duties.put("rescue", rescuer); // jobs of workers that give no sign of life → other workers
        duties.put("hint-sweep", hintSweep); // PENDING jobs whose hint was lost → hinted again
        duties.put("parked-calls", parkedCalls); // jobs that wait for a limit which has room again → hinted
        duties.put("count-fold", countFold); // logged changes of counts → sums
        duties.put(
                "key-cleanup",
                keyCleanup); // idempotency keys that are old, places of unique jobs that have ended → gone
        duties.put("gauges", gauges); // counts and lags → metrics
        this.metrics = metrics;
    }

    void begin(@Observes @Priority(LAST) StartupEvent event) {
        duties.forEach((name, duty) -> threads.add(Thread.ofVirtual().name(name).start(() -> repeat(name, duty))));
    }

    private void repeat(String name, Duty duty) {
        var timer = Timer.builder("millrace.duty")
                .description("Rounds of what the scheduler does on its clock")
                .tag("duty", name)
                .register(metrics);
        while (open) {
            Duration rest;
            try {
                var done = timer.recordCallable(duty::runOnce);
                if (done.count() > 0) {
                    LOG.debugf("duty done duty=%s count=%d", name, done.count());
                }
                rest = done.next();
            } catch (StoreUnavailable e) {
                LOG.warnf("a duty waits for PostgreSQL duty=%s: %s", name, e.getMessage());
                rest = AFTER_FAILURE;
            } catch (Exception e) {
                LOG.errorf(e, "a duty failed, goes on duty=%s", name);
                rest = AFTER_FAILURE;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(rest.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    void end(@Observes @Priority(1) ShutdownEvent event) throws InterruptedException {
        open = false;
        for (Thread thread : threads) {
            thread.join(TO_STOP);
        }
    }
}
