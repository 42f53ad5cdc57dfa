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

    private static final String SUBMIT_WITH = """
            SELECT millrace.submit($1, $2::text::jsonb, callback_url => $3, trace_id => $4, project_id => $5, idempotency_key => $6) AS id
            """;

    /**
     * Submits a job that is to have more than its arguments.
     *
     * @return its id, or that of the job that had the same idempotency key
     * @throws io.vertx.pgclient.PgException {@code MR001} to {@code MR005}, as {@code docs/sql.md} says
     */
    static UUID in(Sql sql, String task, JsonObject args, JobWishes wishes) {
        Tuple parameters = Tuple.tuple()
                .addString(task)
                .addString(args.encode())
                .addString(wishes.callbackUrl())
                .addString(wishes.traceId())
                .addString(wishes.projectId())
                .addString(wishes.idempotencyKey());
        return sql.first(SUBMIT_WITH, parameters, row -> row.getUUID("id")).orElseThrow();
    }
}
