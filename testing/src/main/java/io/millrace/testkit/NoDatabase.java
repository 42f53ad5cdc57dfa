package io.millrace.testkit;

import io.millrace.store.Database;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.lang.reflect.Proxy;
import java.time.Duration;

/** Stands where the engine's parts want a database; whoever asks it anything is told that there is none. */
final class NoDatabase extends Database {

    NoDatabase() {
        super(noPool(), Duration.ZERO);
    }

    private static Pool noPool() {
        return (Pool) Proxy.newProxyInstance(Pool.class.getClassLoader(), new Class<?>[] {Pool.class}, (_, _, _) -> {
            throw none();
        });
    }

    @Override
    public RowSet<Row> run(String sql, Tuple parameters) {
        throw none();
    }

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("a test engine has no database");
    }
}
