package io.millrace.store;

import io.millrace.queue.Hint;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.List;

/** Jobs that were submitted in SQL, by {@code millrace.submit}, and wait for their first hint. */
@Singleton
public class SubmissionStore {

    private final Database database;

    public SubmissionStore(Database database) {
        this.database = database;
    }

    private static final String TAKE = """
            UPDATE job SET hinted_at = now()
            WHERE id = ANY (ARRAY(SELECT id FROM job WHERE hinted_at IS NULL AND state = 'PENDING' ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
            RETURNING id, claim_seq, queue, priority, trace_id
            """;

    /**
     * Takes jobs that have no hint yet, the oldest first; no other scheduler takes the same.
     *
     * @return the hints to write; one that gets lost is found as any other
     */
    public List<Hint> takeUnhinted(int limit) {
        return database.list(TAKE, Tuple.of(limit), DueStore::readHint);
    }
}
