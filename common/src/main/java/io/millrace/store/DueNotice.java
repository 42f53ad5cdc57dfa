package io.millrace.store;

import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells schedulers, which sleep until the next job is due, of one that will be due before they look again by
 * themselves. A NOTIFY takes a lock of the whole server at its commit, so it stays rare: nothing is said of what lies
 * further ahead than the schedulers' longest rest, nor of what comes after something that has been said already, because
 * whoever wakes for that looks for the rest too. Nobody waits for it, and if it is lost, the longest rest bounds the delay.
 */
final class DueNotice {

    /** Schedulers rest no longer than this; V5__schedule.sql knows the same number. */
    static final Duration AHEAD = Duration.ofSeconds(10);

    private static final Logger LOG = Logger.getLogger(DueNotice.class);
    private static final String NOTIFY = "SELECT pg_notify('millrace_due', $1)";

    private final Database database;
    /** The earliest moment still to come at which schedulers know that they must look. */
    private final AtomicReference<Instant> announced = new AtomicReference<>(Instant.EPOCH);

    DueNotice(Database database) {
        this.database = database;
    }

    /** A committed job becomes due then; null for none. */
    void due(@Nullable Instant at) {
        if (at == null) {
            return;
        }
        Instant now = now();
        Instant known = announced.get();
        boolean soonest = known.isBefore(now) || at.isBefore(known);
        if (soonest && at.isBefore(now.plus(AHEAD)) && announced.compareAndSet(known, at)) {
            Thread.ofVirtual().name("due-notice").start(() -> say(at));
        }
    }

    private void say(Instant at) {
        try {
            database.run(NOTIFY, Tuple.of(Long.toString(at.toEpochMilli())));
        } catch (RuntimeException e) {
            LOG.debugf("schedulers were not told of a job that is due soon, they will find it: %s", e.getMessage());
        }
    }

    /** Not a decision about a job: only when it is worth saying something. */
    private static Instant now() {
        return Instant.now();
    }
}
