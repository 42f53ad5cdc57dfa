package io.millrace.dispatch;

import io.millrace.store.Schema;
import io.millrace.store.StartPatience;
import jakarta.inject.Singleton;

/**
 * What every service stands on: the schema, and the queues. The scheduler has it laid before anything else of its start, the
 * API before it opens its door, and a worker before it takes its first job.
 */
@Singleton
public class Foundation {

    /** The priority of the observer of the start that lays it, or begins to: before every other that asks PostgreSQL. */
    public static final int FIRST = 100;

    /** The priority from which on observers find it laid where that goes on beside the start: after those that say none. */
    public static final int LAID = 10_000;

    private final Schema schema;
    private final Queues queues;
    private final StartPatience patience;

    Foundation(Schema schema, Queues queues, StartPatience patience) {
        this.schema = schema;
        this.queues = queues;
        this.patience = patience;
    }

    /**
     * Returns when it is there.
     *
     * @throws RuntimeException if it cannot be had; the service must not go on then
     */
    public void lay() {
        schema.await();
        queues.begin(patience);
    }
}
