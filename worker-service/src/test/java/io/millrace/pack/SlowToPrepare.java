package io.millrace.pack;

import io.millrace.store.WorkerStore;
import io.millrace.worker.Identity;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A user's bean that takes longer to prepare itself than the worker to have all that it begins with: it is done when the
 * worker waits for it, or has begun without it.
 */
@Singleton
class SlowToPrepare {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final WorkerStore workers;
    private final Identity identity;
    private volatile boolean overtaken;

    SlowToPrepare(WorkerStore workers, Identity identity) {
        this.workers = workers;
        this.identity = identity;
    }

    void onStart(@Observes @Priority(Integer.MAX_VALUE - 1) StartupEvent event) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (isBeginning() && !waits()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the worker neither waits nor begins: " + beginning());
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        overtaken = !isBeginning() || workers.get(identity.id()).isPresent();
    }

    /** Whether the worker had begun before this was prepared. */
    boolean wasOvertaken() {
        return overtaken;
    }

    /** Whether the thread that begins the worker has come to where it waits for the end of the start. */
    private static boolean waits() {
        List<String> calls = beginning();
        int latch = calls.indexOf("java.util.concurrent.CountDownLatch");
        return latch >= 0 && calls.get(latch + 1).endsWith(".WorkerStart");
    }

    private static boolean isBeginning() {
        return !beginning().isEmpty();
    }

    /** The classes whose methods that thread is in, the innermost first; empty when it is not there any more. */
    private static List<String> beginning() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("begin"))
                .flatMap(thread -> List.of(thread.getValue()).stream())
                .map(StackTraceElement::getClassName)
                .toList();
    }
}
