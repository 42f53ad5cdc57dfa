package io.millrace.worker.fleet;

import io.millrace.dispatch.Beginning;
import io.millrace.dispatch.Foundation;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Has the worker begin beside the start of its process: that PostgreSQL answers, that schemas are made of its tasks' arguments
 * and that Kafka's groups are joined takes longer than all else. It is ready when it receives ({@link Warm}), and nobody sees
 * it before every observer of the start has returned.
 */
@Singleton
class WorkerStart {

    /** Before anything a run may need is taken away. */
    private static final int BEFORE_ALL_ELSE = 1;

    private static final Duration TO_BEGIN = Duration.ofSeconds(5);

    private final Foundation foundation;

    /** Made by the thread that begins, since the library of tasks that is part of it takes its time. */
    private final Provider<WorkerLife> life;

    private final CountDownLatch started = new CountDownLatch(1);
    private volatile @Nullable Beginning beginning;

    WorkerStart(Foundation foundation, Provider<WorkerLife> life) {
        this.foundation = foundation;
        this.life = life;
    }

    void onStart(@Observes @Priority(Foundation.FIRST) StartupEvent event) {
        beginning = Beginning.start("worker", this::begin);
    }

    /** Comes last: what users' beans prepare when they hear of the start is there before the first job. */
    void onStarted(@Observes @Priority(Integer.MAX_VALUE) StartupEvent event) {
        started.countDown();
    }

    private void begin() throws InterruptedException {
        foundation.lay();
        WorkerLife made = life.get();
        started.await();
        made.begin();
    }

    /** Whoever is told to end in the middle of beginning begins first, so that all of it is ended. */
    void onStop(@Observes @Priority(BEFORE_ALL_ELSE) ShutdownEvent event) throws InterruptedException {
        Beginning begun = beginning;
        if (begun != null && started.getCount() == 0 && begun.completes(TO_BEGIN)) {
            life.get().end();
        }
    }
}
