package io.millrace.store;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/**
 * Submits a job in a transaction that does something else as well: both happen or neither. The scheduler writes its hint
 * as soon as the transaction is committed ({@code docs/sql.md}).
 */
final class Submit {

    private Submit() {}

    private static final String SUBMIT = "SELECT millrace.submit($1, $2::text::jsonb) AS id";

    /**
     * Submits a job.
     *
     * @return its id
     * @throws io.vertx.pgclient.PgException {@code MR001} if no worker has registered the task
     */
    static UUID in(Sql sql, String task, JsonObject args) {
        return sql.first(SUBMIT, Tuple.of(task, args.encode()), row -> row.getUUID("id"))
                .orElseThrow();
    }
}
