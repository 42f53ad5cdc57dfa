package io.millrace.store;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What a service asks PostgreSQL before it serves, it asks until there is an answer: one that cannot be reached yet, or not
 * in time because everything starts at once, ends no start. Each question has {@code millrace.database.start-timeout}.
 */
@Singleton
public class StartPatience {

    private static final Logger LOG = Logger.getLogger(StartPatience.class);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(500);

    private final Duration longest;

    @Inject
    StartPatience(DatabaseConfig config) {
        this(config.startTimeout());
    }

    StartPatience(Duration longest) {
        this.longest = longest;
    }

    /**
     * The answer to a question that may be asked again, whatever became of it before.
     *
     * @throws StoreUnavailable when there was no answer in all that time
     */
    public <T> T answerTo(Supplier<T> question) {
        long begin = System.nanoTime();
        try (var _ = new StartWait()) {
            while (true) {
                try {
                    return question.get();
                } catch (StoreUnavailable e) {
                    if (System.nanoTime() - begin > longest.toNanos()) {
                        throw e;
                    }
                    LOG.warnf("waiting for PostgreSQL: %s", e.getMessage());
                }
                pause();
            }
        }
    }

    /**
     * The same for what is told instead of asked.
     *
     * @throws StoreUnavailable when it was not done in all that time
     */
    public void untilDone(Runnable told) {
        answerTo(() -> {
            told.run();
            return true;
        });
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for PostgreSQL", e);
        }
    }
}
