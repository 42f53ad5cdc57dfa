package io.millrace.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.worker.lane.Receivers;
import io.quarkus.arc.Arc;
import io.quarkus.test.junit.callback.QuarkusTestBeforeEachCallback;
import io.quarkus.test.junit.callback.QuarkusTestMethodContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Has every test begin with a worker that receives. It begins beside the start of its process, and a new share group takes
 * seconds to join; before that, no lane is sure to be heard.
 */
public final class WorkerIsReady implements QuarkusTestBeforeEachCallback {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Override
    public void beforeEach(QuarkusTestMethodContext context) {
        Receivers receivers = Arc.container().instance(Receivers.class).get();
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!receivers.warm()) {
            assertThat(System.nanoTime()).as("still not ready").isLessThan(deadline);
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
