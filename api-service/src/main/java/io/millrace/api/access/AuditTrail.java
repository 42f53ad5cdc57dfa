package io.millrace.api.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.access.AuditEntry;
import io.millrace.access.Caller;
import io.millrace.access.Need;
import io.millrace.access.Role;
import io.millrace.clock.NowAndThen;
import io.millrace.store.AuditStore;
import io.millrace.store.StoreUnavailable;
import io.millrace.trace.TraceContext;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes down who changed what. No request waits for it: entries gather, and go to PostgreSQL together. What there is no
 * room for is dropped, counted, and an error in the log.
 */
@Singleton
class AuditTrail {

    private static final Logger LOG = Logger.getLogger(AuditTrail.class);
    private static final int AT_ONCE = 500;
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration TO_STOP = Duration.ofSeconds(3);
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);

    private final AuditStore store;
    private final Clock clock;
    private final boolean submissions;
    private final BlockingQueue<AuditEntry> waiting;
    private final Counter written;
    private final Counter dropped;
    private volatile boolean open = true;
    private volatile @Nullable Thread writer;
    private final NowAndThen complaint = new NowAndThen(LOG_EVERY);

    AuditTrail(AuditStore store, AccessConfig config, Clock clock, MeterRegistry metrics) {
        this.store = store;
        this.clock = clock;
        this.submissions = config.auditSubmissions();
        this.waiting = new ArrayBlockingQueue<>(config.auditBacklog());
        this.written = Counter.builder("millrace.audit.written")
                .description("Entries of the audit log that PostgreSQL has")
                .register(metrics);
        this.dropped = Counter.builder("millrace.audit.dropped")
                .description("Entries of the audit log that were lost: too many waited for PostgreSQL")
                .register(metrics);
    }

    /** Writes a request down once it is answered, if it has changed something. */
    void follow(RoutingContext context, Caller caller, Need need) {
        boolean submits = need.role() == Role.SUBMITTER;
        // Without credentials there is no who; what an operator does is still worth knowing.
        if (submits && (!submissions || caller.equals(Caller.LOCAL))) {
            return;
        }
        context.addEndHandler(_ -> {
            HttpServerResponse response = context.response();
            if (response.getStatusCode() < 400) {
                add(entry(context, caller, response));
            }
        });
    }

    /** Writes an entry down. Never blocks. */
    void add(AuditEntry entry) {
        if (!waiting.offer(entry)) {
            dropped.increment();
            if (complaint.isNow()) {
                LOG.error("the audit log has no room, changes go unwritten; see the metric millrace.audit.dropped");
            }
        }
    }

    private AuditEntry entry(RoutingContext context, Caller caller, HttpServerResponse response) {
        HttpServerRequest request = context.request();
        String path = Refusals.path(request);
        String route = RouteTemplate.of(context);
        String target = AuditEntry.target(route, path);
        return new AuditEntry(
                clock.instant(),
                caller.name(),
                caller.role(),
                caller.project(),
                request.method().name(),
                route,
                target == null ? made(response) : target,
                response.getStatusCode(),
                Refusals.address(request),
                TraceContext.parse(request.getHeader("traceparent"))
                        .map(TraceContext::traceId)
                        .orElse(null));
    }

    /** What was made, as its address says. */
    private static @Nullable String made(HttpServerResponse response) {
        String location = response.headers().get(HttpHeaders.LOCATION);
        return location == null ? null : location.substring(location.lastIndexOf('/') + 1);
    }

    void onStart(@Observes StartupEvent event) {
        writer = Thread.ofVirtual().name("audit-trail").start(this::loop);
    }

    private void loop() {
        List<AuditEntry> batch = new ArrayList<>(AT_ONCE);
        while (open || !waiting.isEmpty() || !batch.isEmpty()) {
            try {
                gather(batch);
                if (!runOnce(batch)) {
                    TimeUnit.NANOSECONDS.sleep(AFTER_FAILURE.toNanos());
                }
            } catch (InterruptedException e) {
                lost(batch.size() + waiting.size());
                return;
            }
        }
    }

    private void gather(List<AuditEntry> batch) throws InterruptedException {
        if (batch.isEmpty()) {
            AuditEntry first = waiting.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                batch.add(first);
                waiting.drainTo(batch, AT_ONCE - 1);
            }
        }
    }

    /** Writes a batch down and empties it. @return false if it could not be written, and stays */
    private boolean runOnce(List<AuditEntry> batch) {
        if (batch.isEmpty()) {
            return true;
        }
        try {
            store.write(batch);
            written.increment(batch.size());
        } catch (StoreUnavailable e) {
            LOG.debugf("the audit log waits for PostgreSQL: %s", e.getMessage());
            return false;
        } catch (RuntimeException e) {
            LOG.error("entries of the audit log were refused", e);
            dropped.increment(batch.size());
        }
        batch.clear();
        return true;
    }

    private void lost(int entries) {
        if (entries > 0) {
            dropped.increment(entries);
            LOG.errorf("the service stops before PostgreSQL has its audit log count=%d", entries);
        }
    }

    void onStop(@Observes ShutdownEvent event) throws InterruptedException {
        open = false;
        Thread running = writer;
        if (running != null && !running.join(TO_STOP)) {
            running.interrupt();
        }
    }
}
