package io.millrace.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Something that runs statements: the pool (each statement a transaction of its own) or an open transaction. */
public interface Sql {

    /**
     * Runs one prepared statement and waits for it.
     *
     * @throws StoreUnavailable if PostgreSQL cannot be reached or does not answer in time
     */
    RowSet<Row> run(String sql, Tuple parameters);

    /** Runs a query and reads each row. */
    default <T> List<T> list(String sql, Tuple parameters, Function<Row, T> read) {
        return map(run(sql, parameters), read);
    }

    /** Reads each row of an answer. */
    default <T> List<T> map(RowSet<Row> rows, Function<Row, T> read) {
        var found = new ArrayList<T>(rows.size());
        rows.forEach(row -> found.add(read.apply(row)));
        return found;
    }

    /** Runs a query for at most one row. */
    default <T> Optional<T> first(String sql, Tuple parameters, Function<Row, T> read) {
        return list(sql, parameters, read).stream().findFirst();
    }
}
