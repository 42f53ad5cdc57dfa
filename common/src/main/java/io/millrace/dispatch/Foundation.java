package io.millrace.dispatch;

import io.millrace.store.Schema;
import io.millrace.store.StartPatience;
import jakarta.inject.Singleton;

/**
 * What every service stands on: the schema, and the queues. Who answers requests or has duties lays it before anything else
 * of its start; a worker lays it beside its start.
 */
@Singleton
public class Foundation {

    /** The priority of an observer of the start that lays it, or has it laid: before every other that asks PostgreSQL. */
    public static final int FIRST = 100;

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
