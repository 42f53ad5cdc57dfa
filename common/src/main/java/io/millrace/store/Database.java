package io.millrace.store;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The reactive pool, spoken to as one speaks on a virtual thread: call and wait, for a bounded time.
 * Who calls on an event loop is refused: it would wait for what perhaps that same loop has to bring.
 */
@Singleton
public class Database implements Sql {

    private final Pool pool;
    private final Duration timeout;
    private final StatementMetrics metrics;

    /** How often a statement is sent at most. */
    private static final int TRIES = 3;

    @Inject
    Database(Pool pool, DatabaseConfig config, MeterRegistry metrics) {
        this(pool, config.statementTimeout(), metrics);
    }

    /** @param timeout how long any one statement may take */
    public Database(Pool pool, Duration timeout) {
        this(pool, timeout, new CompositeMeterRegistry());
    }

    private Database(Pool pool, Duration timeout, MeterRegistry metrics) {
        this.pool = pool;
        this.timeout = timeout;
        this.metrics = new StatementMetrics(metrics);
    }

    /** Runs a statement of its own; again where PostgreSQL has rolled it back for another's sake, so that nothing of it has happened. */
    @Override
    public RowSet<Row> run(String sql, Tuple parameters) {
        refuseEventLoops();
        for (int left = TRIES - 1; true; left--) {
            try {
                metrics.sent(sql);
                return await(pool.preparedQuery(sql).execute(parameters));
            } catch (StoreUnavailable e) {
                if (left == 0 || !(e.getCause() instanceof PgException refused && rolledBack(refused))) {
                    throw e;
                }
            }
        }
    }

    /** A deadlock, or a conflict of transactions that must look as if they had come one after the other. */
    private static boolean rolledBack(PgException refused) {
        return "40P01".equals(refused.getSqlState()) || "40001".equals(refused.getSqlState());
    }

    /** Runs statements that hold together or not at all. Whatever {@code work} throws rolls them back. */
    public <T> T inTransaction(Function<Sql, T> work) {
        refuseEventLoops();
        SqlConnection connection = await(pool.getConnection());
        try {
            var transaction = await(connection.begin());
            T answer;
            try {
                answer = work.apply((sql, parameters) -> {
                    metrics.sent(sql);
                    return await(connection.preparedQuery(sql).execute(parameters));
                });
            } catch (Throwable thrown) {
                // The first failure is what the caller must see; a rollback that fails too ends with the connection.
                transaction.rollback().onFailure(thrown::addSuppressed);
                throw thrown;
            }
            await(transaction.commit());
            return answer;
        } finally {
            connection.close();
        }
    }

    /** A connection for somebody who keeps it; to be closed by them. */
    SqlConnection connection() {
        refuseEventLoops();
        return await(pool.getConnection());
    }

    /** A mistake that would otherwise show as a loop, and all its connections, that stands still now and then. */
    private static void refuseEventLoops() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("an event loop must not wait for PostgreSQL");
        }
    }

    <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw translated(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            metrics.unanswered();
            throw new StoreUnavailable("PostgreSQL did not answer within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailable("interrupted while waiting for PostgreSQL", e);
        }
    }

    /** A statement that PostgreSQL refuses is a defect or bad data; everything else is the road to it. */
    private RuntimeException translated(Throwable cause) {
        if (cause instanceof PgException refused && !serverGone(refused.getSqlState())) {
            return refused;
        }
        if (cause instanceof PgException refused && rolledBack(refused)) {
            return new StoreUnavailable("PostgreSQL has rolled back for another's sake: " + cause.getMessage(), cause);
        }
        metrics.unanswered();
        return new StoreUnavailable("PostgreSQL cannot be reached: " + cause.getMessage(), cause);
    }

    /** SQLSTATE classes 08 (connection), 40 (rolled back for another's sake, as by a deadlock), 53 (resources), 57 (operator intervention, such as shutdown) and 58 (system). */
    private static boolean serverGone(String sqlState) {
        return sqlState != null
                && (sqlState.startsWith("08")
                        || sqlState.startsWith("40")
                        || sqlState.startsWith("53")
                        || sqlState.startsWith("57")
                        || sqlState.startsWith("58"));
    }
}
