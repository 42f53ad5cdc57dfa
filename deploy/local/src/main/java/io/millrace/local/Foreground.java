package io.millrace.local;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code make run}: the stack for as long as this process lives. A service that dies meanwhile is named, and the rest goes
 * on, since no job is lost by it; {@code make up} from another terminal starts it again. A worker that leaves in order,
 * because it was asked to or has served its time, is started again here, as a Deployment would.
 */
final class Foreground {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(60);

    /** A worker that leaves sooner than this after its start would leave again and again. */
    private static final Duration WORTH_A_START = Duration.ofSeconds(10);

    private final Settings settings;
    private final LocalStack stack;
    private final Consumer<String> says;
    private volatile @Nullable LauncherLock lock;
    private volatile boolean stopping;
    private Instant workerStarted = Instant.MIN;

    Foreground(Settings settings, LocalStack stack, Consumer<String> says) {
        this.settings = settings;
        this.stack = stack;
        this.says = says;
    }

    /** Runs until Ctrl-C, or until {@code make down} in another terminal; then nothing of the stack runs any more. */
    void run(Runnable urls, Runnable demo) {
        try (LauncherLock held = LauncherLock.take(settings.home())) {
            if (!stack.running().isEmpty()) {
                throw new LocalFailure("The stack in " + settings.home() + " is already running: use make down first.");
            }
            lock = held;
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
            stack.up();
        } finally {
            lock = null;
        }
        urls.run();
        try {
            demo.run();
        } catch (LocalFailure e) {
            if (!stopping) {
                says.accept("\nThe demo failed: " + e.getMessage());
            }
        }
        says.accept("\nServing. Ctrl-C stops everything.");
        watch();
    }

    private void watch() {
        workerStarted = Instant.now();
        Set<Component> alive = EnumSet.copyOf(stack.running());
        while (!alive.isEmpty() && !stopping) {
            pause();
            Set<Component> now = EnumSet.noneOf(Component.class);
            now.addAll(stack.running());
            if (!stopping) {
                report(alive, now);
            }
            alive = now;
        }
        if (!stopping) {
            says.accept("Everything has been stopped from elsewhere.");
        }
    }

    private void report(Set<Component> before, Set<Component> now) {
        for (Component component : Component.values()) {
            if (before.contains(component) && !now.contains(component) && !now.isEmpty()) {
                if (component == Component.WORKER && stack.hasLeft(component) && startAgain(component)) {
                    now.add(component);
                    continue;
                }
                says.accept("The " + component.label() + " has died; its log is " + stack.log(component)
                        + ". The rest goes on, no job is lost. `make up` in another terminal starts it again.");
            }
            if (!before.contains(component) && now.contains(component)) {
                says.accept("The " + component.label() + " runs again.");
            }
        }
    }

    /** @return false if somebody else is at work in this folder, such as {@code make down}, or it would be in vain */
    private boolean startAgain(Component worker) {
        if (Instant.now().isBefore(workerStarted.plus(WORTH_A_START))) {
            return false;
        }
        says.accept("The worker has drained and left; another takes its place.");
        workerStarted = Instant.now();
        try (LauncherLock held = LauncherLock.take(settings.home())) {
            lock = held;
            stack.startAgain(worker);
            return true;
        } catch (LocalFailure e) {
            if (!stopping) {
                says.accept(e.getMessage());
            }
            return false;
        } finally {
            lock = null;
        }
    }

    private void stop() {
        stopping = true;
        if (stack.running().isEmpty() && lock == null) {
            return;
        }
        says.accept("\nStopping; running jobs may finish first.");
        try (LauncherLock taken = lock == null ? take() : null) {
            stack.down();
        } catch (LocalFailure e) {
            says.accept(e.getMessage());
        }
    }

    /** While another launcher starts something in this folder, its end is waited for. */
    private LauncherLock take() {
        Instant deadline = Instant.now().plus(LOCK_LIMIT);
        while (true) {
            try {
                return LauncherLock.take(settings.home());
            } catch (LocalFailure e) {
                if (Instant.now().isAfter(deadline)) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("Interrupted", e);
        }
    }
}
