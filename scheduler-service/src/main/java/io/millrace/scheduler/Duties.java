package io.millrace.scheduler;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.dispatch.FoundationLaid;
import io.millrace.store.Notices;
import io.millrace.store.StoreUnavailable;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The list of everything that happens on a clock, each on a thread of its own. */
@Singleton
class Duties {

    private static final Logger LOG = Logger.getLogger(Duties.class);

    /** After the schedules are declared. */
    private static final int LAST = Integer.MAX_VALUE;

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    /** The longest rest of a duty that is woken by notices, while none can be heard. */
    private static final Duration DEAF = Duration.ofMillis(250);

    private static final Duration TO_STOP = Duration.ofSeconds(5);

    private final Map<String, Duty> duties = new LinkedHashMap<>();
    private final Map<Duty, Alarm> alarms = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Notices notices;
    private final MeterRegistry metrics;
    private volatile boolean open = true;
    private volatile boolean listening;

    @Nullable
    private Thread listener;

    Duties(
            DueDispatch dueDispatch,
            ScheduleFiring scheduleFiring,
            SqlSubmissions sqlSubmissions,
            Rescuer rescuer,
            HintSweep hintSweep,
            ParkedCalls parkedCalls,
            CountFold countFold,
            KeyCleanup keyCleanup,
            Gauges gauges,
            ForgetTicks forgetTicks,
            QueueAlerts queueAlerts,
            AlertDelivery alertDelivery,
            ForgetAlerts forgetAlerts,
            MoveFinished moveFinished,
            ForgetFinished forgetFinished,
            ForgetOld forgetOld,
            ForgetAccess forgetAccess,
            ForgetCallbacks forgetCallbacks,
            ForgetDocuments forgetDocuments,
            Notices notices,
            Clock clock,
            MeterRegistry metrics) {
        duties.put("due-dispatch", dueDispatch); // SCHEDULED and RETRY jobs that have become due → PENDING, hinted
        duties.put("schedule-firing", scheduleFiring); // ticks of schedules → jobs, hinted
        duties.put("sql-submissions", sqlSubmissions); // jobs submitted in SQL → hinted
        duties.put("rescue", rescuer); // jobs of workers that give no sign of life → other workers
        duties.put("hint-sweep", hintSweep); // PENDING jobs whose hint was lost → hinted again
        duties.put("parked-calls", parkedCalls); // jobs that wait for a limit which has room again → hinted
        duties.put("count-fold", countFold); // logged changes of counts → sums
        duties.put(
                "key-cleanup",
                keyCleanup); // idempotency keys that are old, places of unique jobs that have ended → gone
        duties.put("gauges", gauges); // counts and lags → metrics
        duties.put("forget-ticks", forgetTicks); // old history of schedules → deleted
        duties.put("queue-alerts", queueAlerts); // queues that are badly off → alerts, raised and cleared
        duties.put("alert-delivery", alertDelivery); // alerts that were told → channels
        duties.put("forget-alerts", forgetAlerts); // old alerts → deleted
        duties.put("move-finished", moveFinished); // jobs that have finished → out of the hot table
        duties.put("forget-finished", forgetFinished); // finished jobs and results whose time has come → dropped
        duties.put("forget-access", forgetAccess); // old entries of the audit log, expired sessions → deleted
        duties.put("forget-old", forgetOld); // workers that are gone, old batches, old minutes → deleted
        duties.put("forget-callbacks", forgetCallbacks); // old history of callbacks → deleted
        duties.put("forget-documents", forgetDocuments); // old documents and results of functions → deleted
        duties.values().forEach(duty -> alarms.put(duty, new Alarm(clock)));
        this.notices = notices;
        this.metrics = metrics;
    }

    synchronized void begin(@Observes @Priority(LAST) FoundationLaid event) {
        if (!open) {
            return;
        }
        duties.forEach((name, duty) -> threads.add(Thread.ofVirtual().name(name).start(() -> repeat(name, duty))));
        listener = Thread.ofVirtual().name("notices").start(this::listen);
    }

    private void listen() {
        var channels = duties.values().stream()
                .flatMap(duty -> duty.wokenBy().stream())
                .collect(Collectors.toSet());
        while (open) {
            try {
                notices.listen(channels, this::heardAgain, this::heard);
            } catch (StoreUnavailable e) {
                if (listening && open) {
                    LOG.warnf("notices are not heard for now, so duties look more often: %s", e.getMessage());
                }
            } catch (RuntimeException e) {
                LOG.error("notices are not heard for now, so duties look more often", e);
            }
            listening = false;
            try {
                TimeUnit.NANOSECONDS.sleep(AFTER_FAILURE.toNanos());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What happened before may have been missed. */
    private void heardAgain() {
        listening = true;
        alarms.values().forEach(Alarm::ring);
    }

    private void heard(String channel, String payload) {
        duties.values().stream()
                .filter(duty -> duty.wokenBy().contains(channel))
                .forEach(duty -> ring(alarm(duty), payload));
    }

    /** A payload is the moment from which there is something to look for; without one, that is now. */
    private static void ring(Alarm alarm, String payload) {
        if (payload.isEmpty()) {
            alarm.ring();
            return;
        }
        try {
            alarm.ringFor(Instant.ofEpochMilli(Long.parseLong(payload)));
        } catch (NumberFormatException e) {
            // Anybody may NOTIFY; to look once too often does no harm.
            alarm.ring();
        }
    }

    private Alarm alarm(Duty duty) {
        return Objects.requireNonNull(alarms.get(duty));
    }

    private void repeat(String name, Duty duty) {
        var timer = Timer.builder("millrace.duty")
                .description("Rounds of what the scheduler does on its clock")
                .tag("duty", name)
                .register(metrics);
        var failures = Counter.builder("millrace.duty.failures")
                .description("Rounds of a duty that failed; it goes on")
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
                failures.increment();
                LOG.warnf("a duty waits for PostgreSQL duty=%s: %s", name, e.getMessage());
                rest = AFTER_FAILURE;
            } catch (Exception e) {
                failures.increment();
                LOG.errorf(e, "a duty failed, goes on duty=%s", name);
                rest = AFTER_FAILURE;
            }
            if (!listening && !duty.wokenBy().isEmpty() && rest.compareTo(DEAF) > 0) {
                rest = DEAF;
            }
            try {
                var _ = alarm(duty).rest(rest);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What has not begun never does. */
    synchronized void end(@Observes @Priority(1) ShutdownEvent event) throws InterruptedException {
        open = false;
        if (listener != null) {
            listener.interrupt();
        }
        alarms.values().forEach(Alarm::ring);
        for (Thread thread : threads) {
            thread.join(TO_STOP);
        }
    }
}
