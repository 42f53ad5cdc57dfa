package io.millrace.dispatch;

import io.millrace.store.Schema;
import io.millrace.store.StartPatience;
import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * What every service stands on: the schema, and the queues. A service lays it beside the start of its process
 * ({@link Beginning}), and serves when it is there.
 */
@Singleton
public class Foundation {

    /** The priority of an observer of the start that lays it, or has it laid: before every other that asks PostgreSQL. */
    public static final int FIRST = 100;

    private final Schema schema;
    private final Queues queues;
    private final StartPatience patience;
    private final Event<FoundationLaid> laid;
    private final FutureTask<FoundationLaid> laying = new FutureTask<>(this::layOnce);

    Foundation(Schema schema, Queues queues, StartPatience patience, Event<FoundationLaid> laid) {
        this.schema = schema;
        this.queues = queues;
        this.patience = patience;
        this.laid = laid;
    }

    /**
     * Returns when it is there and everybody has heard of it. The first who calls lays it, others wait.
     *
     * @throws IllegalStateException if it cannot be had; the service must not go on then
     */
    public void lay() {
        laying.run();
        try {
            laying.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("what this service stands on cannot be had", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for what this service stands on", e);
        }
    }

    /** Whether it is there and everybody has heard of it. */
    public boolean isLaid() {
        return laying.state() == Future.State.SUCCESS;
    }

    private FoundationLaid layOnce() {
        schema.await();
        queues.begin(patience);
        var event = new FoundationLaid();
        laid.fire(event);
        return event;
    }
}
