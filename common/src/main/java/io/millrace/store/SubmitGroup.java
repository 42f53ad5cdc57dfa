package io.millrace.store;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * As {@link Submit}, a batch: jobs that run beside each other, and one more, if there is one, that runs when all of them
 * have ended, however they have. Its arguments may name their results.
 */
final class SubmitGroup {

    private SubmitGroup() {}

    /** A job of the batch, by the key under which it is known there. */
    record Member(String key, String task, JsonObject args) {}

    private static final String BATCH = """
            INSERT INTO batch (id, name, on_parent_failure, total, project_id) VALUES ($1, $2, 'run', $3, $4)
            ON CONFLICT (id) DO NOTHING
            """;

    private static final String SUBMIT = """
            WITH made AS MATERIALIZED (
              SELECT u.key, millrace.submit(u.task, u.args::jsonb, project_id => $2) AS id
              FROM unnest($3::text[], $4::text[], $5::text[]) AS u(key, task, args)
            )
            INSERT INTO batch_job (job_id, batch_id, key, runs_anyway, open_parents)
            SELECT id, $1, key, true, 0 FROM made
            """;

    private static final String JOIN_BATCH = """
            UPDATE job SET batch_id = $1 WHERE id = ANY (ARRAY(SELECT job_id FROM batch_job WHERE batch_id = $1))
            """;

    private static final String DEPEND = """
            INSERT INTO dependency (parent_id, child_id)
            SELECT p.job_id, c.job_id FROM batch_job c JOIN batch_job p ON p.batch_id = c.batch_id AND p.key <> c.key
            WHERE c.batch_id = $1 AND c.key = $2
            """;

    private static final String WAIT = """
            WITH waits AS (
              UPDATE batch_job SET open_parents = $3 WHERE batch_id = $1 AND key = $2 RETURNING job_id
            )
            UPDATE job SET state = 'BLOCKED', hinted_at = now() WHERE id = ANY (ARRAY(SELECT job_id FROM waits))
            """;

    /**
     * Submits a batch.
     *
     * @param id best derived from what the batch is for, so that what is done twice submits it once
     * @param jobs at least one
     * @param last null for none
     * @return false if there is a batch of this id already
     * @throws io.vertx.pgclient.PgException {@code MR001} if no worker has registered a task
     */
    static boolean in(
            Sql sql, UUID id, String name, @Nullable String projectId, List<Member> jobs, @Nullable Member last) {
        var all = new ArrayList<>(jobs);
        if (last != null) {
            all.add(last);
        }
        if (sql.run(BATCH, Tuple.of(id, name, all.size(), projectId)).rowCount() == 0) {
            return false;
        }
        sql.run(
                SUBMIT,
                Tuple.tuple()
                        .addUUID(id)
                        .addString(projectId)
                        .addArrayOfString(Columns.column(all, Member::key, String[]::new))
                        .addArrayOfString(Columns.column(all, Member::task, String[]::new))
                        .addArrayOfString(
                                Columns.column(all, member -> member.args().encode(), String[]::new)));
        sql.run(JOIN_BATCH, Tuple.of(id));
        if (last != null) {
            sql.run(DEPEND, Tuple.of(id, last.key()));
            sql.run(WAIT, Tuple.of(id, last.key(), jobs.size()));
        }
        return true;
    }
}
