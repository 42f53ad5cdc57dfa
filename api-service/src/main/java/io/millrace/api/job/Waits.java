package io.millrace.api.job;

import io.millrace.api.problem.FieldError;
import io.millrace.api.problem.Problem;
import io.millrace.api.problem.ProblemCode;
import io.millrace.store.ControlStore;
import io.millrace.store.StoreUnavailable;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for a job to finish. While there are any, one question every few milliseconds asks PostgreSQL about
 * all of them together; so an answer comes as soon as the job ends, whatever becomes of Kafka, and an idle service asks
 * nothing.
 */
@Singleton
class Waits {

    private static final Logger LOG = Logger.getLogger(Waits.class);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** More than so many at once are answered without waiting. */
    private static final int MOST = 5_000;

    private static final Pattern PREFERENCE = Pattern.compile("(?:^|[,;\\s])wait=(\\d{1,9})(?:$|[,;\\s])");

    private final ControlStore store;
    private final ConcurrentHashMap<UUID, Waiting> waiting = new ConcurrentHashMap<>();
    private final Semaphore somebody = new Semaphore(0);
    private volatile boolean open = true;

    /** Everybody who waits for one job, until the last of them gives up. */
    private record Waiting(CompletableFuture<Boolean> finished, long deadline) {}

    Waits(ControlStore store) {
        this.store = store;
    }

    /** How long a Prefer header asks to wait; zero where it does not. Preferences that mean nothing to us are ignored (RFC 7240). */
    static Duration preferred(@Nullable String header) {
        if (header == null) {
            return Duration.ZERO;
        }
        Matcher found = PREFERENCE.matcher(header);
        return found.find() ? bounded(Long.parseLong(found.group(1))) : Duration.ZERO;
    }

    /** How long a query parameter asks to wait; zero where there is none. @throws Problem if it is no number of seconds */
    static Duration asked(@Nullable String parameter) {
        if (parameter == null || parameter.isEmpty()) {
            return Duration.ZERO;
        }
        if (!parameter.matches("\\d{1,9}")) {
            throw Problem.of(ProblemCode.INVALID_REQUEST, List.of(new FieldError("wait", "must be seconds, 0 to 60")));
        }
        return bounded(Long.parseLong(parameter));
    }

    private static Duration bounded(long seconds) {
        return Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds()));
    }

    /** Waits for a job to finish. @return whether it did in time */
    CompletionStage<Boolean> until(UUID id, Duration patience) {
        if (!open || waiting.size() >= MOST) {
            return CompletableFuture.completedStage(false);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        Waiting mine = waiting.merge(
                id,
                new Waiting(new CompletableFuture<>(), deadline),
                (old, now) -> new Waiting(old.finished(), Math.max(old.deadline(), now.deadline())));
        somebody.release();
        return mine.finished().copy().completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    void onStart(@Observes StartupEvent event) {
        Thread.ofVirtual().name("waits").start(this::loop);
    }

    private void loop() {
        while (open) {
            try {
                if (waiting.isEmpty()) {
                    somebody.acquire();
                }
                runOnce(System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
            } catch (InterruptedException e) {
                return;
            } catch (StoreUnavailable e) {
                LOG.debugf("who waits for a job goes on waiting: %s", e.getMessage());
                pause();
            } catch (RuntimeException e) {
                LOG.error("looking for finished jobs failed", e);
                pause();
            }
        }
    }

    /** Looks once whether what is waited for has finished. */
    void runOnce(long now) {
        somebody.drainPermits();
        waiting.values().removeIf(each -> each.deadline() - now < 0);
        if (waiting.isEmpty()) {
            return;
        }
        for (UUID id : store.finishedOf(List.copyOf(waiting.keySet()))) {
            Waiting done = waiting.remove(id);
            if (done != null) {
                done.finished().complete(true);
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(AFTER_FAILURE.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void onStop(@Observes ShutdownEvent event) {
        open = false;
        somebody.release();
        waiting.values().forEach(each -> each.finished().complete(false));
    }
}
