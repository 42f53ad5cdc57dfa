package io.millrace.store;

import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/**
 * What PostgreSQL's NOTIFY carries: word that there is something to look for, never the thing itself. A notice may be
 * lost at any time, with its connection or behind a pooler that knows no LISTEN; then whoever sleeps is late, and nothing
 * else.
 */
@Singleton
public class Notices {

    /** A job will be due at the payload, milliseconds since the epoch. */
    public static final String DUE = "millrace_due";

    /** A job has been submitted in SQL and has no hint yet. */
    public static final String SUBMITTED = "millrace_submitted";

    /** A schedule has changed, or has been made. */
    public static final String SCHEDULE = "millrace_schedule";

    /** A connection that died without a word is noticed after so long. */
    private static final Duration PULSE = Duration.ofSeconds(30);

    private final Database database;

    public Notices(Database database) {
        this.database = database;
    }

    /**
     * Listens on a connection of its own, until that is lost or the thread is interrupted.
     *
     * @param begun called once notices are heard: what happened before may have been missed
     * @param heard given channel and payload; called on an event loop, so it must not block
     * @throws StoreUnavailable if there is no connection to be had, or it was lost
     */
    public void listen(Collection<String> channels, Runnable begun, BiConsumer<String, String> heard) {
        SqlConnection connection = database.connection();
        try {
            var lost = new CompletableFuture<Void>();
            PgConnection.cast(connection)
                    .notificationHandler(notice -> heard.accept(notice.getChannel(), notice.getPayload()))
                    .closeHandler(_ -> lost.complete(null));
            for (String channel : channels) {
                database.await(connection.query("LISTEN " + channel).execute());
            }
            begun.run();
            while (!ended(lost)) {
                database.await(connection.query("SELECT 1").execute());
            }
            throw new StoreUnavailable("the connection that listens was closed", new IllegalStateException("closed"));
        } finally {
            // Not given back to others: it still listens, and would hear for them.
            connection.query("UNLISTEN *").execute().onComplete(_ -> connection.close());
        }
    }

    private static boolean ended(CompletableFuture<Void> lost) {
        try {
            lost.get(PULSE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException("nothing fails it", e);
        }
    }
}
