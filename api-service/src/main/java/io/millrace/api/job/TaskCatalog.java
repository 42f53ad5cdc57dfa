package io.millrace.api.job;

import io.millrace.dispatch.FoundationLaid;
import io.millrace.dispatch.Queues;
import io.millrace.store.StartPatience;
import io.millrace.store.TaskStore;
import io.millrace.task.TaskDefinition;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * The kinds of work there are, kept in memory with their compiled schemas, and the priorities of queues. Asking never blocks: what is older than a
 * second is read again beside the requests. A task that is not there is worth a fresh look before it counts as
 * unknown, because its worker may have started a moment ago.
 */
@Singleton
class TaskCatalog {

    private static final Logger LOG = Logger.getLogger(TaskCatalog.class);
    private static final Duration FRESH_FOR = Duration.ofSeconds(1);

    private final TaskStore store;
    private final Queues queues;
    private final BlockingQueue<CompletableFuture<Void>> wishes = new LinkedBlockingQueue<>();
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile Map<String, KnownTask> tasks = Map.of();
    private volatile long readAt;
    private volatile boolean open = true;

    TaskCatalog(TaskStore store, Queues queues) {
        this.store = store;
        this.queues = queues;
    }

    void onLaid(@Observes FoundationLaid event, StartPatience patience) {
        patience.untilDone(this::read);
        Thread.ofVirtual().name("task-catalog").start(this::serveWishes);
    }

    /** The task of this name as far as it is known. Never blocks. */
    Optional<KnownTask> find(String name) {
        if (System.nanoTime() - readAt > FRESH_FOR.toNanos() && renewing.compareAndSet(false, true)) {
            var _ = read(new CompletableFuture<>()).whenComplete((_, _) -> renewing.set(false));
        }
        return Optional.ofNullable(tasks.get(name));
    }

    /** The task of this name after a look at the database that begins from now on. Never blocks. */
    CompletionStage<Optional<KnownTask>> findFresh(String name) {
        return read(new CompletableFuture<>()).thenApply(_ -> Optional.ofNullable(tasks.get(name)));
    }

    private CompletableFuture<Void> read(CompletableFuture<Void> wish) {
        wishes.add(wish);
        return wish;
    }

    /** Every wish is served by a read that began after it was made, and all that wait share one. */
    private void serveWishes() {
        var served = new ArrayList<CompletableFuture<Void>>();
        while (open) {
            try {
                served.add(wishes.take());
                wishes.drainTo(served);
                read();
                served.forEach(wish -> wish.complete(null));
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warnf("the tasks cannot be read, those known stay: %s", e.getMessage());
                served.forEach(wish -> wish.completeExceptionally(e));
            } finally {
                served.clear();
            }
        }
    }

    /** Reads all tasks and compiles the schemas that are new. */
    private void read() {
        queues.refresh();
        List<TaskDefinition> all = store.all();
        var known = tasks;
        var now = new HashMap<String, KnownTask>();
        for (TaskDefinition definition : all) {
            KnownTask before = known.get(definition.name());
            now.put(
                    definition.name(),
                    before != null && before.definition().equals(definition) ? before : KnownTask.of(definition));
        }
        tasks = Map.copyOf(now);
        readAt = System.nanoTime();
    }

    void onStop(@Observes ShutdownEvent event) {
        open = false;
        wishes.add(new CompletableFuture<>());
    }
}
